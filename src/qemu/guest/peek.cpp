// SPDX-License-Identifier: Apache-2.0
// A look at bytes of a guest's memory and disks.
#include "async/blocking.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// What is at this place of the file, which must have it all.
std::string read_exactly(const std::filesystem::path& file, std::uint64_t offset, std::size_t size,
                         int flags) {
    auto fail = [&file] {
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot read '{}'", file.native()));
    };
    Fd opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags)};
    if (!opened) fail();
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        auto got = ::pread(opened.get(), bytes.data() + have, size - have, static_cast<off_t>(offset + have));
        if (got < 0) fail();
        if (got == 0)
            throw error(ErrorCode::InvalidArgument,
                        fmt::format("'{}' has no {} bytes at {}", file.native(), size, offset));
        have += static_cast<std::size_t>(got);
    }
    return bytes;
}

/// The file or device of a raw image, whose bytes are those that the guest sees.
std::filesystem::path require_raw_source(const Domain& domain, const std::string& wanted) {
    const auto& disks = domain.devices.disks;
    auto is_it = [&](const Disk& disk) {
        return disk.target == wanted || (!wanted.empty() && disk.source == wanted);
    };
    auto found = std::ranges::find_if(disks, is_it);
    if (found == disks.end())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has no disk '{}'", domain.name, wanted));
    bool is_local = found->type == DiskType::File || found->type == DiskType::Block;
    auto format = found->driver ? found->driver->type : std::string{};
    if (!is_local || found->source.empty() || (!format.empty() && format != "raw"))
        throw error(
            ErrorCode::OperationUnsupported,
            fmt::format("disk '{}' of domain '{}' is no raw image in a file or block device: only such can "
                        "be looked into",
                        found->target, domain.name));
    return found->source;
}
} // namespace

awaitable<std::string> QemuDriver::read_memory(Uuid uuid, std::string name, hypervisor::MemoryRange range) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Query, "read_memory");
    co_return co_await job.run(save_memory(domain, range));
}

/// QEMU writes them to a file of the run's own folder, which goes at once.
awaitable<std::string> QemuDriver::save_memory(DomainPtr domain, hypervisor::MemoryRange range) {
    auto monitor = co_await require_monitor(domain);
    static std::uint64_t count = 0; // several may be under way
    auto file = domain->run->directory / fmt::format("memory-{}", ++count);
    json::object arguments{{"val", range.start}, {"size", range.size}, {"filename", file.native()}};
    std::exception_ptr failure;
    try {
        co_await monitor->execute(range.physical ? "pmemsave" : "memsave", std::move(arguments),
                                  options_.monitor_deadline);
    } catch (...) { failure = std::current_exception(); }
    auto take = [file, size = range.size, failed = failure != nullptr] {
        struct Remove {
            const std::filesystem::path& file;
            ~Remove() { ::unlink(file.c_str()); }
        } remove{file};
        return failed ? std::string{} : read_exactly(file, 0, size, O_NOFOLLOW);
    };
    auto bytes = co_await async::blocking(std::move(take));
    if (failure) std::rethrow_exception(failure);
    co_return bytes;
}

awaitable<std::string> QemuDriver::read_disk(Uuid uuid, std::string name, std::string disk,
                                             std::uint64_t offset, std::uint32_t size) {
    auto domain = require(uuid, name);
    bool active = domain->run != nullptr;
    auto text = active ? domain->durable.live.text : domain->durable.definition.text;
    auto model = co_await hypervisor::parse_text(text, active ? Scope::Live : Scope::Definition);
    auto source = require_raw_source(model, disk);
    auto work = [source, offset, size] { return read_exactly(source, offset, size, 0); };
    co_return co_await async::blocking(std::move(work));
}

} // namespace vireo::qemu
