// SPDX-License-Identifier: Apache-2.0
// The texts are outlines: a line is a part of the element that the lines before it with less indentation
// name.
//
//   domain.devices.disk: A sentence.      a path begins at the root; what follows with more indentation is in
//   it
//     @cache: A sentence.                 an attribute
//     driver: A sentence. [default: this] [for: guests of one kind]
//       = virtio                          here stands what the group has
//   group virtio                          a group of parts that several elements have
#include "model/domain/documentation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <unordered_map>

namespace vireo::model::domain {

namespace {
constexpr auto texts = std::to_array<std::string_view>({
#include "model/domain/documentation/groups.txt"
    ,
#include "model/domain/documentation/machine.txt"
    ,
#include "model/domain/documentation/tuning.txt"
    ,
#include "model/domain/documentation/storage.txt"
    ,
#include "model/domain/documentation/network.txt"
    ,
#include "model/domain/documentation/characters.txt"
    ,
#include "model/domain/documentation/display.txt"
    ,
#include "model/domain/documentation/devices.txt"
});

struct Line {
    std::size_t depth; // of its indentation, by two
    std::string_view name, sentence, usual, where;
};

/// "[KEY: value]" at the end, which goes from the text.
std::string_view take_note(std::string_view& text, std::string_view key) {
    auto begin = text.rfind(fmt::format(" [{}: ", key));
    if (begin == text.npos || !text.ends_with(']')) return {};
    auto value = text.substr(begin, text.size() - begin - 1);
    value.remove_prefix(key.size() + 4);
    text = text.substr(0, begin);
    return value;
}

Line line_of(std::string_view text) {
    auto depth = text.find_first_not_of(' ');
    text.remove_prefix(depth);
    Line line{.depth = depth / 2, .name = text, .sentence = {}, .usual = {}, .where = {}};
    auto colon = text.find(": ");
    if (colon == text.npos) return line;
    line.name = text.substr(0, colon);
    line.sentence = text.substr(colon + 2);
    line.where = take_note(line.sentence, "for");
    line.usual = take_note(line.sentence, "default");
    return line;
}

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    for (auto part : text | std::views::split('\n'))
        if (std::string_view line{part.begin(), part.end()}; line.find_first_not_of(' ') != line.npos)
            lines.push_back(line_of(line));
    return lines;
}

using Group = std::vector<Line>;

/// Turns lines into paths.
class Outline {
public:
    explicit Outline(std::vector<Documentation>& list) : list_{&list} {}

    void read(const std::vector<Line>& lines) {
        Group* group = nullptr;
        for (const auto& line : lines) {
            if (line.depth == 0) group = begin(line);
            if (line.depth == 0 && group != nullptr) continue;
            if (group != nullptr)
                group->push_back(line);
            else
                add(line, 0);
        }
    }

private:
    /// The group that the line begins; nullptr: an element of the root.
    Group* begin(const Line& line) {
        constexpr std::string_view mark = "group ";
        if (!line.name.starts_with(mark)) return nullptr;
        return &groups_[line.name.substr(mark.size())];
    }
    void add(const Line& line, std::size_t base) {
        auto depth = base + line.depth;
        if (depth > names_.size()) throw std::logic_error(fmt::format("'{}' is too far in", line.name));
        names_.resize(depth);
        if (line.name.starts_with("= ")) return add_group(line.name.substr(2), depth);
        if (line.sentence.empty()) throw std::logic_error(fmt::format("'{}' says nothing", line.name));
        names_.push_back(line.name);
        list_->push_back({fmt::format("{}", fmt::join(names_, ".")), std::string{line.sentence},
                          std::string{line.usual}, std::string{line.where}});
    }
    /// The lines of a group begin at one level of indentation.
    void add_group(std::string_view name, std::size_t depth) {
        auto found = groups_.find(name);
        if (found == groups_.end()) throw std::logic_error(fmt::format("there is no group '{}'", name));
        for (const auto& line : found->second) add(line, depth - 1);
    }

    std::vector<Documentation>* list_;
    std::map<std::string_view, Group> groups_;
    std::vector<std::string_view> names_;
};

std::vector<Documentation> read_all() {
    std::vector<Documentation> list;
    Outline outline{list};
    for (auto text : texts) outline.read(lines_of(text));
    return list;
}

std::string without_repetitions(std::string_view path) {
    std::string result;
    std::string_view previous;
    for (auto part : path | std::views::split('.')) {
        std::string_view name{part.begin(), part.end()};
        if (name == previous) continue;
        if (!result.empty()) result += '.';
        result += name;
        previous = name;
    }
    return result;
}
} // namespace

const std::vector<Documentation>& documentation() {
    static const auto list = read_all();
    return list;
}

const Documentation* find_documentation(std::string_view path) {
    static const auto index = [] {
        std::unordered_map<std::string_view, const Documentation*> entries;
        for (const auto& entry : documentation()) entries.emplace(entry.path, &entry);
        return entries;
    }();
    auto found = index.find(without_repetitions(path));
    return found == index.end() ? nullptr : found->second;
}

} // namespace vireo::model::domain
