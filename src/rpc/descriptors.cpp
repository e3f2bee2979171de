// SPDX-License-Identifier: Apache-2.0
#include "rpc/descriptors.hpp"

#include "base/error.hpp"
#include "protocol/frame.hpp"
#include "rpc/framing.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace vireo::rpc {

namespace {
constexpr std::size_t type_offset = 16, count_size = 4;
constexpr std::size_t control_size = CMSG_SPACE(protocol::descriptor_limit * sizeof(int));

/// Takes over what the kernel has opened for us.
void adopt(const cmsghdr& control, std::vector<Fd>& descriptors) {
    if (control.cmsg_level != SOL_SOCKET || control.cmsg_type != SCM_RIGHTS) return;
    auto count = (control.cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
        int number = -1;
        std::memcpy(&number, CMSG_DATA(&control) + i * sizeof number, sizeof number);
        descriptors.emplace_back(number);
    }
}

ssize_t send_riding(int socket, const char& byte, int descriptor) {
    iovec data{const_cast<char*>(&byte),
               1}; // NOLINT(cppcoreguidelines-pro-type-const-cast): sendmsg reads it
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> space{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    auto* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
    return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}
} // namespace

ssize_t receive(int socket, std::span<char> space, std::vector<Fd>& descriptors) {
    iovec data{space.data(), space.size()};
    alignas(cmsghdr) std::array<char, control_size> control_space; // NOLINT: recvmsg fills it
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control_space.data();
    message.msg_controllen = control_space.size();
    auto got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 || message.msg_controllen == 0) return got;
    for (auto* control = CMSG_FIRSTHDR(&message); control != nullptr;
         control = CMSG_NXTHDR(&message, control))
        adopt(*control, descriptors);
    if ((message.msg_flags & MSG_CTRUNC) == 0 && descriptors.size() <= protocol::descriptor_limit) return got;
    descriptors.clear();
    throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                fmt::format("a message brings {} descriptors at most, and one that we could not take came",
                            protocol::descriptor_limit));
}

ssize_t send(int socket, std::string_view bytes, std::deque<Rider>& riders) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        bool rides = !riders.empty() && riders.front().position == done;
        auto end = rides ? done + 1 : riders.empty() ? bytes.size() : riders.front().position;
        auto sent = rides ? send_riding(socket, bytes[done], riders.front().descriptor.get())
                          : ::send(socket, bytes.data() + done, end - done, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && done == 0) return sent;
        if (sent <= 0) break; // the next attempt tells why
        if (rides) riders.pop_front();
        done += static_cast<std::size_t>(sent);
        if (done != end) break;
    }
    for (auto& rider : riders) rider.position -= done;
    return static_cast<ssize_t>(done);
}

std::size_t announced_descriptors(std::string_view bytes) {
    if (bytes.size() < protocol::smallest_frame + count_size ||
        xdr::decode<std::uint32_t>(bytes) < protocol::smallest_frame + count_size)
        return 0;
    auto type = xdr::decode<protocol::MessageType>(bytes.substr(type_offset));
    if (type != protocol::MessageType::CallWithDescriptors) return 0;
    return xdr::decode<std::uint32_t>(bytes.substr(protocol::smallest_frame));
}

std::optional<std::size_t> message_size(std::string_view bytes) {
    auto size = frame_size(bytes);
    if (!size) return size;
    auto count = announced_descriptors(bytes);
    if (count > protocol::descriptor_limit)
        throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                    fmt::format("a message brings {} descriptors at most, not {}", protocol::descriptor_limit,
                                count));
    return *size + count;
}

} // namespace vireo::rpc
