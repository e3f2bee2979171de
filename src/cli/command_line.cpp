// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.hpp"

#include "cli/arguments.hpp"

#include <optional>

namespace vireo::cli {

namespace {
bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool ends_command(char c) { return c == ';' || c == '\n'; }

/// Moves the quoted text that begins at `at` into `word`; `at` is then the closing quote.
void take_quoted(std::string_view line, std::size_t& at, std::string& word) {
    char quote = line[at];
    for (++at; at < line.size() && line[at] != quote; ++at) {
        bool escapes = quote == '"' && line[at] == '\\' && at + 1 < line.size();
        if (escapes) ++at;
        word += line[at];
    }
    if (at >= line.size()) throw usage_error(quote == '"' ? "a \" is never closed" : "a ' is never closed");
}
} // namespace

std::vector<Words> split_commands(std::string_view line) {
    std::vector<Words> commands;
    Words words;
    std::optional<std::string> word;
    auto end_word = [&] {
        if (word) words.push_back(std::move(*word));
        word.reset();
    };
    auto end_command = [&] {
        end_word();
        if (!words.empty()) commands.push_back(std::exchange(words, {}));
    };
    for (std::size_t at = 0; at < line.size(); ++at) {
        char c = line[at];
        if (is_blank(c)) {
            end_word();
        } else if (ends_command(c)) {
            end_command();
        } else if (c == '#' && !word) {
            while (at + 1 < line.size() && line[at + 1] != '\n') ++at;
        } else {
            if (!word) word.emplace();
            if (c == '\'' || c == '"')
                take_quoted(line, at, *word);
            else if (c == '\\' && at + 1 < line.size())
                *word += line[++at];
            else
                *word += c;
        }
    }
    end_command();
    return commands;
}

} // namespace vireo::cli
