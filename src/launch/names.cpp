// SPDX-License-Identifier: Apache-2.0
#include "launch/names.hpp"

#include "base/random.hpp"
#include "launch/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace vireo::launch {

namespace {
constexpr std::string_view qualities[] = {
    "amber",  "brave", "calm",  "clear", "deep", "early", "fair",  "gentle", "golden", "green", "happy",
    "keen",   "light", "lucky", "merry", "mild", "noble", "proud", "quick",  "quiet",  "rapid", "silver",
    "steady", "swift", "tidy",  "warm",  "wild", "wise",  "young", "bold",   "bright", "crisp"};
constexpr std::string_view birds[] = {
    "avocet", "bittern", "crane",   "curlew",  "dipper",  "dunlin",  "eider",  "falcon",
    "finch",  "gannet",  "godwit",  "grebe",   "harrier", "heron",   "hoopoe", "ibis",
    "jay",    "kestrel", "lapwing", "linnet",  "martin",  "merlin",  "oriole", "osprey",
    "pipit",  "plover",  "raven",   "redwing", "siskin",  "swallow", "thrush", "wagtail"};

std::uint32_t random_number() {
    std::array<std::uint8_t, 4> bytes{};
    fill_random(bytes);
    std::uint32_t number = 0;
    for (auto byte : bytes) number = number << 8 | byte;
    return number;
}

bool is_small(char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9'); }
bool is_alphanumeric(char letter) { return is_small(letter) || (letter >= 'A' && letter <= 'Z'); }
} // namespace

std::string generate_name(const std::function<bool(const std::string&)>& taken) {
    auto number = random_number();
    auto name = fmt::format("{}-{}", qualities[number % std::size(qualities)],
                            birds[number / std::size(qualities) % std::size(birds)]);
    if (!taken(name)) return name;
    for (int next = 2;; ++next)
        if (auto numbered = fmt::format("{}-{}", name, next); !taken(numbered)) return numbered;
}

void require_host_name(std::string_view name) {
    bool good =
        !name.empty() && name.size() <= 63 && is_alphanumeric(name.front()) && is_alphanumeric(name.back()) &&
        std::ranges::all_of(name, [](char letter) { return is_alphanumeric(letter) || letter == '-'; });
    if (!good)
        throw error(
            ErrorCode::InvalidArgument,
            fmt::format(
                "'{}' cannot be the name of a launched guest, which is its host name too: letters, digits "
                "and hyphens between them, at most 63",
                name));
}

void require_user_name(std::string_view name) {
    bool good = !name.empty() && name.size() <= 32 && name.front() != '-' &&
                !(name.front() >= '0' && name.front() <= '9') && std::ranges::all_of(name, [](char letter) {
                    return is_small(letter) || letter == '-' || letter == '_';
                });
    if (!good)
        throw error(
            ErrorCode::InvalidArgument,
            fmt::format(
                "'{}' cannot be a user's name: lower-case letters, digits, '-' and '_', at most 32, and "
                "no digit or '-' first",
                name));
}

} // namespace vireo::launch
