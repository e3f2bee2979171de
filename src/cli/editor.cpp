// SPDX-License-Identifier: Apache-2.0
#include "cli/editor.hpp"

#include "async/blocking.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "cli/shell.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

namespace vireo::cli {

namespace {
Error system_error(const std::string& what) {
    return {ErrorCode::SystemError, ErrorDomain::None, fmt::format("{}: {}", what, std::strerror(errno))};
}

/// A file of this process only, with a name of its own.
class DraftFile {
public:
    DraftFile(const std::string& text, std::string_view suffix)
        : path_{fmt::format("{}/vireoXXXXXX{}", std::filesystem::temp_directory_path().string(), suffix)} {
        Fd file{::mkstemps(path_.data(), static_cast<int>(suffix.size()))};
        if (file.get() < 0) throw system_error("cannot make a file to edit");
        if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
            auto failure = system_error(fmt::format("cannot write file '{}'", path_));
            ::unlink(path_.c_str());
            throw failure;
        }
    }
    ~DraftFile() { ::unlink(path_.c_str()); }
    DraftFile(const DraftFile&) = delete;
    DraftFile& operator=(const DraftFile&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::string editor() {
    for (const auto* name : {"VISUAL", "EDITOR"})
        if (const char* value = std::getenv(name); value && *value) return value;
    return "sensible-editor";
}

/// Whether "+12" makes this editor begin at line 12.
bool takes_line(std::string_view program) {
    constexpr auto known =
        std::to_array<std::string_view>({"editor", "emacs", "emacsclient", "gvim", "joe", "mcedit", "micro",
                                         "nano", "nvim", "sensible-editor", "vi", "vim"});
    auto name = std::filesystem::path{program.substr(0, program.find(' '))}.filename();
    return std::ranges::find(known, name.string()) != known.end();
}

/// The editor's name may bring arguments along, so a shell takes it apart.
void run_editor(const std::string& program, const std::string& path) {
    auto status = std::system(fmt::format("{} '{}'", program, path).c_str());
    if (status < 0) throw system_error("no editor can be run");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                    fmt::format("the editor '{}' failed; $EDITOR names another one", program));
}
} // namespace

awaitable<std::string> edited(std::string text, std::string_view suffix, std::size_t line) {
    DraftFile file{text, suffix};
    auto path = file.path();
    auto program = editor();
    if (line != 0 && takes_line(program)) program += fmt::format(" +{}", line);
    auto work = [path, program] { run_editor(program, path); };
    co_await async::blocking(std::move(work));
    co_return content_of(path);
}

std::size_t line_named_in(std::string_view message) {
    constexpr std::string_view word = "line ";
    for (auto at = message.find(word); at != message.npos; at = message.find(word, at + 1)) {
        std::size_t line = 0;
        std::from_chars(message.data() + at + word.size(), message.data() + message.size(), line);
        if (line != 0) return line;
    }
    return 0;
}

} // namespace vireo::cli
