// SPDX-License-Identifier: Apache-2.0
#include "daemon/block_job_calls.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
constexpr std::uint32_t size_in_bytes = 1;           // virDomainBlockResizeFlags
constexpr std::uint32_t speed_in_bytes = 1;          // virDomainBlockJobSetSpeedFlags, -InfoFlags
constexpr std::uint32_t pull_in_bytes = 64;          // virDomainBlockPullFlags, -RebaseFlags
constexpr std::uint32_t copy_flags = 2 | 4 | 8 | 32; // of -RebaseFlags: what makes it a copy
constexpr std::uint32_t shallow = 1, relative = 16;  // of -RebaseFlags
constexpr std::uint32_t at_once = 1, pivot = 2;      // virDomainBlockJobAbortFlags
constexpr std::uint64_t mebibyte = 1U << 20;

/// Of MiB, unless `bytes`.
std::uint64_t bytes_of(std::uint64_t amount, bool bytes, std::uint64_t unit) {
    if (bytes) return amount;
    if (amount > std::uint64_t(INT64_MAX) / unit)
        throw Error(ErrorCode::Overflow, ErrorDomain::Domain, fmt::format("{} is too much", amount));
    return amount * unit;
}
} // namespace

awaitable<void> BlockJobCalls::resize(Session& session, protocol::DomainBlockResizeArgs args) {
    check_flags(args.flags, size_in_bytes, "virDomainBlockResize");
    auto size = MemorySize::bytes(bytes_of(args.size, (args.flags & size_in_bytes) != 0, 1024));
    return driver_of(session).resize_disk(args.dom.uuid, args.dom.name, std::move(args.disk), size);
}

awaitable<void> BlockJobCalls::set_threshold(Session& session, protocol::DomainSetBlockThresholdArgs args) {
    check_flags(args.flags, 0, "virDomainSetBlockThreshold");
    return driver_of(session).set_disk_threshold(args.dom.uuid, args.dom.name, std::move(args.dev),
                                                 args.threshold);
}

awaitable<void> BlockJobCalls::pull(Session& session, protocol::DomainBlockPullArgs args) {
    check_flags(args.flags, pull_in_bytes, "virDomainBlockPull");
    hypervisor::BlockPull pull;
    pull.bandwidth = bytes_of(args.bandwidth, (args.flags & pull_in_bytes) != 0, mebibyte);
    return driver_of(session).pull_disk(args.dom.uuid, args.dom.name, std::move(args.path), std::move(pull));
}

awaitable<void> BlockJobCalls::rebase(Session& session, protocol::DomainBlockRebaseArgs args) {
    check_flags(args.flags, copy_flags | shallow | relative | pull_in_bytes, "virDomainBlockRebase");
    if ((args.flags & (copy_flags | shallow | relative)) != 0)
        throw Error(
            ErrorCode::ArgumentUnsupported, ErrorDomain::Domain,
            fmt::format("this version copies into disk '{}' only, and cannot copy it elsewhere or keep "
                        "relative names",
                        args.path));
    hypervisor::BlockPull pull;
    pull.base = std::move(args.base);
    pull.bandwidth = bytes_of(args.bandwidth, (args.flags & pull_in_bytes) != 0, mebibyte);
    return driver_of(session).pull_disk(args.dom.uuid, args.dom.name, std::move(args.path), std::move(pull));
}

awaitable<protocol::DomainGetBlockJobInfoRet> BlockJobCalls::info(Session& session,
                                                                  protocol::DomainGetBlockJobInfoArgs args) {
    check_flags(args.flags, speed_in_bytes, "virDomainGetBlockJobInfo");
    auto job = co_await driver_of(session).block_job(args.dom.uuid, args.dom.name, std::move(args.path));
    protocol::DomainGetBlockJobInfoRet answer;
    if (!job) co_return answer;
    answer.found = 1;
    answer.type = static_cast<std::int32_t>(job->type);
    answer.bandwidth =
        (args.flags & speed_in_bytes) != 0 ? job->bandwidth : (job->bandwidth + mebibyte - 1) / mebibyte;
    answer.cur = job->done;
    answer.end = job->total;
    co_return answer;
}

awaitable<void> BlockJobCalls::set_speed(Session& session, protocol::DomainBlockJobSetSpeedArgs args) {
    check_flags(args.flags, speed_in_bytes, "virDomainBlockJobSetSpeed");
    auto bandwidth = bytes_of(args.bandwidth, (args.flags & speed_in_bytes) != 0, mebibyte);
    return driver_of(session).set_block_job_bandwidth(args.dom.uuid, args.dom.name, std::move(args.path),
                                                      bandwidth);
}

awaitable<void> BlockJobCalls::abort(Session& session, protocol::DomainBlockJobAbortArgs args) {
    check_flags(args.flags, at_once | pivot, "virDomainBlockJobAbort");
    hypervisor::BlockJobEnd how{.at_once = (args.flags & at_once) != 0, .pivot = (args.flags & pivot) != 0};
    return driver_of(session).end_block_job(args.dom.uuid, args.dom.name, std::move(args.path), how);
}

void BlockJobCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = BlockJobCalls;
    dispatcher.on<&C::resize>(protocol::domain_block_resize, *this);
    dispatcher.on<&C::set_threshold>(protocol::domain_set_block_threshold, *this);
    dispatcher.on<&C::pull>(protocol::domain_block_pull, *this);
    dispatcher.on<&C::rebase>(protocol::domain_block_rebase, *this);
    dispatcher.on<&C::info>(protocol::domain_get_block_job_info, *this);
    dispatcher.on<&C::set_speed>(protocol::domain_block_job_set_speed, *this);
    dispatcher.on<&C::abort>(protocol::domain_block_job_abort, *this);
}

} // namespace vireo::daemon
