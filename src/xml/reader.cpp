// SPDX-License-Identifier: Apache-2.0
#include "xml/reader.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace vireo::xml {

namespace {

/// Bytes in a unit, by libvirt's rule: a letter alone or with "iB" counts in powers of 1024, with "B" of
/// 1000; case does not matter.
std::optional<std::uint64_t> bytes_in(std::string_view unit) {
    std::string lower{unit};
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (lower == "b" || lower == "byte" || lower == "bytes") return 1;
    auto power = lower.empty() ? std::string_view::npos : std::string_view{"kmgtpe"}.find(lower[0]);
    if (power == std::string_view::npos) return std::nullopt;
    auto rest = std::string_view{lower}.substr(1);
    if (!rest.empty() && rest != "ib" && rest != "b") return std::nullopt;
    std::uint64_t bytes = 1;
    for (std::size_t i = 0; i <= power; ++i) bytes *= rest == "b" ? 1000 : 1024;
    return bytes;
}

} // namespace

Reader& Reader::memory(const char* name, MemorySize& value) { return memory(name, value, "KiB"); }

Reader& Reader::memory(const char* name, MemorySize& value, const char* unit) {
    note(name, {.type = "an amount, of the attribute 'unit'"});
    auto element = find(name);
    if (!element) return *this;
    auto node = at(element);
    std::uint64_t count = 0;
    node.read_text(count, &count, {});
    value = node.in_unit(count, unit);
    return *this;
}

Reader& Reader::sized_attribute(const char* name, MemorySize& value, Rule rule, const char* unit) {
    std::uint64_t count = 0;
    learn_attribute<std::uint64_t>(name, nullptr, rule);
    read_attribute(name, count, rule);
    value = in_unit(count, unit);
    return *this;
}

MemorySize Reader::in_unit(std::uint64_t count, const char* usual) const {
    std::uint64_t bytes = 0;
    if (outline_ != nullptr) learn("unit", {.type = "a unit such as KiB, MiB, GiB", .usual = usual});
    std::string_view unit = find_attribute("unit").as_string(usual);
    auto scale = bytes_in(unit);
    if (!scale)
        fail("unit", ErrorCode::InvalidArgument,
             fmt::format("'{}' is not a unit such as KiB, MiB, GiB", shortened(unit)));
    if (__builtin_mul_overflow(count, *scale, &bytes))
        fail(nullptr, ErrorCode::Overflow, fmt::format("{} {} is more than can be", count, unit));
    return MemorySize::bytes(bytes);
}

Reader& Reader::kept(const char* name, Kept& kept) {
    std::string all;
    note(name, {.kept = true});
    for (auto element : element_.children(name)) {
        append_canonical(all, element);
        if (visited_ != nullptr) visited_->add_whole(element);
    }
    if (!all.empty()) kept.add(name, false, std::move(all));
    return *this;
}

Reader& Reader::kept_attribute(const char* name, Kept& kept) {
    if (outline_ != nullptr) learn(name, {.type = "text", .kept = true});
    if (auto attribute = find_attribute(name)) kept.add(name, true, attribute.value());
    return *this;
}

bool Reader::is_in(const Namespace& space, const char* name, pugi::xml_node element) {
    std::string_view local = std::string_view{name}.substr(space.prefix.size() + 1);
    return element.type() == pugi::node_element && local_name(element) == local &&
           namespace_of(element) == space.uri;
}

Reader Reader::child(const Namespace& space, const char* name) const {
    if (outline_ != nullptr) note(name); // what is visited is found by its namespace below
    for (auto element : element_.children())
        if (is_in(space, name, element)) {
            if (visited_ != nullptr) visited_->add_whole(element);
            return at(element);
        }
    return at({});
}

Reader& Reader::kept(const Namespace& space, const char* name, Kept& kept) {
    std::string all;
    for (auto element : element_.children())
        if (is_in(space, name, element)) {
            append_canonical(all, element, &space);
            if (visited_ != nullptr) visited_->add_whole(element);
        }
    if (!all.empty()) kept.add(name, false, std::move(all));
    return *this;
}

Reader& Reader::verbatim(const char* name, std::string& content) {
    note(name, {.type = "elements of applications, each of a namespace of its own"});
    if (auto element = find(name)) {
        content = verbatim_content(text_, element);
        if (visited_ != nullptr) visited_->add_whole(element);
    }
    return *this;
}

Reader& Reader::single(const char* name, ErrorCode code) {
    auto first = element_.child(name);
    if (auto second = first.next_sibling(name)) at(second).fail(nullptr, code, "there may be one only");
    return *this;
}

std::string Reader::own_text() const {
    std::string text;
    for (auto part : element_.children())
        if (part.type() != pugi::node_element) text += part.value();
    if (trimmed(text).empty())
        text.clear(); // as pugixml treats white space that is not written as references
    return text;
}

void Reader::missing(const char* attribute, ErrorCode code) const {
    if (outline_ != nullptr) return;
    fail(nullptr, code,
         attribute ? fmt::format("attribute '{}' is missing", attribute) : "the element is empty");
}

void Reader::missing_child(const char* name, ErrorCode code) const {
    if (outline_ == nullptr) fail(nullptr, code, fmt::format("there is no <{}>", name));
}

void Reader::wrong(const char* attribute, std::string_view value, ErrorCode code,
                   std::string_view expected) const {
    fail(attribute, code, fmt::format("'{}' is not {}", shortened(value), expected));
}

} // namespace vireo::xml
