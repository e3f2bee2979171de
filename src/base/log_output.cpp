// SPDX-License-Identifier: Apache-2.0
#include "base/log_output.hpp"

#include "base/enum_names.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace vireo::log {

namespace {
/// Of one message in a datagram; the kernel's own limit is higher.
constexpr std::size_t longest_datagram = 48U << 10;

int priority_of(Level level) {
    switch (level) {
    case Level::Debug: return LOG_DEBUG;
    case Level::Info: return LOG_INFO;
    case Level::Warning: return LOG_WARNING;
    case Level::Error: return LOG_ERR;
    }
    return LOG_NOTICE;
}

Error refuse(const std::string& why) { return {ErrorCode::InvalidArgument, ErrorDomain::Conf, why}; }

class DescriptorOutput final : public Output {
public:
    /// Standard error, which is not ours to close.
    DescriptorOutput() : number_{STDERR_FILENO} {}
    explicit DescriptorOutput(Fd file) : file_{std::move(file)}, number_{file_.get()} {}
    void write(const Message& message) const override {
        auto line = message.line();
        [[maybe_unused]] auto written = ::write(number_, line.data(), line.size());
    }

private:
    Fd file_;
    int number_;
};

/// Sends datagrams to whoever listens at the path just then; never waits.
class DatagramSender {
public:
    explicit DatagramSender(std::string_view path)
        : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
        if (!socket_)
            throw refuse(fmt::format("no socket for the log can be made: {}", std::strerror(errno)));
        address_.sun_family = AF_UNIX;
        if (path.size() >= sizeof address_.sun_path)
            throw refuse(fmt::format("the path '{}' is too long for a socket", path));
        path.copy(address_.sun_path, path.size());
    }
    void send(std::string_view bytes) const {
        ::sendto(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
    }

private:
    Fd socket_;
    sockaddr_un address_{};
};

class SyslogOutput final : public Output {
public:
    SyslogOutput(std::string name, std::string_view path) : name_{std::move(name)}, sender_{path} {}
    void write(const Message& message) const override {
        tm local{};
        ::localtime_r(&message.time.tv_sec, &local);
        std::array<char, 32> stamp{};
        auto size = std::strftime(stamp.data(), stamp.size(), "%b %e %T", &local);
        sender_.send(fmt::format("<{}>{} {}[{}]: {}: {}", LOG_DAEMON | priority_of(message.level),
                                 std::string_view{stamp.data(), size}, name_, ::getpid(), message.source,
                                 message.text.substr(0, longest_datagram)));
    }

private:
    std::string name_;
    DatagramSender sender_;
};

class JournaldOutput final : public Output {
public:
    JournaldOutput(std::string name, std::string_view path) : name_{std::move(name)}, sender_{path} {}
    void write(const Message& message) const override {
        auto text = message.text.substr(0, longest_datagram);
        auto bytes = fmt::format("PRIORITY={}\nSYSLOG_IDENTIFIER={}\nSYSLOG_PID={}\nLOG_SOURCE={}\nMESSAGE\n",
                                 priority_of(message.level), name_, ::getpid(), message.source);
        for (unsigned shift = 0; shift < 64; shift += 8) // the length, little endian: text may have newlines
            bytes += static_cast<char>(text.size() >> shift);
        bytes.append(text).append("\n");
        sender_.send(bytes);
    }

private:
    std::string name_;
    DatagramSender sender_;
};
} // namespace

std::string Message::line() const {
    tm parts{};
    ::gmtime_r(&time.tv_sec, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}+0000: {}: {}: {}\n", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       time.tv_nsec / 1'000'000, name_of(level), source, text);
}

std::unique_ptr<Output> open_stderr() { return std::make_unique<DescriptorOutput>(); }

std::unique_ptr<Output> open_file(const std::string& path) {
    if (!path.starts_with('/')) throw refuse(fmt::format("the log's file '{}' is no absolute path", path));
    Fd file{::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600)};
    if (!file)
        throw refuse(fmt::format("the log's file '{}' cannot be opened: {}", path, std::strerror(errno)));
    return std::make_unique<DescriptorOutput>(std::move(file));
}

std::unique_ptr<Output> open_syslog(std::string name, std::string_view socket) {
    return std::make_unique<SyslogOutput>(std::move(name), socket);
}

std::unique_ptr<Output> open_journald(std::string name, std::string_view socket) {
    return std::make_unique<JournaldOutput>(std::move(name), socket);
}

} // namespace vireo::log
