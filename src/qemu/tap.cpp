// SPDX-License-Identifier: Apache-2.0
#include "qemu/tap.hpp"

#include "qemu/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace vireo::qemu {

using model::domain::Answer;
using model::domain::Interface;
using model::domain::InterfaceType;

namespace {
[[noreturn]] void fail(const std::string& what) {
    auto code = errno;
    auto hint = code == EPERM || code == EACCES ? " (the daemon lacks CAP_NET_ADMIN)" : "";
    throw error(ErrorCode::SystemError, fmt::format("{}: {}{}", what, std::strerror(code), hint));
}

ifreq request_for(std::string_view name) {
    ifreq request{};
    if (name.size() >= IFNAMSIZ)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("'{}' is too long for the name of a network device", name));
    name.copy(request.ifr_name, name.size());
    return request;
}

/// The calls of netdevice(7).
class Control {
public:
    Control() : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
        if (!socket_) fail("cannot open a socket for network devices");
    }
    void call(unsigned long number, ifreq& request, const std::string& what) const {
        if (::ioctl(socket_.get(), number, &request) != 0) fail(what);
    }

private:
    Fd socket_;
};

/// Of the guest's address with another first byte: high, so that a bridge keeps the address that it has.
void set_address(const Control& control, const std::string& name, const MacAddress& guest) {
    auto request = request_for(name);
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    std::memcpy(request.ifr_hwaddr.sa_data, guest.bytes.data(), guest.bytes.size());
    request.ifr_hwaddr.sa_data[0] = static_cast<char>(0xfe);
    control.call(SIOCSIFHWADDR, request, fmt::format("cannot set the address of '{}'", name));
}

void set_mtu(const Control& control, const std::string& name, std::uint32_t mtu) {
    auto request = request_for(name);
    request.ifr_mtu = static_cast<int>(mtu);
    control.call(SIOCSIFMTU, request, fmt::format("cannot set the MTU of '{}'", name));
}

void join_bridge(const Control& control, const std::string& name, const std::string& bridge) {
    auto index = static_cast<int>(::if_nametoindex(name.c_str()));
    auto request = request_for(bridge);
    control.call(SIOCGIFMTU, request, fmt::format("there is no bridge '{}'", bridge));
    auto mtu = static_cast<std::uint32_t>(request.ifr_mtu);
    set_mtu(control, name, mtu); // else the bridge would take the smaller one
    request = request_for(bridge);
    request.ifr_ifindex = index;
    control.call(SIOCBRADDIF, request, fmt::format("cannot join '{}' to the bridge '{}'", name, bridge));
}

void bring_up(const Control& control, const std::string& name) {
    auto request = request_for(name);
    control.call(SIOCGIFFLAGS, request, fmt::format("cannot ask for the state of '{}'", name));
    request.ifr_flags |= IFF_UP;
    control.call(SIOCSIFFLAGS, request, fmt::format("cannot bring up '{}'", name));
}
} // namespace

Tap open_tap(const Interface& interface) {
    bool managed = interface.target_managed != Answer::No;
    if (!managed && interface.target.empty())
        throw error(ErrorCode::ConfigUnsupported, "an interface with managed='no' needs the name of its tap");
    auto request = request_for(interface.target.empty() ? "vnet%d" : interface.target); // the kernel counts
    request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    Tap tap{Fd{::open("/dev/net/tun", O_RDWR | O_CLOEXEC)}, {}};
    if (!tap.descriptor) fail("cannot open /dev/net/tun");
    if (::ioctl(tap.descriptor.get(), TUNSETIFF, &request) != 0)
        fail(fmt::format("cannot make the tap device '{}'", request.ifr_name));
    tap.name = request.ifr_name;
    if (!managed) return tap;
    Control control;
    set_address(control, tap.name, interface.mac);
    if (interface.type == InterfaceType::Bridge) join_bridge(control, tap.name, interface.bridge);
    if (interface.mtu) set_mtu(control, tap.name, *interface.mtu);
    bring_up(control, tap.name);
    return tap;
}

void move_tap(const std::string& name, const std::string& from, const std::string& to) {
    Control control;
    auto request = request_for(to);
    control.call(SIOCGIFMTU, request, fmt::format("there is no bridge '{}'", to));
    request = request_for(from);
    request.ifr_ifindex = static_cast<int>(::if_nametoindex(name.c_str()));
    control.call(SIOCBRDELIF, request, fmt::format("cannot take '{}' from the bridge '{}'", name, from));
    std::exception_ptr failure;
    try {
        join_bridge(control, name, to);
    } catch (const Error&) { failure = std::current_exception(); }
    if (!failure) return;
    join_bridge(control, name, from);
    std::rethrow_exception(failure);
}

} // namespace vireo::qemu
