// SPDX-License-Identifier: Apache-2.0
#include "daemon/options.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>

namespace vireo::daemon {

namespace {
/// One option of the command line; help and parser come from this table.
struct Option {
    std::string_view short_form, long_form, argument, help;
    void (*apply)(Options&, std::string_view);
};

Error refuse(const std::string& why) {
    return {ErrorCode::InvalidArgument, ErrorDomain::Conf, why + "; see vireod --help"};
}

std::chrono::seconds parse_seconds(std::string_view text) {
    int seconds = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds <= 0)
        throw refuse(fmt::format("--timeout takes a number of seconds above 0, not '{}'", text));
    return std::chrono::seconds{seconds};
}

constexpr std::array table{
    Option{"", "--root", "DIR", "keep sockets, state and logs below DIR",
           [](Options& options, std::string_view value) { options.root = std::filesystem::absolute(value); }},
    Option{"", "--session", "", "serve this user alone; without root's rights that is the default",
           [](Options& options, std::string_view) { options.session = true; }},
    Option{"-f", "--config", "FILE", "read FILE instead of libvirtd.conf",
           [](Options& options, std::string_view value) {
               options.configuration = std::filesystem::absolute(value);
           }},
    Option{"", "--host-name", "NAME", "tell clients NAME instead of the host's own name",
           [](Options& options, std::string_view value) { options.host_name = value; }},
    Option{"-t", "--timeout", "SECONDS", "end after SECONDS without clients and running guests",
           [](Options& options, std::string_view value) { options.timeout = parse_seconds(value); }},
    Option{"-p", "--pid-file", "FILE", "write the process number to FILE, too",
           [](Options& options, std::string_view value) {
               options.pid_file = std::filesystem::absolute(value);
           }},
    Option{"-d", "--daemon", "", "go to the background once clients are answered",
           [](Options& options, std::string_view) { options.in_background = true; }},
    Option{"-v", "--verbose", "", "log what a developer follows, too",
           [](Options& options, std::string_view) { options.verbose = true; }},
    Option{"-l", "--listen", "", "refused: TCP and TLS are not available in this version",
           [](Options&, std::string_view) {
               throw refuse("TCP and TLS are not available in this version: leave out --listen, and connect "
                            "through a unix socket or ssh");
           }},
    Option{"", "--list-procedures", "", "print every procedure of the wire as JSON, implemented or not",
           [](Options& options, std::string_view) { options.action = Options::Action::ListProcedures; }},
    Option{"-V", "--version", "", "print the version",
           [](Options& options, std::string_view) { options.action = Options::Action::PrintVersion; }},
    Option{"-h", "--help", "", "print this",
           [](Options& options, std::string_view) { options.action = Options::Action::PrintHelp; }},
};

const Option& require_option(std::string_view word) {
    for (const auto& option : table)
        if (word == option.long_form || (!option.short_form.empty() && word == option.short_form))
            return option;
    throw refuse(fmt::format("vireod has no option '{}'", word));
}

/// The words of the command line, one after another.
class Words {
public:
    Words(int argc, char** argv) : rest_{argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0))} {}
    bool empty() const { return rest_.empty(); }
    std::string_view take() {
        std::string_view word{rest_.front()};
        rest_ = rest_.subspan(1);
        return word;
    }
    /// The value of an option that has none attached.
    std::string_view take_value(const Option& option) {
        auto value = rest_.empty() ? std::string_view{} : take();
        if (value.empty()) throw refuse(fmt::format("{} needs {}", option.long_form, option.argument));
        return value;
    }

private:
    std::span<char*> rest_;
};

/// "--timeout", "--timeout=30".
void apply_long(Options& options, std::string_view word, Words& words) {
    auto equals = word.find('=');
    const auto& option = require_option(word.substr(0, equals));
    bool attached = equals != std::string_view::npos;
    if (option.argument.empty() && attached) throw refuse(fmt::format("{} takes no value", option.long_form));
    std::string_view value = attached ? word.substr(equals + 1) : "";
    if (attached && value.empty())
        throw refuse(fmt::format("{} needs {}", option.long_form, option.argument));
    if (!option.argument.empty() && !attached) value = words.take_value(option);
    option.apply(options, value);
}

/// "-d", "-dv", "-t30", "-t 30".
void apply_short(Options& options, std::string_view word, Words& words) {
    for (auto letters = word.substr(1); !letters.empty();) {
        const auto& option = require_option(fmt::format("-{}", letters.front()));
        letters.remove_prefix(1);
        if (option.argument.empty()) {
            option.apply(options, {});
            continue;
        }
        option.apply(options, letters.empty() ? words.take_value(option) : letters);
        return;
    }
}
} // namespace

Options parse_options(int argc, char** argv) {
    Options options;
    for (Words words{argc, argv}; !words.empty();) {
        auto word = words.take();
        if (word.starts_with("--"))
            apply_long(options, word, words);
        else if (word.size() > 1 && word.front() == '-')
            apply_short(options, word, words);
        else
            throw refuse(fmt::format("vireod takes options only, not '{}'", word));
    }
    if (options.session && !options.root.empty()) throw refuse("--session and --root exclude each other");
    return options;
}

std::string help_text() {
    std::string text = "vireod runs virtual machines and answers libvirt's clients.\n\nOptions:\n";
    for (const auto& option : table) {
        auto left = fmt::format("{}{}{}{}{}", option.short_form, option.short_form.empty() ? "" : ", ",
                                option.long_form, option.argument.empty() ? "" : " ", option.argument);
        text += fmt::format("  {:26} {}\n", left, option.help);
    }
    return text;
}

} // namespace vireo::daemon
