// SPDX-License-Identifier: Apache-2.0
#include "launch/programs.hpp"

#include "async/child_process.hpp"
#include "base/enum_names.hpp"
#include "launch/error.hpp"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

namespace vireo::launch {

using namespace std::chrono_literals;

namespace {
std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

/// Runs a program of which `package` is Debian's.
awaitable<async::CommandOutput> run(std::vector<std::string> words, std::string_view package,
                                    std::chrono::milliseconds deadline = 60s) {
    auto name = words.front();
    std::optional<Error> missing;
    try {
        co_return co_await async::run_command(std::move(words), deadline);
    } catch (const std::system_error& failure) {
        if (failure.code() == std::errc::operation_canceled) throw;
        missing = error(ErrorCode::SystemError, fmt::format("cannot run {}: {}; it is in the package {}",
                                                            name, failure.code().message(), package));
    }
    throw *missing;
}

awaitable<void> require(std::vector<std::string> words, std::string_view package, std::string purpose) {
    auto output = co_await run(std::move(words), package);
    if (!output.status.success())
        throw error(ErrorCode::OperationFailed,
                    fmt::format("{}: {}", purpose, trimmed(std::move(output.err))));
}
} // namespace

awaitable<void> create_overlay(Image image, std::filesystem::path overlay, std::optional<MemorySize> size) {
    if (size && *size < image.facts.virtual_size)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("--disk {} MiB is less than the {} MiB that image '{}' has", size->in_mib(),
                                (image.facts.virtual_size.in_bytes() + (1U << 20) - 1) >> 20,
                                image.path.string()));
    std::vector<std::string> words{"qemu-img", "create", "-q", "-f", "qcow2"};
    words.insert(words.end(), {"-F", std::string{name_of(image.facts.format)}, "-b", image.path, overlay});
    if (size) words.push_back(std::to_string(size->in_bytes()));
    co_await require(std::move(words), "qemu-utils", "the guest's disk cannot be made");
}

awaitable<std::string> create_key(std::filesystem::path file, std::string comment) {
    std::vector<std::string> words{"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file};
    co_await require(std::move(words), "openssh-client", "the guest's key cannot be made");
    std::ifstream stream{file.string() + ".pub"};
    std::string line;
    if (!std::getline(stream, line))
        throw error(ErrorCode::SystemError, fmt::format("ssh-keygen left no key in '{}.pub'", file.string()));
    co_return line;
}

std::vector<std::string> login_options(const Login& login) {
    return {"-i", login.key,
            "-o", "IdentitiesOnly=yes",
            "-o", fmt::format("UserKnownHostsFile=\"{}\"", login.known_hosts.string()),
            "-o", "StrictHostKeyChecking=accept-new",
            "-o", "LogLevel=ERROR"};
}

std::vector<std::string> ssh_words(const Login& login) {
    std::vector<std::string> words{"ssh", "-p", std::to_string(login.port)};
    for (auto& option : login_options(login)) words.push_back(std::move(option));
    words.push_back(login.user + "@127.0.0.1");
    return words;
}

awaitable<std::optional<std::string>> run_inside(Login login, std::string command) {
    auto words = ssh_words(login);
    words.insert(words.begin() + 1, {"-n", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"});
    words.push_back(std::move(command));
    try {
        auto output = co_await run(std::move(words), "openssh-client", 30s);
        if (output.status.success()) co_return std::move(output.out);
    } catch (const Error& failure) {
        if (failure.code != ErrorCode::OperationTimeout) throw;
    }
    co_return std::nullopt;
}

std::vector<std::string> own_public_keys(const std::filesystem::path& home) {
    std::vector<std::string> keys;
    for (const auto* name : {"id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub"}) {
        std::ifstream file{home / ".ssh" / name};
        if (std::string line; std::getline(file, line) && !line.empty()) keys.push_back(std::move(line));
    }
    return keys;
}

} // namespace vireo::launch
