// SPDX-License-Identifier: Apache-2.0
#include "daemon/options.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <string_view>

namespace vireo::daemon {

namespace {
/// One option of the command line; help and parser come from this table.
struct Option {
    std::string_view short_form, long_form, argument, help;
    void (*apply)(Options&, std::string_view);
};

constexpr std::array table{
    Option{"", "--root", "DIR", "keep sockets, state and logs below DIR",
           [](Options& options, std::string_view value) { options.root = std::filesystem::absolute(value); }},
    Option{"-d", "--daemon", "", "go to the background once clients are answered",
           [](Options& options, std::string_view) { options.in_background = true; }},
    Option{"-v", "--verbose", "", "log what a developer follows, too",
           [](Options& options, std::string_view) { options.log_level = log::Level::Debug; }},
    Option{"", "--list-procedures", "", "print every procedure of the wire as JSON, implemented or not",
           [](Options& options, std::string_view) { options.action = Options::Action::ListProcedures; }},
    Option{"-V", "--version", "", "print the version",
           [](Options& options, std::string_view) { options.action = Options::Action::PrintVersion; }},
    Option{"-h", "--help", "", "print this",
           [](Options& options, std::string_view) { options.action = Options::Action::PrintHelp; }},
};

Error refuse(const std::string& why) {
    return {ErrorCode::InvalidArgument, ErrorDomain::Conf, why + "; see vireod --help"};
}

const Option& find_option(std::string_view word) {
    for (const auto& option : table)
        if (word == option.long_form || (!option.short_form.empty() && word == option.short_form))
            return option;
    throw refuse(fmt::format("vireod has no option '{}'", word));
}
} // namespace

Options parse_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        std::string_view word{argv[i]}, value;
        auto equals = word.starts_with("--") ? word.find('=') : std::string_view::npos;
        bool attached = equals != std::string_view::npos;
        const auto& option = find_option(word.substr(0, equals));
        if (option.argument.empty() && attached)
            throw refuse(fmt::format("{} takes no value", option.long_form));
        if (!option.argument.empty()) {
            if (!attached && i + 1 == argc)
                throw refuse(fmt::format("{} needs {}", option.long_form, option.argument));
            value = attached ? word.substr(equals + 1) : argv[++i];
            if (value.empty()) throw refuse(fmt::format("{} needs {}", option.long_form, option.argument));
        }
        option.apply(options, value);
    }
    return options;
}

std::string help_text() {
    std::string text = "vireod runs virtual machines and answers libvirt's clients.\n\nOptions:\n";
    for (const auto& option : table) {
        auto left = fmt::format("{}{}{}{}{}", option.short_form, option.short_form.empty() ? "" : ", ",
                                option.long_form, option.argument.empty() ? "" : " ", option.argument);
        text += fmt::format("  {:24} {}\n", left, option.help);
    }
    return text;
}

} // namespace vireo::daemon
