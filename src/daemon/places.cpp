// SPDX-License-Identifier: Apache-2.0
#include "daemon/places.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <system_error>

namespace vireo::daemon {

namespace {
void create_directory(const std::filesystem::path& path, mode_t mode) {
    std::filesystem::create_directories(path.parent_path());
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
        throw std::system_error(errno, std::generic_category(), path.native());
}

std::filesystem::path home_of_user(const Environment& environment) {
    std::filesystem::path home{environment("HOME")};
    if (home.is_absolute()) return home;
    const auto* user = ::getpwuid(::geteuid());
    if (user == nullptr || user->pw_dir == nullptr || *user->pw_dir != '/')
        throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Conf,
                    "a session needs the user's home directory: set HOME");
    return user->pw_dir;
}
} // namespace

std::string process_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

Places places_below(const std::filesystem::path& root) {
    auto base = root.empty() ? std::filesystem::path{"/"} : root;
    // libvirt's users know where sockets and logs are; what only we read has our name.
    hypervisor::Directories directories{base / "run/libvirt", base / "var/lib/vireo",
                                        base / "var/log/libvirt", base / "var/cache/vireo"};
    return {std::move(directories), base / "etc/libvirt"};
}

Places places_of_user(const Environment& environment) {
    auto home = home_of_user(environment);
    auto find = [&](const char* name, const char* otherwise) -> std::filesystem::path {
        std::filesystem::path found{environment(name)};
        return found.is_absolute() ? found : home / otherwise; // the specification ignores relative ones
    };
    auto cache = find("XDG_CACHE_HOME", ".cache");
    std::filesystem::path runtime{environment("XDG_RUNTIME_DIR")};
    if (!runtime.is_absolute()) runtime = cache; // as libvirt's clients do
    hypervisor::Directories directories{runtime / "libvirt", find("XDG_DATA_HOME", ".local/share") / "vireo",
                                        cache / "libvirt", cache / "vireo"};
    return {std::move(directories), find("XDG_CONFIG_HOME", ".config") / "libvirt", true};
}

Places find_places(const Options& options) {
    bool session = options.session || (options.root.empty() && ::geteuid() != 0);
    if (!session) return places_below(options.root);
    return places_of_user(process_environment);
}

void create_places(const Places& places) {
    const auto& [run, state, log, cache] = places.directories;
    bool session = places.session;
    create_directory(run, session ? 0700 : 0755);
    create_directory(state, session ? 0700 : 0711);
    create_directory(log, 0700);
    create_directory(cache, session ? 0700 : 0711);
}

Fd claim(const std::filesystem::path& run) { return claim_file(run / "vireod.pid"); }

Fd claim_file(const std::filesystem::path& path) {
    Fd file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)};
    if (!file) throw std::system_error(errno, std::generic_category(), path.native());
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 32> other{};
        auto got = ::pread(file.get(), other.data(), other.size() - 1, 0);
        std::string_view number{other.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
        throw Error(ErrorCode::ResourceBusy, ErrorDomain::None,
                    fmt::format("another daemon (process {}) has {}", number.substr(0, number.find('\n')),
                                path.native()));
    }
    auto text = fmt::format("{}\n", ::getpid());
    if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), text.data(), text.size(), 0) < 0)
        throw std::system_error(errno, std::generic_category(), path.native());
    return file;
}

} // namespace vireo::daemon
