// SPDX-License-Identifier: Apache-2.0
#include "daemon/configuration/file.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vireo::daemon::configuration {

namespace {
bool begins_key(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_key(char c) { return begins_key(c) || is_digit(c) || c == '.' || c == '-'; }

class Parser {
public:
    Parser(std::string_view text, std::string_view file) : rest_{text}, file_{file} {}

    std::vector<Entry> entries() {
        std::vector<Entry> all;
        while (skip_empty_lines()) {
            Entry entry{take_key(), {}, line_};
            skip_blanks();
            if (!take('=')) fail(fmt::format("'{}' is not followed by '='", entry.key));
            skip_blanks();
            entry.value = take_value(entry.key);
            end_line(entry.key);
            all.push_back(std::move(entry));
        }
        return all;
    }

private:
    [[noreturn]] void fail(const std::string& why) const {
        throw Error(ErrorCode::ConfSyntax, ErrorDomain::Conf, fmt::format("{}:{}: {}", file_, line_, why));
    }

    char next() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// Takes characters as long as the test holds.
    std::string_view take_while(auto test) {
        auto end = std::ranges::find_if_not(rest_, test);
        auto taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(taken.size());
        line_ += static_cast<int>(std::ranges::count(taken, '\n'));
        return taken;
    }
    void skip_blanks() {
        take_while([](char c) { return c == ' ' || c == '\t' || c == '\r'; });
    }
    void skip_comment() {
        if (next() == '#') take_while([](char c) { return c != '\n'; });
    }
    /// False at the end of the file.
    bool skip_empty_lines() {
        do {
            skip_blanks();
            skip_comment();
        } while (!take_while([](char c) { return c == '\n'; }).empty());
        return !rest_.empty();
    }
    void end_line(std::string_view key) {
        skip_blanks();
        skip_comment();
        if (!rest_.empty() && next() != '\n')
            fail(fmt::format("the value of '{}' is followed by '{}'", key, next()));
    }

    std::string take_key() {
        if (!begins_key(next())) fail(fmt::format("'{}' begins no key", next()));
        return std::string{take_while(in_key)};
    }
    Value take_value(std::string_view key) {
        if (next() == '"' || next() == '\'') return take_text(key);
        if (next() == '[') return take_list(key);
        if (next() == '-' || is_digit(next())) return take_number(key);
        fail(fmt::format("'{}' needs a number, a text in quotes or a list in brackets", key));
    }
    std::int64_t take_number(std::string_view key) {
        std::int64_t number = 0;
        auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        if (error != std::errc{}) fail(fmt::format("the value of '{}' is no number", key));
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return number;
    }
    std::string take_text(std::string_view key) {
        constexpr std::string_view triple = R"(""")";
        auto quote = rest_.starts_with(triple) ? triple : rest_.substr(0, 1);
        auto end = rest_.find(quote, quote.size());
        auto text = rest_.substr(quote.size(), end == std::string_view::npos ? end : end - quote.size());
        bool one_line = quote.size() == 1;
        if (end == std::string_view::npos || (one_line && text.find('\n') != std::string_view::npos))
            fail(fmt::format("the text of '{}' has no end", key));
        line_ += static_cast<int>(std::ranges::count(text, '\n'));
        rest_.remove_prefix(end + quote.size());
        return std::string{text};
    }
    List take_list(std::string_view key) {
        List list;
        take('[');
        for (bool separated = true;; separated = take(',')) {
            skip_empty_lines();
            if (take(']')) return list;
            if (next() == ',' && !separated) continue;
            if (!separated || (next() != '"' && next() != '\''))
                fail(fmt::format("the list of '{}' has texts in quotes with commas between, and ends with ]",
                                 key));
            list.push_back(take_text(key));
            skip_empty_lines();
        }
    }

    std::string_view rest_, file_;
    int line_ = 1;
};
} // namespace

std::vector<Entry> parse(std::string_view text, std::string_view file) {
    return Parser{text, file}.entries();
}

} // namespace vireo::daemon::configuration
