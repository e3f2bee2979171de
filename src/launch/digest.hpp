// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vireo::launch {

enum class DigestKind { Sha256, Sha512 };
constexpr auto names_of(DigestKind) {
    using enum DigestKind;
    return std::to_array<std::pair<DigestKind, std::string_view>>({{Sha256, "SHA256"}, {Sha512, "SHA512"}});
}

/// A checksum in lower-case hexadecimal digits.
struct Digest {
    DigestKind kind = DigestKind::Sha256;
    std::string digits;
    friend bool operator==(const Digest&, const Digest&) = default;
};

Digest digest_of(std::string_view bytes, DigestKind kind);
/// Of a file's content. Blocks. Throws Error.
Digest digest_of_file(const std::filesystem::path& file, DigestKind kind);

/// What a file of checksums says of `name`: lines "DIGITS  NAME" or "DIGITS *NAME" as sha256sum writes them,
/// "SHA256 (NAME) = DIGITS" as BSD does, or digits alone, for the only file. Nothing when it says none.
std::optional<Digest> find_digest(std::string_view sums, std::string_view name);

} // namespace vireo::launch
