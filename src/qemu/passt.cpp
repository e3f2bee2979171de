// SPDX-License-Identifier: Apache-2.0
#include "qemu/passt.hpp"

#include "async/child_process.hpp"
#include "qemu/error.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// It goes to the background as soon as it has its ports.
constexpr std::chrono::seconds patience{10};

std::string text_of(const PortRange& range) {
    auto ports = [](std::uint32_t from, std::uint32_t to) {
        return from == to ? std::to_string(from) : fmt::format("{}-{}", from, to);
    };
    std::uint32_t start = range.start, end = range.end.value_or(range.start);
    if (range.exclude == Answer::Yes) return "~" + ports(start, end);
    if (!range.to) return ports(start, end);
    return fmt::format("{}:{}", ports(start, end), ports(*range.to, *range.to + end - start));
}

/// "127.0.0.1%lo/8080:80,~8081" (passt(1), --tcp-ports).
std::string ports_of(const Interface& interface, const PortForward& forward) {
    std::vector<std::string> ranges;
    for (const auto& range : forward.ranges) ranges.push_back(text_of(range));
    bool has_place = !forward.address.empty() || !forward.device.empty();
    if (ranges.empty() && has_place)
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format("interface {}: passt forwards all ports of the host or those of a <range>, not "
                        "all of one address or device",
                        interface.mac.text()));
    if (ranges.empty()) return "all";
    auto ports = fmt::format("{}", fmt::join(ranges, ","));
    if (!has_place) return ports;
    auto device = forward.device.empty() ? "" : "%" + forward.device;
    return fmt::format("{}{}/{}", forward.address, device, ports);
}

void add_addresses(std::vector<std::string>& words, const Interface& interface) {
    for (const auto& ip : interface.ips) {
        words.insert(words.end(), {"--address", ip.address});
        if (!ip.is_v6() && ip.prefix) words.insert(words.end(), {"--netmask", std::to_string(*ip.prefix)});
    }
}

void add_forwards(std::vector<std::string>& words, const Interface& interface) {
    bool has_udp = false;
    for (const auto& forward : interface.port_forwards) {
        bool is_udp = forward.protocol == ForwardProtocol::Udp;
        has_udp = has_udp || is_udp;
        words.insert(words.end(), {is_udp ? "--udp-ports" : "--tcp-ports", ports_of(interface, forward)});
    }
    // By itself it would forward UDP ports of the same numbers.
    if (!has_udp && !interface.port_forwards.empty()) words.insert(words.end(), {"--udp-ports", "none"});
}

/// The last line of what it wrote: its reason.
std::string last_line(const Fd& file) {
    std::string text(4096, '\0');
    auto end = ::lseek(file.get(), 0, SEEK_END);
    auto begin = std::max<off_t>(0, end - static_cast<off_t>(text.size()));
    auto size = ::pread(file.get(), text.data(), text.size(), begin);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

struct Connection {
    Fd ours, theirs;
};
Connection connected_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "no socket for passt");
    return {Fd{ends[0]}, Fd{ends[1]}};
}

async::ChildProcess spawn(const asio::any_io_executor& executor, const Interface& interface,
                          const std::vector<std::string>& words, const std::vector<int>& descriptors) {
    try {
        return async::ChildProcess::spawn(executor, words, descriptors);
    } catch (const std::system_error& failure) {
        throw error(ErrorCode::OperationUnsupported,
                    fmt::format("interface {}: cannot run passt: {}; it is in the package passt, and without "
                                "<backend type='passt'/> QEMU's own network serves",
                                interface.mac.text(), failure.code().message()));
    }
}
} // namespace

std::vector<std::string> passt_words(const Interface& interface, int descriptor) {
    std::vector<std::string> words{"passt", "--one-off", "--fd", std::to_string(descriptor)};
    if (!interface.backend_log.empty()) words.insert(words.end(), {"--log-file", interface.backend_log});
    if (!interface.source.device.empty()) words.insert(words.end(), {"--interface", interface.source.device});
    add_addresses(words, interface);
    add_forwards(words, interface);
    return words;
}

awaitable<Fd> start_passt(Interface interface) {
    using namespace asio::experimental::awaitable_operators;
    auto executor = co_await asio::this_coro::executor;
    auto connection = connected_pair();
    Fd said{::memfd_create("passt", MFD_CLOEXEC)};
    if (!said) throw std::system_error(errno, std::generic_category(), "no memory for what passt says");
    constexpr int number = 3;
    auto words = passt_words(interface, number);
    std::vector<int> descriptors{-1, said.get(), said.get(), connection.theirs.get()};
    auto child = spawn(executor, interface, words, descriptors);
    connection.theirs.reset();
    asio::steady_timer alarm{executor, patience};
    std::exception_ptr failure;
    bool late = false;
    async::ExitStatus status;
    try {
        auto ended = co_await (child.wait() || alarm.async_wait(asio::use_awaitable));
        late = ended.index() == 1;
        if (!late) status = std::get<0>(ended);
    } catch (...) { failure = std::current_exception(); }
    if (late || failure) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        child.kill(SIGKILL);
        status = co_await child.wait();
    }
    if (failure) std::rethrow_exception(failure);
    if (!status.success())
        throw error(ErrorCode::OperationFailed,
                    fmt::format("interface {}: passt cannot serve it: {} ({})", interface.mac.text(),
                                late ? "it did not get ready in time" : last_line(said), status.text()));
    co_return std::move(connection.ours);
}

} // namespace vireo::qemu
