// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace vireo::log {

/// Debug: what a developer follows; info: life cycle of a guest, pool, network; warning: it went on, but
/// look; error: someone must act. The numbers are those of libvirtd.conf's `log_level`.
enum class Level { Debug = 1, Info = 2, Warning = 3, Error = 4 };

constexpr auto names_of(Level) {
    using enum Level;
    return std::to_array<std::pair<Level, std::string_view>>(
        {{Debug, "debug"}, {Info, "info"}, {Warning, "warning"}, {Error, "error"}});
}

/// Whether a message of this source is wanted anywhere; what is not wanted is not formatted. Any thread.
bool enabled(Level level, std::string_view source) noexcept;
/// Sends one line to every output that takes this level (base/log_settings.hpp). Any thread; never throws.
void write(Level level, std::string_view source, std::string_view message) noexcept;

/// One per folder, named by its path ("qemu.monitor").
class Source {
public:
    explicit constexpr Source(std::string_view name) : name_{name} {}
    template <class... Args> void debug(fmt::format_string<Args...> text, Args&&... args) const {
        put(Level::Debug, text, std::forward<Args>(args)...);
    }
    template <class... Args> void info(fmt::format_string<Args...> text, Args&&... args) const {
        put(Level::Info, text, std::forward<Args>(args)...);
    }
    template <class... Args> void warning(fmt::format_string<Args...> text, Args&&... args) const {
        put(Level::Warning, text, std::forward<Args>(args)...);
    }
    template <class... Args> void error(fmt::format_string<Args...> text, Args&&... args) const {
        put(Level::Error, text, std::forward<Args>(args)...);
    }

private:
    template <class... Args> void put(Level level, fmt::format_string<Args...> text, Args&&... args) const {
        if (enabled(level, name_)) write(level, name_, fmt::format(text, std::forward<Args>(args)...));
    }
    std::string_view name_;
};

} // namespace vireo::log
