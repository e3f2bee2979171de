// SPDX-License-Identifier: Apache-2.0
#include "qemu/guest_log.hpp"

#include "base/log.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu"};
constexpr std::size_t said_limit = 1024;

std::string now() {
    auto time = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}+0000", fmt::gmtime(seconds), (time - seconds).count());
}

Fd open_for_appending(const std::filesystem::path& path) {
    Fd file{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600)};
    if (!file)
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot open '{}'", path.native()));
    return file;
}

void append(int file, std::string_view text) {
    while (!text.empty()) {
        auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0)
            throw std::system_error(errno, std::generic_category(), "cannot write a guest's log");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// As a shell takes it.
std::string shell_word(std::string_view word) {
    auto plain = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view{"_-+=./,:@%"}.find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (!word.empty() && std::ranges::all_of(word, plain)) return std::string{word};
    std::string quoted = "'";
    for (char c : word) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
    return quoted + "'";
}
} // namespace

GuestLog::GuestLog(std::filesystem::path path) : path_{std::move(path)} {
    std::filesystem::create_directories(path_.parent_path());
    file_ = open_for_appending(path_);
}

void GuestLog::begin(const std::vector<std::string>& environment, const std::vector<std::string>& arguments) {
    auto text = fmt::format("{}: starting up, vireo version {}\n", now(), VIREO_VERSION);
    for (const auto& variable : environment) text += shell_word(variable) + " \\\n";
    for (const auto& argument : arguments) // each option on its line, with its value
        text += (&argument == &arguments.front() ? ""
                 : argument.starts_with('-')     ? " \\\n"
                                                 : " ") +
                shell_word(argument);
    append(file_.get(), text + "\n");
    begin_ = std::filesystem::file_size(path_);
}

std::string GuestLog::said() const {
    struct stat status{};
    if (!file_ || ::fstat(file_.get(), &status) != 0) return {};
    auto size = static_cast<std::uint64_t>(status.st_size);
    if (size <= begin_) return {};
    auto from = std::max(begin_, size > said_limit ? size - said_limit : 0);
    std::string text(size - from, '\0');
    auto got = ::pread(file_.get(), text.data(), text.size(), static_cast<off_t>(from));
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    while (text.ends_with('\n')) text.pop_back();
    return text;
}

void log_end(const std::filesystem::path& path, std::string_view reason) noexcept {
    try {
        append(open_for_appending(path).get(), fmt::format("{}: shutting down, reason={}\n", now(), reason));
    } catch (const std::exception& failure) { log.warning("{}: {}", path.native(), failure.what()); }
}

} // namespace vireo::qemu
