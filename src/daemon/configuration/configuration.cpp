// SPDX-License-Identifier: Apache-2.0
#include "daemon/configuration/configuration.hpp"

#include "base/fd.hpp"

#include <fcntl.h>

#include <system_error>

namespace vireo::daemon::configuration {

namespace {
/// Nothing that people write; a device or a data file named by mistake ends here.
constexpr std::size_t largest_file = 1U << 20;

[[noreturn]] void fail(const std::filesystem::path& path) {
    throw std::system_error(errno, std::generic_category(), path.native());
}

/// Empty when it does not exist, unless it is required.
std::string read_text(const std::filesystem::path& path, bool required) {
    Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file && errno == ENOENT && !required) return {};
    if (!file) fail(path);
    std::string text(largest_file + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        auto got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0) fail(path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > largest_file)
        throw Error(
            ErrorCode::ConfSyntax, ErrorDomain::Conf,
            fmt::format("{} is larger than {} bytes: that is no configuration", path.native(), largest_file));
    text.resize(size);
    return text;
}

template <class Settings>
void add_without_effect(std::span<const Key<Settings>> keys, const std::vector<Entry>& entries,
                        std::vector<std::string>& names) {
    for (const auto& entry : entries) {
        const auto* key = find_key(keys, entry.key);
        if (key != nullptr && key->effect == Effect::None &&
            std::ranges::find(names, entry.key) == names.end())
            names.push_back(entry.key);
    }
}

template <class Settings>
void add_changes(std::span<const Key<Settings>> keys, const std::vector<Entry>& before,
                 const std::vector<Entry>& after, Changes& changes) {
    auto add = [&](std::vector<std::string>& to, Effect effect) {
        for (auto& name : changed_keys(keys, before, after, effect)) to.push_back(std::move(name));
    };
    add(changes.at_once, Effect::AtOnce);
    add(changes.at_start, Effect::AtStart);
}

void check(const QemuSettings& settings, const std::filesystem::path& file) {
    for (auto [kind, range] :
         {std::pair{"display", settings.display_ports}, {"websocket", settings.websocket_ports}})
        if (range.first > range.last)
            throw Error(ErrorCode::ConfSyntax, ErrorDomain::Conf,
                        fmt::format("{}: remote_{}_port_min ({}) is above remote_{}_port_max ({})",
                                    file.native(), kind, range.first, kind, range.last));
}
} // namespace

std::vector<std::string> Configuration::without_effect() const {
    std::vector<std::string> names;
    add_without_effect(daemon_keys(), daemon_entries, names);
    add_without_effect(qemu_keys(), qemu_entries, names);
    return names;
}

Changes changes_between(const Configuration& before, const Configuration& after) {
    Changes changes;
    add_changes(daemon_keys(), before.daemon_entries, after.daemon_entries, changes);
    add_changes(qemu_keys(), before.qemu_entries, after.qemu_entries, changes);
    return changes;
}

Configuration read_configuration(const Files& files) {
    Configuration read;
    read.daemon_entries = parse(read_text(files.daemon, files.daemon_required), files.daemon.native());
    apply(daemon_keys(), read.daemon_entries, files.daemon.native(), read.daemon);
    read.qemu_entries = parse(read_text(files.qemu, false), files.qemu.native());
    apply(qemu_keys(), read.qemu_entries, files.qemu.native(), read.qemu);
    check(read.qemu, files.qemu);
    return read;
}

} // namespace vireo::daemon::configuration
