// SPDX-License-Identifier: Apache-2.0
#include "cli/editor.hpp"

#include "async/blocking.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "cli/shell.hpp"

#include <cerrno>
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

/// The editor's name may bring arguments along, so a shell takes it apart.
void run_editor(const std::string& program, const std::string& path) {
    auto status = std::system(fmt::format("{} '{}'", program, path).c_str());
    if (status < 0) throw system_error("no editor can be run");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                    fmt::format("the editor '{}' failed; $EDITOR names another one", program));
}
} // namespace

awaitable<std::string> edited(std::string text, std::string_view suffix) {
    DraftFile file{text, suffix};
    auto path = file.path();
    auto work = [path, program = editor()] { run_editor(program, path); };
    co_await async::blocking(std::move(work));
    co_return content_of(path);
}

} // namespace vireo::cli
