// SPDX-License-Identifier: Apache-2.0
// The settings are one immutable object: who writes takes the present one, who changes them makes the next.
#include "base/log.hpp"

#include "base/enum_names.hpp"
#include "base/error.hpp"
#include "base/log_output.hpp"
#include "base/log_settings.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <vector>

namespace vireo::log {

namespace {
struct Filter {
    Level level;
    std::string pattern; // for fnmatch(3)
};

struct LeveledOutput {
    Level level;
    std::shared_ptr<const Output> output;
};

struct Settings {
    Level level = Level::Info;
    std::string filters_text, outputs_text;
    std::vector<Filter> filters;
    std::vector<LeveledOutput> outputs{{Level::Debug, open_stderr()}};

    Level level_of(std::string_view source) const {
        if (filters.empty()) return level;
        std::string name{source};
        for (const auto& filter : filters)
            if (::fnmatch(filter.pattern.c_str(), name.c_str(), 0) == 0) return filter.level;
        return level;
    }
    Level least_of_outputs() const { return std::ranges::min(outputs, {}, &LeveledOutput::level).level; }
    /// Below this nothing is wanted, whoever says it.
    Level least() const {
        auto wanted = level;
        for (const auto& filter : filters) wanted = std::min(wanted, filter.level);
        return std::max(wanted, least_of_outputs());
    }
};

using Shared = std::shared_ptr<const Settings>;

std::atomic<Shared>& current() {
    static auto& settings =
        *new std::atomic<Shared>{std::make_shared<Settings>()}; // outlives who logs at exit
    return settings;
}
std::atomic<Level> least{Level::Info};

void install(Settings next) {
    least = next.least();
    current() = std::make_shared<const Settings>(std::move(next));
}

Error refuse(const std::string& why) { return {ErrorCode::InvalidArgument, ErrorDomain::Conf, why}; }

std::vector<std::string_view> words_of(std::string_view text) {
    constexpr std::string_view blank = " \t\n";
    std::vector<std::string_view> words;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
        if (text.empty()) return words;
        words.push_back(text.substr(0, text.find_first_of(blank)));
        text.remove_prefix(words.back().size());
    }
}

/// "3:rest", of which the level is taken off.
Level take_level(std::string_view& word) {
    auto whole = word;
    int number = 0;
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    auto used = static_cast<std::size_t>(end - word.data());
    if (error != std::errc{} || number < 1 || number > 4 || used >= word.size() || word[used] != ':')
        throw refuse(fmt::format("'{}' does not begin with a level and a colon, such as '1:'", whole));
    word.remove_prefix(used + 1);
    return static_cast<Level>(number);
}

std::vector<Filter> parse_filters(std::string_view text) {
    std::vector<Filter> filters;
    for (auto word : words_of(text)) {
        auto whole = word;
        auto level = take_level(word);
        if (word.starts_with('+')) word.remove_prefix(1); // once asked for a stack trace; accepted still
        if (word.empty()) throw refuse(fmt::format("the log filter '{}' names no source", whole));
        bool is_pattern = word.find_first_of("*?[") != std::string_view::npos;
        filters.push_back({level, is_pattern ? std::string{word} : fmt::format("*{}*", word)});
    }
    return filters;
}

std::shared_ptr<const Output> open_output(OutputKind kind, std::string_view word, const std::string& detail) {
    bool takes_detail = kind == OutputKind::File || kind == OutputKind::Syslog;
    if (takes_detail == detail.empty())
        throw refuse(fmt::format("the log output '{}' {}", word,
                                 takes_detail ? "lacks what stands after a second colon"
                                              : "has nothing to say after its kind"));
    switch (kind) {
    case OutputKind::Stderr: return open_stderr();
    case OutputKind::File: return open_file(detail);
    case OutputKind::Syslog: return open_syslog(detail);
    case OutputKind::Journald: return open_journald("vireod");
    }
    throw refuse(fmt::format("the log output '{}' is of no known kind", word));
}

std::vector<LeveledOutput> open_outputs(std::string_view text) {
    std::vector<LeveledOutput> outputs;
    for (auto word : words_of(text)) {
        auto whole = word;
        auto level = take_level(word);
        auto colon = std::min(word.find(':'), word.size());
        auto kind = from_name<OutputKind>(word.substr(0, colon));
        if (!kind)
            throw refuse(fmt::format("the log output '{}' is none of {}", whole, choices_of<OutputKind>()));
        std::string detail{word.substr(std::min(colon + 1, word.size()))};
        outputs.push_back({level, open_output(*kind, whole, detail)});
    }
    if (outputs.empty()) outputs.push_back({Level::Debug, open_stderr()});
    return outputs;
}

std::string normal(std::string_view text) {
    std::string joined;
    for (auto word : words_of(text)) joined.append(joined.empty() ? "" : " ").append(word);
    return joined;
}
} // namespace

bool enabled(Level level, std::string_view source) noexcept {
    if (level < least.load(std::memory_order_relaxed)) return false;
    try {
        auto settings = current().load();
        return level >= settings->least_of_outputs() && level >= settings->level_of(source);
    } catch (const std::exception&) { return true; } // out of memory: rather too much than too little
}

void write(Level level, std::string_view source, std::string_view message) noexcept {
    try {
        Message whole{level, {}, source, message};
        ::clock_gettime(CLOCK_REALTIME, &whole.time);
        auto settings = current().load();
        for (const auto& output : settings->outputs)
            if (level >= output.level) output.output->write(whole);
    } catch (const std::exception&) {
        return; // out of memory: a lost line of the log is the lesser evil
    }
}

Level level() noexcept { return current().load()->level; }

void set_level(Level level) {
    auto next = *current().load();
    next.level = level;
    install(std::move(next));
}

std::string filters() { return current().load()->filters_text; }

void set_filters(std::string_view text) {
    auto next = *current().load();
    next.filters = parse_filters(text);
    next.filters_text = normal(text);
    install(std::move(next));
}

std::string outputs() {
    auto settings = current().load();
    return settings->outputs_text.empty() ? "1:stderr" : settings->outputs_text;
}

void set_outputs(std::string_view text) {
    auto next = *current().load();
    next.outputs = open_outputs(text);
    next.outputs_text = normal(text);
    install(std::move(next));
}

void configure(Level level, std::string_view filters, std::string_view outputs) {
    Settings next{level, normal(filters), normal(outputs), parse_filters(filters), open_outputs(outputs)};
    install(std::move(next));
}

} // namespace vireo::log
