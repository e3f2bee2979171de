// SPDX-License-Identifier: Apache-2.0
#include "client/session_daemon.hpp"

#include "async/child_process.hpp"
#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace vireo::client {

namespace {
std::filesystem::path log_path() {
    auto of = [](const char* name) {
        const char* value = std::getenv(name);
        return std::filesystem::path{value ? value : ""};
    };
    if (auto cache = of("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "vireo/session.log";
    return of("HOME") / ".cache/vireo/session.log";
}

std::string program() {
    std::error_code none;
    auto beside = std::filesystem::read_symlink("/proc/self/exe", none).replace_filename("vireod");
    return std::filesystem::exists(beside, none) ? beside.string() : "vireod";
}

Error not_started(const std::string& why) {
    return {ErrorCode::OperationFailed, ErrorDomain::Remote,
            "the daemon of this session cannot be started: " + why};
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file{path};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}
} // namespace

bool may_be_started(const Uri& uri) {
    return uri.driver == "qemu" && uri.path == "/session" && uri.server.empty() &&
           !uri.parameters.contains("socket");
}

awaitable<void> start_session_daemon() {
    auto path = log_path();
    std::error_code problem;
    std::filesystem::create_directories(path.parent_path(), problem);
    Fd log{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
    std::vector<std::string> words{program(), "--session", "--daemon", "--timeout=120"};
    std::vector<int> descriptors{-1, -1, log.get()};
    auto executor = co_await asio::this_coro::executor;
    std::optional<async::ChildProcess> daemon;
    try {
        daemon = async::ChildProcess::spawn(executor, words, descriptors);
    } catch (const std::system_error& failure) {
        throw not_started(fmt::format("{}: {}", words.front(), failure.code().message()));
    }
    auto status = co_await daemon->wait();
    if (!status.success()) throw not_started(fmt::format("{} ({})", content_of(path), status.text()));
}

} // namespace vireo::client
