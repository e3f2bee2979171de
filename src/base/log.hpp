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

/// Messages below this level are not formatted. Set once at start, before threads exist.
void set_level(Level level) noexcept;
bool enabled(Level level) noexcept;
/// Writes one line with time, level and source to standard error. Any thread; never throws.
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
        if (enabled(level)) write(level, name_, fmt::format(text, std::forward<Args>(args)...));
    }
    std::string_view name_;
};

} // namespace vireo::log
