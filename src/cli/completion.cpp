// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

#include "cli/event_kinds.hpp"
#include "cli/explain.hpp"
#include "cli/xml_selection.hpp"

#include <algorithm>
#include <set>

namespace vireo::cli {

namespace {
using Candidates = std::vector<std::string>;

/// The words of a call of a command, as far as they are typed.
struct Typed {
    const Command* command;
    std::map<std::string_view, std::string> given;
    const Option* wanting = nullptr; ///< the option whose value is being typed

    Typed(const Command& of, const Words& words) : command{&of} {
        for (const auto& word : words) take(word);
        if (!wanting) wanting = next_position();
    }

private:
    void take(const std::string& word) {
        if (const auto* named = std::exchange(wanting, nullptr)) {
            given[named->name] = word;
        } else if (word.size() > 2 && word.starts_with("--")) {
            auto equals = word.find('=');
            const auto* option = command->find_option(std::string_view{word}.substr(2, equals - 2));
            if (!option) return;
            if (equals == word.npos && option->kind != OptionKind::Flag)
                wanting = option;
            else
                given[option->name] = equals == word.npos ? "" : word.substr(equals + 1);
        } else if (const auto* next = next_position()) {
            given[next->name] = word;
        }
    }
    const Option* next_position() const {
        auto next = std::ranges::find_if(command->options, [&](const Option& option) {
            return takes_position(option.kind) && (is_rest(option.kind) || !given.contains(option.name));
        });
        return next == command->options.end() ? nullptr : &*next;
    }
};

Candidates command_names() {
    Candidates names;
    for (const auto& group : command_table())
        for (const auto& command : group.commands) names.emplace_back(command.name);
    return names;
}

Candidates option_names(const Typed& typed) {
    Candidates names;
    for (const auto& option : typed.command->options)
        if (!typed.given.contains(option.name)) names.push_back(fmt::format("--{}", option.name));
    names.emplace_back("--help");
    names.emplace_back("--output");
    return names;
}

awaitable<Candidates> domain_names(Shell& shell, std::uint32_t flags) {
    auto daemon = co_await shell.connection();
    Candidates names;
    for (const auto& domain : co_await client::Domain::list(daemon, flags)) names.push_back(domain.name());
    co_return names;
}

/// What the XML of the domain that was typed says in the attributes that `xpath` selects.
awaitable<Candidates> device_names(Shell& shell, const Typed& typed, const char* xpath) {
    Candidates names;
    auto given = typed.given.find("domain");
    if (given == typed.given.end()) co_return names;
    auto domain = co_await shell.find_domain(given->second);
    auto answer = co_await domain.xml(0);
    auto document = parsed_xml(answer.xml);
    for (const auto& node : document.select_nodes(xpath)) names.emplace_back(node.attribute().value());
    co_return names;
}

awaitable<Candidates> values_of(Shell& shell, const Typed& typed, Completes what, std::string_view word) {
    constexpr std::uint32_t all = 0, active = 1, inactive = 2; // virConnectListAllDomainsFlags
    Candidates values;
    switch (what) {
    case Completes::Domain: co_return co_await domain_names(shell, all);
    case Completes::RunningDomain: co_return co_await domain_names(shell, active);
    case Completes::StoppedDomain: co_return co_await domain_names(shell, inactive);
    case Completes::Disk: co_return co_await device_names(shell, typed, "/domain/devices/disk/target/@dev");
    case Completes::Interface:
        co_return co_await device_names(shell, typed,
                                        "/domain/devices/interface/target/@dev | "
                                        "/domain/devices/interface/mac/@address");
    case Completes::EventKind:
        for (const auto& kind : event_kinds()) values.emplace_back(kind.name);
        break;
    case Completes::Command: co_return command_names();
    case Completes::XmlPath: co_return paths_like(word);
    case Completes::Nothing: break;
    }
    co_return values;
}

awaitable<Candidates> candidates_for(Shell& shell, const Words& words) {
    if (words.size() == 1) co_return command_names();
    const auto* command = find_command(words.front());
    if (!command) co_return Candidates{};
    Typed typed{*command, Words(words.begin() + 1, words.end() - 1)};
    std::string_view last = words.back();
    if (words.size() > 2 && words[words.size() - 2] == "--output") co_return Candidates{"json", "text"};
    if (!last.starts_with("--")) {
        if (!typed.wanting) co_return option_names(typed);
        co_return co_await values_of(shell, typed, typed.wanting->completes, last);
    }
    auto equals = last.find('=');
    if (equals == last.npos) co_return option_names(typed);
    const auto* option = command->find_option(last.substr(2, equals - 2));
    if (!option) co_return Candidates{};
    auto values = co_await values_of(shell, typed, option->completes, last.substr(equals + 1));
    for (auto& value : values) value.insert(0, last.substr(0, equals + 1));
    co_return values;
}
} // namespace

Words words_to_complete(const std::string& line) {
    std::vector<Words> commands;
    try {
        commands = split_commands(line);
    } catch (const Error&) { // a quote is open
        return {""};
    }
    auto last = line.empty() ? ' ' : line.back();
    if (commands.empty() || last == ';' || last == '\n') return {""};
    auto words = commands.back();
    if (last == ' ' || last == '\t') words.emplace_back();
    return words;
}

awaitable<std::vector<std::string>> completions(Shell& shell, Words words) {
    Candidates found;
    if (words.empty()) co_return found;
    try {
        found = co_await candidates_for(shell, words);
    } catch (const Error&) { co_return Candidates{}; } // nobody to tell: a prompt is being typed at
    std::erase_if(found, [&](const auto& candidate) { return !candidate.starts_with(words.back()); });
    std::ranges::sort(found);
    auto twice = std::ranges::unique(found);
    found.erase(twice.begin(), twice.end());
    co_return found;
}

std::string completion_script(std::string_view shell) {
    if (shell == "bash")
        return R"script(# Completion of vireo's commands for bash: source <(vireo completion bash)
_vireo() {
    local line=${COMP_LINE:0:COMP_POINT} IFS=$'\n' word head
    COMPREPLY=($("$1" -q complete --line "$line" 2>/dev/null))
    # bash replaces only what follows the last = or : of the word.
    word=${line##*[[:space:]]}
    head=${word%"${word##*[=:]}"}
    COMPREPLY=("${COMPREPLY[@]#"$head"}")
}
complete -o default -F _vireo vireo
)script";
    if (shell == "zsh")
        return R"script(#compdef vireo
# Completion of vireo's commands for zsh: source <(vireo completion zsh)
_vireo() {
    local -a found
    found=(${(f)"$(${words[1]} -q complete --line "${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
    if ((${#found})); then compadd -a found; else _files; fi
}
compdef _vireo vireo
)script";
    if (shell == "fish")
        return R"script(# Completion of vireo's commands for fish: vireo completion fish | source
function __vireo_candidates
    vireo -q complete --line (commandline -cp | string collect) 2>/dev/null
end
complete -c vireo -f
complete -c vireo -a '(__vireo_candidates)'
complete -c vireo -n 'test -z "$(__vireo_candidates)"' -F
)script";
    throw usage_error(fmt::format("there is no completion for shell '{}': it is bash, zsh or fish", shell));
}

} // namespace vireo::cli
