// SPDX-License-Identifier: Apache-2.0
#include "qemu/log_keeper.hpp"

#include "async/blocking.hpp"
#include "base/fd.hpp"
#include "base/log.hpp"

#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <string>
#include <system_error>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu"};

std::filesystem::path copy_of(const std::filesystem::path& file, int number) {
    return {fmt::format("{}.{}", file.native(), number)};
}

/// The files that were written to, of the records that are there.
std::set<std::string> read_names(int watch) {
    std::set<std::string> names;
    alignas(inotify_event) std::array<char, 16U << 10> space{};
    for (;;) {
        auto count = ::read(watch, space.data(), space.size());
        if (count <= 0) return names;
        for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
            inotify_event event{};
            std::memcpy(&event, space.data() + at, sizeof event);
            if (event.len > 0) names.emplace(space.data() + at + sizeof event);
            at += sizeof event + event.len;
        }
    }
}
} // namespace

LogKeeper::LogKeeper(const asio::any_io_executor& executor, std::filesystem::path folder, std::uint64_t limit)
    : folder_{std::move(folder)}, limit_{limit}, watch_{executor} {
    std::filesystem::create_directories(folder_);
    Fd watch{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    if (!watch || ::inotify_add_watch(watch.get(), folder_.c_str(), IN_MODIFY) < 0)
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot watch '{}'", folder_.native()));
    watch_.assign(watch.release());
}

awaitable<void> LogKeeper::work(std::chrono::milliseconds pause) {
    for (;;) {
        co_await watch_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        auto names = read_names(watch_.native_handle());
        auto cut = [this, names] {
            for (const auto& name : names) {
                if (!name.ends_with(".log")) continue;
                try {
                    cut_log(folder_ / name, limit_);
                } catch (const std::exception& failure) { log.warning("{}: {}", name, failure.what()); }
            }
        };
        co_await async::blocking(std::move(cut));
        asio::steady_timer rest{watch_.get_executor(), pause};
        co_await rest.async_wait(asio::use_awaitable);
    }
}

void cut_log(const std::filesystem::path& file, std::uint64_t limit) {
    std::error_code missing;
    auto size = std::filesystem::file_size(file, missing);
    if (missing || size <= limit) return;
    for (int number = LogKeeper::copies - 1; number > 0; --number)
        if (std::filesystem::exists(copy_of(file, number - 1)))
            std::filesystem::rename(copy_of(file, number - 1), copy_of(file, number));
    std::filesystem::copy_file(file, copy_of(file, 0), std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(file, 0);
}

void remove_log(const std::filesystem::path& file) {
    std::filesystem::remove(file);
    for (int number = 0; number < LogKeeper::copies; ++number) std::filesystem::remove(copy_of(file, number));
}

} // namespace vireo::qemu
