// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"

#include <ctime>
#include <memory>
#include <string>
#include <string_view>

namespace vireo::log {

/// One message, on its way to the outputs.
struct Message {
    Level level;
    timespec time;
    std::string_view source, text;

    /// With time, level and source, and a newline.
    std::string line() const;
};

/// A place that messages go to. Any thread. What cannot be delivered is lost: there is nobody left to tell.
class Output {
public:
    virtual ~Output() = default;
    virtual void write(const Message& message) const = 0;
};

enum class OutputKind { Stderr, File, Syslog, Journald };

constexpr auto names_of(OutputKind) {
    using enum OutputKind;
    return std::to_array<std::pair<OutputKind, std::string_view>>(
        {{Stderr, "stderr"}, {File, "file"}, {Syslog, "syslog"}, {Journald, "journald"}});
}

std::unique_ptr<Output> open_stderr();
/// Appends. Throws Error (InvalidArgument) when the file cannot be opened, or is no absolute path.
std::unique_ptr<Output> open_file(const std::string& path);
/// RFC 3164 as the C library writes it, facility "daemon", to a datagram socket.
std::unique_ptr<Output> open_syslog(std::string name, std::string_view socket = "/dev/log");
/// systemd's native protocol (systemd.io, "Native Journal Protocol").
std::unique_ptr<Output> open_journald(std::string name,
                                      std::string_view socket = "/run/systemd/journal/socket");

} // namespace vireo::log
