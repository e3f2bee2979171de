// SPDX-License-Identifier: Apache-2.0
// Connections to a guest's display that are not made over the network: QEMU is handed the socket.
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// What QEMU calls the protocol of a display.
std::string require_protocol(const Domain& live, std::uint32_t index) {
    const auto& all = live.devices.graphics;
    if (index >= all.size())
        throw error(ErrorCode::InternalError,
                    fmt::format("domain '{}' has no display {}: there are {}", live.name, index, all.size()));
    auto type = all[index].type;
    if (type == GraphicsType::Vnc || type == GraphicsType::Spice) return std::string{name_of(type)};
    throw error(ErrorCode::InvalidArgument,
                fmt::format("display {} of domain '{}' is of type '{}': only vnc and spice take connections",
                            index, live.name, name_of(type)));
}
} // namespace

awaitable<Fd> QemuDriver::open_graphics(Uuid uuid, std::string name, std::uint32_t index,
                                        bool skip_authentication) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot make a pair of sockets");
    Fd ours{ends[0]}, of_qemu{ends[1]};
    co_await attach_graphics(uuid, std::move(name), index, std::move(of_qemu), skip_authentication);
    co_return std::move(ours);
}

awaitable<void> QemuDriver::attach_graphics(Uuid uuid, std::string name, std::uint32_t index, Fd socket,
                                            bool skip_authentication) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "open_graphics");
    co_await job.run(connect_graphics(domain, index, std::move(socket), skip_authentication));
}

awaitable<void> QemuDriver::connect_graphics(DomainPtr domain, std::uint32_t index, Fd socket,
                                             bool skip_authentication) {
    auto live = co_await read_live(domain);
    auto monitor = co_await require_monitor(domain);
    auto protocol = require_protocol(live, index);
    const std::string lent = "graphics";
    co_await monitor->lend(lent, std::move(socket), options_.monitor_deadline);
    json::object arguments{{"protocol", protocol}, {"fdname", lent}, {"skipauth", skip_authentication}};
    std::exception_ptr failure;
    try {
        co_await monitor->execute("add_client", std::move(arguments), options_.monitor_deadline);
    } catch (...) { failure = std::current_exception(); }
    if (!failure) co_return;
    json::object name{{"fdname", lent}}; // QEMU keeps what was not used
    try {
        co_await monitor->execute("closefd", std::move(name), options_.monitor_deadline);
    } catch (const Error&) { // the first failure says it all; a new QEMU or the next loan closes it
    }
    std::rethrow_exception(failure);
}

} // namespace vireo::qemu
