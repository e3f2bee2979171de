// SPDX-License-Identifier: Apache-2.0
#include "daemon/places.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <system_error>

namespace vireo::daemon {

namespace {
void create_directory(const std::filesystem::path& path, mode_t mode) {
    std::filesystem::create_directories(path.parent_path());
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
        throw std::system_error(errno, std::generic_category(), path.native());
}
} // namespace

hypervisor::Directories places_below(const std::filesystem::path& root) {
    auto base = root.empty() ? std::filesystem::path{"/"} : root;
    // libvirt's users know where sockets and logs are; what only we read has our name.
    return {base / "run/libvirt", base / "var/lib/vireo", base / "var/log/libvirt", base / "var/cache/vireo"};
}

void create_places(const hypervisor::Directories& places) {
    create_directory(places.run, 0755);
    create_directory(places.state, 0711);
    create_directory(places.log, 0700);
    create_directory(places.cache, 0711);
}

Fd claim(const std::filesystem::path& run) {
    auto path = run / "vireod.pid";
    Fd file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)};
    if (!file) throw std::system_error(errno, std::generic_category(), path.native());
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        std::array<char, 32> other{};
        auto got = ::pread(file.get(), other.data(), other.size() - 1, 0);
        std::string_view number{other.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
        throw Error(ErrorCode::ResourceBusy, ErrorDomain::None,
                    fmt::format("another daemon (process {}) serves {}", number.substr(0, number.find('\n')),
                                run.native()));
    }
    auto text = fmt::format("{}\n", ::getpid());
    if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), text.data(), text.size(), 0) < 0)
        throw std::system_error(errno, std::generic_category(), path.native());
    return file;
}

} // namespace vireo::daemon
