// SPDX-License-Identifier: Apache-2.0
// What a QEMU that nobody trusts says on its monitor, while two commands wait for their answers. The first
// byte decides whether it greets well, and where the connection is cut in two.
#include "base/error.hpp"
#include "base/log_settings.hpp"
#include "qemu/monitor/monitor.hpp"
#include "qemu/monitor/monitor_event.hpp"
#include "json/json.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>

#include <cstdlib>

namespace {
using namespace vireo;
using Socket = qemu::Monitor::Socket;

constexpr std::string_view greeting = R"({"QMP": {"version": {}, "capabilities": []}}
{"return": {}, "id": 1}
)";
constexpr std::chrono::milliseconds patience{50}; // after the end of what it says nothing comes any more

awaitable<void> ask(qemu::Monitor& monitor) {
    try {
        co_await monitor.execute("query-status", patience);
    } catch (const Error&) { co_return; } // refused by what was said, or never answered
}

awaitable<void> talk(Socket socket, std::size_t& events) {
    qemu::MonitorListener listener{
        [&events](const qemu::MonitorEvent& event) { events += json::print(event.data).size(); },
        [](const std::string& reason) {
            if (reason.empty()) std::abort();
        }};
    try {
        auto monitor = co_await qemu::Monitor::greet(std::move(socket), std::move(listener), patience);
        co_await ask(*monitor);
        co_await ask(*monitor);
    } catch (const Error&) { co_return; }
}

void say(int socket, std::string_view text) {
    while (!text.empty()) {
        auto sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0) return; // more than a socket holds is for another test
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    log::set_level(log::Level::Error);
    std::string_view said{reinterpret_cast<const char*>(data), size};
    bool greets = (said.front() & 1) != 0;
    auto cut = static_cast<std::size_t>(data[0] >> 1);
    said.remove_prefix(1);
    cut = std::min(cut, said.size());

    asio::io_context loop{1};
    Socket ours{loop}, theirs{loop};
    asio::local::connect_pair(ours, theirs);
    std::size_t events = 0;
    if (greets) say(theirs.native_handle(), greeting);
    say(theirs.native_handle(), said.substr(0, cut));
    bool over = false;
    asio::co_spawn(loop, talk(std::move(ours), events), [&over](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
        over = true;
    });
    loop.poll();
    say(theirs.native_handle(), said.substr(cut));
    theirs.close();
    loop.run();
    if (!over) std::abort(); // whatever was said: the callers get an answer or an Error
    return 0;
}
