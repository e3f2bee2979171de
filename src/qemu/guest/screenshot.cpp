// SPDX-License-Identifier: Apache-2.0
// A picture of a guest's screen: QEMU writes it to a file of the run's own directory, which is opened and
// removed before anybody reads it.
#include "async/blocking.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// A regular file, read in the pool.
class FileChannel : public async::ByteChannel {
public:
    explicit FileChannel(Fd file) : file_{std::make_shared<Fd>(std::move(file))} {}

    awaitable<std::size_t> read(std::span<char> space) override {
        std::vector<char> chunk(space.size()); // the pool's own: the reader may go meanwhile
        auto work = [file = file_, &chunk] {
            auto count = ::read(file->get(), chunk.data(), chunk.size());
            if (count < 0)
                throw std::system_error(errno, std::generic_category(), "cannot read the screenshot");
            return static_cast<std::size_t>(count);
        };
        auto count = co_await async::blocking(std::move(work));
        std::copy_n(chunk.begin(), count, space.begin());
        co_return count;
    }
    awaitable<void> write(std::string_view) override {
        throw error(ErrorCode::OperationInvalid, "a screenshot is only read");
    }
    void close() noexcept override { file_ = std::make_shared<Fd>(); } // a read under way keeps it

private:
    std::shared_ptr<Fd> file_;
};

/// Which head of which card a screen's number means.
struct Head {
    std::string device;
    std::uint32_t head;
};
Head require_head(const Domain& live, std::uint32_t screen) {
    auto left = screen;
    for (const auto& video : live.devices.videos) {
        auto heads = std::max(video.heads.value_or(1), 1U);
        if (video.type != VideoType::None && left < heads) return {video.info.alias, left};
        if (video.type != VideoType::None) left -= heads;
    }
    throw error(ErrorCode::InvalidArgument, fmt::format("domain '{}' has no screen {}", live.name, screen));
}

/// Never through a link: the folder is ours, but QEMU is not trusted with it.
Fd open_and_remove(const std::filesystem::path& file) {
    Fd opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    auto code = errno;
    ::unlink(file.c_str());
    if (!opened) throw std::system_error(code, std::generic_category(), "QEMU has left no screenshot");
    return opened;
}
} // namespace

awaitable<hypervisor::Screenshot> QemuDriver::screenshot(Uuid uuid, std::string name, std::uint32_t screen) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Query, "screenshot");
    co_return co_await job.run(take_screenshot(domain, screen));
}

awaitable<hypervisor::Screenshot> QemuDriver::take_screenshot(DomainPtr domain, std::uint32_t screen) {
    require_active(*domain);
    auto run = domain->run;
    static std::uint64_t count = 0; // several may be under way
    auto file = run->directory / fmt::format("screen-{}", ++count);
    std::exception_ptr failure;
    std::string mime;
    try {
        auto live = co_await read_live(domain);
        mime = co_await dump_screen(domain, live, screen, file);
    } catch (...) { failure = std::current_exception(); }
    auto work = [file, failed = failure != nullptr] {
        if (!failed) return open_and_remove(file);
        ::unlink(file.c_str());
        return Fd{};
    };
    auto opened = co_await async::blocking(std::move(work));
    if (failure) std::rethrow_exception(failure);
    hypervisor::Screenshot picture;
    picture.mime = mime;
    picture.image = std::make_unique<FileChannel>(std::move(opened));
    co_return picture;
}

/// As PNG where QEMU was built with it, else as PPM. Returns the file's type.
awaitable<std::string> QemuDriver::dump_screen(DomainPtr domain, const Model& live, std::uint32_t screen,
                                               std::filesystem::path file) {
    auto monitor = co_await require_monitor(domain);
    auto head = require_head(live, screen);
    json::object arguments{{"filename", file.native()}, {"device", head.device}, {"head", head.head}};
    auto with_format = arguments;
    with_format["format"] = "png";
    bool refused = false;
    try {
        co_await monitor->execute("screendump", std::move(with_format), options_.monitor_deadline);
    } catch (const Error& failure) {
        if (failure.code != ErrorCode::OperationFailed || !monitor->is_open()) throw;
        refused = true;
    }
    if (!refused) co_return "image/png";
    co_await monitor->execute("screendump", std::move(arguments), options_.monitor_deadline);
    co_return "image/x-portable-pixmap";
}

} // namespace vireo::qemu
