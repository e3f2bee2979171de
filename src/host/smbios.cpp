// SPDX-License-Identifier: Apache-2.0
#include "host/smbios.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace vireo::host {

namespace {
/// One structure: its bytes, header included, and the strings behind these.
struct Structure {
    std::string_view bytes;
    std::vector<std::string_view> strings;

    std::uint8_t type() const { return byte(0); }
    /// Zero where the structure is of an older, shorter form.
    std::uint8_t byte(std::size_t offset) const {
        return offset < bytes.size() ? static_cast<std::uint8_t>(bytes[offset]) : 0;
    }
    /// The string whose number, counted from one, stands at the offset; without white space around it.
    std::string text(std::size_t offset) const { return string(byte(offset)); }
    std::string string(std::size_t number) const {
        if (number == 0 || number > strings.size()) return {};
        auto text = strings[number - 1];
        auto start = text.find_first_not_of(' '), end = text.find_last_not_of(' ');
        return start == text.npos ? std::string{} : std::string{text.substr(start, end - start + 1)};
    }
};

constexpr std::size_t header_size = 4;

/// Takes the first structure off the table; nothing at its end.
std::optional<Structure> take(std::string_view& table) {
    if (table.size() < header_size) return std::nullopt;
    auto length = static_cast<std::uint8_t>(table[1]);
    if (length < header_size || length > table.size()) return std::nullopt;
    Structure structure{table.substr(0, length), {}};
    table.remove_prefix(length);
    auto end = table.find(std::string_view{"\0\0", 2});
    if (end == table.npos) return std::nullopt;
    for (auto rest = table.substr(0, end); !rest.empty();) {
        auto stop = std::min(rest.find('\0'), rest.size());
        structure.strings.push_back(rest.substr(0, stop));
        rest.remove_prefix(std::min(stop + 1, rest.size()));
    }
    table.remove_prefix(end + 2);
    return structure;
}

/// An entry that is a string of the structure.
struct Entry {
    const char* name;
    std::size_t offset;
};
struct Form {
    std::uint8_t type;
    const char* name;
    std::vector<Entry> entries;
};

/// In libvirt's order.
const std::vector<Form>& forms() {
    static const std::vector<Form> all{
        {0, "bios", {{"vendor", 0x04}, {"version", 0x05}, {"date", 0x08}}},
        {1,
         "system",
         {{"manufacturer", 0x04},
          {"product", 0x05},
          {"version", 0x06},
          {"serial", 0x07},
          {"sku", 0x19},
          {"family", 0x1a}}},
        {2,
         "baseBoard",
         {{"manufacturer", 0x04},
          {"product", 0x05},
          {"version", 0x06},
          {"serial", 0x07},
          {"asset", 0x08},
          {"location", 0x0a}}},
        {3, "chassis", {{"manufacturer", 0x04}, {"version", 0x06}, {"serial", 0x07}, {"asset", 0x08}}},
        {4,
         "processor",
         {{"socket_destination", 0x04},
          {"manufacturer", 0x07},
          {"version", 0x10},
          {"serial_number", 0x20},
          {"part_number", 0x22}}},
        {17,
         "memory_device",
         {{"locator", 0x10},
          {"bank_locator", 0x11},
          {"manufacturer", 0x17},
          {"serial_number", 0x18},
          {"part_number", 0x1a}}},
    };
    return all;
}

/// The first three fields are little-endian (since version 2.6). Empty where it is not set.
std::string uuid_of(const Structure& structure) {
    constexpr std::size_t at = 0x08, size = 16;
    if (structure.bytes.size() < at + size) return {};
    auto bytes = structure.bytes.substr(at, size);
    if (std::ranges::count(bytes, bytes[0]) == size && (bytes[0] == '\0' || bytes[0] == '\xff')) return {};
    std::string text;
    for (std::size_t index : {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}) {
        if (index == 5 || index == 7 || index == 8 || index == 10) text += '-';
        text += fmt::format("{:02x}", structure.byte(at + index));
    }
    return text;
}

void add_numbers(SmbiosPart& part, const Structure& structure) {
    constexpr std::uint8_t unknown = 0xff;
    if (structure.type() == 0 && structure.bytes.size() > 0x15 && structure.byte(0x14) != unknown)
        part.entries.emplace_back("release",
                                  fmt::format("{}.{}", structure.byte(0x14), structure.byte(0x15)));
    if (auto uuid = structure.type() == 1 ? uuid_of(structure) : ""; !uuid.empty())
        part.entries.emplace_back("uuid", uuid);
}

SmbiosPart part_of(const Structure& structure, const Form& form) {
    SmbiosPart part{form.name, {}};
    for (const auto& [name, offset] : form.entries)
        if (auto text = structure.text(offset); !text.empty()) part.entries.emplace_back(name, text);
    add_numbers(part, structure);
    return part;
}

/// Strings that the vendor has put there, each for itself.
SmbiosPart vendor_strings(const Structure& structure) {
    SmbiosPart part{"oemStrings", {}};
    for (std::size_t number = 1; number <= structure.strings.size(); ++number)
        part.entries.emplace_back("", structure.string(number));
    return part;
}
} // namespace

std::vector<SmbiosPart> parse_smbios(std::string_view table) {
    constexpr std::uint8_t vendor_type = 11, end_type = 127;
    std::vector<SmbiosPart> parts, strings;
    std::vector<Structure> structures;
    while (auto structure = take(table)) {
        if (structure->type() == end_type) break;
        if (structure->type() == vendor_type) strings.push_back(vendor_strings(*structure));
        structures.push_back(std::move(*structure));
    }
    for (const auto& form : forms())
        for (const auto& structure : structures)
            if (structure.type() == form.type)
                if (auto part = part_of(structure, form); !part.entries.empty())
                    parts.push_back(std::move(part));
    std::ranges::move(strings, std::back_inserter(parts));
    return parts;
}

std::optional<std::vector<SmbiosPart>> read_smbios(const std::filesystem::path& root) {
    std::ifstream file{root / "sys/firmware/dmi/tables/DMI", std::ios::binary};
    if (!file) return std::nullopt;
    std::ostringstream table;
    table << file.rdbuf();
    auto parts = parse_smbios(table.str());
    if (parts.empty()) return std::nullopt;
    return parts;
}

} // namespace vireo::host
