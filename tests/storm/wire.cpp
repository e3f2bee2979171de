// SPDX-License-Identifier: Apache-2.0
#include "wire.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace vireo::storm {

namespace {
constexpr std::size_t word = 4, header_words = 7, serial_at = 5 * word;
constexpr int patience_ms = 30'000;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < word; ++i) number = number << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return number;
}
} // namespace

void append_number(std::string& out, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

void append_text(std::string& out, std::string_view text) {
    append_number(out, static_cast<std::uint32_t>(text.size()));
    out.append(text).append((word - text.size() % word) % word, '\0');
}

void append_message(std::string& out, const Header& header, std::string_view body) {
    auto size = static_cast<std::uint32_t>(header_words * word + body.size());
    append_number(out, header.length.value_or(size));
    append_number(out, header.program);
    append_number(out, header.version);
    append_number(out, static_cast<std::uint32_t>(header.procedure));
    append_number(out, static_cast<std::uint32_t>(header.type));
    append_number(out, header.serial);
    append_number(out, static_cast<std::uint32_t>(header.status));
    out += body;
}

Client::Client(const std::string& path) : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), path);
}

bool Client::open() {
    std::string name;
    append_number(name, 1);
    append_text(name, "qemu:///system");
    append_number(name, 0);
    std::string calls;
    append_message(calls, {.procedure = auth_list_procedure}, {});
    append_message(calls, {.procedure = open_procedure}, name);
    return send(calls) && receive() && receive();
}

/// Reads what is there; waits for it.
bool Client::fill() {
    std::array<char, 65536> chunk{};
    auto got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (got <= 0) return false;
    input_.append(chunk.data(), static_cast<std::size_t>(got));
    return true;
}

bool Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        pollfd wait{socket_.get(), POLLIN | POLLOUT, 0};
        if (::poll(&wait, 1, patience_ms) <= 0) return false;
        if ((wait.revents & POLLIN) != 0 && !fill()) return false;
        if ((wait.revents & POLLOUT) == 0) continue;
        auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) return false;
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::optional<std::uint32_t> Client::receive() {
    auto whole = [this] { return input_.size() >= word && input_.size() >= number_at(input_, 0); };
    while (!whole()) {
        pollfd wait{socket_.get(), POLLIN, 0};
        if (::poll(&wait, 1, patience_ms) <= 0 || !fill()) return {};
    }
    auto serial = number_at(input_, serial_at);
    input_.erase(0, number_at(input_, 0));
    return serial;
}

} // namespace vireo::storm
