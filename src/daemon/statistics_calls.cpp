// SPDX-License-Identifier: Apache-2.0
#include "daemon/statistics_calls.hpp"

#include "async/process.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace vireo::daemon {

namespace {
constexpr std::uint32_t balloon_group = 4, interface_group = 16, block_group = 32; // virDomainStatsTypes
constexpr std::uint32_t typed_strings = 4; // VIR_TYPED_PARAM_STRING_OKAY

using Values = std::map<std::string, protocol::TypedValue, std::less<>>;

Error invalid(const std::string& what) { return {ErrorCode::InvalidArgument, ErrorDomain::Domain, what}; }

hypervisor::DomainSnapshotPtr require_running(rpc::Session& session, const protocol::DomainHandle& handle) {
    auto domain = require_domain(session, handle);
    if (!domain->active())
        throw Error(ErrorCode::OperationInvalid, ErrorDomain::Domain,
                    fmt::format("domain '{}' is not running", domain->name));
    return domain;
}

awaitable<Values> ask(rpc::Session& session, protocol::DomainHandle handle, std::uint32_t group) {
    require_running(session, handle);
    auto all = co_await driver_of(session).statistics(handle.uuid, handle.name, group);
    Values values;
    for (auto& each : all) values.insert_or_assign(std::move(each.field), std::move(each.value));
    co_return values;
}

std::optional<std::uint64_t> number(const Values& values, std::string_view name) {
    auto found = values.find(name);
    const auto* value = found == values.end() ? nullptr : std::get_if<std::uint64_t>(&found->second);
    return value != nullptr ? std::optional{*value} : std::nullopt;
}

/// None when they could not be asked for.
std::uint32_t count_of(const Values& values, std::string_view kind) {
    auto found = values.find(fmt::format("{}.count", kind));
    const auto* count = found == values.end() ? nullptr : std::get_if<std::uint32_t>(&found->second);
    return count != nullptr ? *count : 0;
}

/// The number of the device of this kind whose member says so ("net.1" of its name, say).
std::optional<std::uint32_t> find_device(const Values& values, std::string_view kind, std::string_view member,
                                         std::string_view wanted) {
    auto devices = count_of(values, kind);
    for (std::uint32_t i = 0; i < devices; ++i) {
        auto value = values.find(fmt::format("{}.{}.{}", kind, i, member));
        if (value == values.end()) continue;
        const auto* text = std::get_if<std::string>(&value->second);
        if (text != nullptr && *text == wanted) return i;
    }
    return std::nullopt;
}

/// The figures of one disk, given by name or source, or the sums of all when none is given.
class DiskFigures {
public:
    DiskFigures(const Values& values, const protocol::DomainHandle& domain, const std::string& disk)
        : values_{values} {
        if (disk.empty()) return;
        only_ = find_device(values, "block", "name", disk);
        if (!only_) only_ = find_device(values, "block", "path", disk);
        if (!only_) throw invalid(fmt::format("domain '{}' has no disk '{}'", domain.name, disk));
    }
    std::optional<std::int64_t> get(std::string_view name) const {
        std::optional<std::int64_t> sum;
        auto add = [&](std::optional<std::uint64_t> value) {
            if (value) sum = sum.value_or(0) + static_cast<std::int64_t>(*value);
        };
        if (only_) {
            add(number(values_, fmt::format("block.{}.{}", *only_, name)));
            return sum;
        }
        auto disks = count_of(values_, "block");
        for (std::uint32_t i = 0; i < disks; ++i) add(number(values_, fmt::format("block.{}.{}", i, name)));
        return sum;
    }

private:
    const Values& values_;
    std::optional<std::uint32_t> only_;
};

struct Tag {
    std::int32_t tag; ///< virDomainMemoryStatTags
    std::string_view name;
};
constexpr auto memory_tags = std::to_array<Tag>({{0, "swap_in"},
                                                 {1, "swap_out"},
                                                 {2, "major_fault"},
                                                 {3, "minor_fault"},
                                                 {4, "unused"},
                                                 {5, "available"},
                                                 {8, "usable"},
                                                 {9, "last-update"},
                                                 {10, "disk_caches"},
                                                 {11, "hugetlb_pgalloc"},
                                                 {12, "hugetlb_pgfail"},
                                                 {7, "rss"}});
constexpr std::int32_t actual_memory = 6;

/// VIR_DOMAIN_BLOCK_STATS_… and the statistics that they are.
constexpr auto block_names =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"wr_bytes", "wr.bytes"},
                                                                  {"wr_operations", "wr.reqs"},
                                                                  {"rd_bytes", "rd.bytes"},
                                                                  {"rd_operations", "rd.reqs"},
                                                                  {"flush_operations", "fl.reqs"},
                                                                  {"wr_total_times", "wr.times"},
                                                                  {"rd_total_times", "rd.times"},
                                                                  {"flush_total_times", "fl.times"}});
} // namespace

awaitable<protocol::DomainMemoryStatsRet> StatisticsCalls::memory(Session& session,
                                                                  protocol::DomainMemoryStatsArgs args) {
    check_flags(args.flags, 0, "virDomainMemoryStats");
    if (args.max_stats > decltype(protocol::DomainMemoryStatsRet::stats)::limit)
        throw invalid(fmt::format("{} figures are asked for, there are not as many", args.max_stats));
    auto current = require_running(session, args.dom)->memory;
    auto values = co_await ask(session, args.dom, balloon_group);
    protocol::DomainMemoryStatsRet answer;
    auto add = [&](std::int32_t tag, std::optional<std::uint64_t> value) {
        if (value && answer.stats.size() < args.max_stats) answer.stats.push_back({tag, *value});
    };
    add(actual_memory, current.in_kib());
    for (const auto& [tag, name] : memory_tags) add(tag, number(values, fmt::format("balloon.{}", name)));
    co_return answer;
}

/// What the guest has used in all; the kernel does not count it by processors.
protocol::DomainGetCpuStatsRet StatisticsCalls::processor(Session& session,
                                                          protocol::DomainGetCpuStatsArgs args) {
    constexpr std::int32_t total = -1, count = 3;
    check_flags(args.flags, typed_strings, "virDomainGetCPUStats");
    auto domain = require_running(session, args.dom);
    if (args.start_cpu != total)
        throw Error(ErrorCode::OperationUnsupported, ErrorDomain::Domain,
                    fmt::format("the time of domain '{}' is not counted for each processor of the host; the "
                                "total is (--total)",
                                domain->name));
    if (args.ncpus > 1) throw invalid("the total is one set of figures: ask for one");
    protocol::DomainGetCpuStatsRet answer;
    answer.nparams = count;
    if (args.nparams == 0) return answer;
    auto times = async::cpu_times(domain->process);
    if (!times)
        throw Error(ErrorCode::OperationInvalid, ErrorDomain::Domain,
                    fmt::format("domain '{}' is not running", domain->name));
    auto value = [](std::chrono::nanoseconds time) { return static_cast<std::uint64_t>(time.count()); };
    answer.params.push_back({"cpu_time", value(times->user + times->system)});
    answer.params.push_back({"user_time", value(times->user)});
    answer.params.push_back({"system_time", value(times->system)});
    if (args.nparams < answer.params.size()) answer.params.resize(args.nparams);
    answer.nparams = static_cast<std::int32_t>(answer.params.size());
    return answer;
}

awaitable<protocol::DomainGetVcpusRet> StatisticsCalls::vcpus(Session& session,
                                                              protocol::DomainGetVcpusArgs args) {
    require_running(session, args.dom);
    constexpr auto limit = decltype(protocol::DomainGetVcpusRet::cpumaps)::limit;
    constexpr std::size_t bits = 8;
    auto length = static_cast<std::size_t>(std::max(args.maplen, 0));
    auto most = static_cast<std::size_t>(std::max(args.maxinfo, 0));
    if (most > decltype(protocol::DomainGetVcpusRet::info)::limit || (length > 0 && most > limit / length))
        throw invalid(fmt::format("{} vcpus with maps of {} bytes are too many", most, length));
    auto all = co_await driver_of(session).vcpus(args.dom.uuid, args.dom.name);
    if (all.size() > most) all.resize(most);
    protocol::DomainGetVcpusRet answer;
    answer.cpumaps.data.resize(most * length);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& vcpu = all[i];
        auto time = static_cast<std::uint64_t>(vcpu.time.count());
        answer.info.push_back({vcpu.number, vcpu.state, time, vcpu.processor});
        for (std::size_t processor = 0; processor < std::min(vcpu.affinity.size(), length * bits);
             ++processor)
            if (vcpu.affinity[processor])
                answer.cpumaps.data[i * length + processor / bits] |=
                    static_cast<char>(1U << (processor % bits));
    }
    co_return answer;
}

awaitable<protocol::DomainInterfaceStatsRet>
StatisticsCalls::interface(Session& session, protocol::DomainInterfaceStatsArgs args) {
    auto values = co_await ask(session, args.dom, interface_group);
    auto device = find_device(values, "net", "name", args.device);
    if (!device)
        throw invalid(fmt::format("domain '{}' has no interface whose end on the host is '{}'", args.dom.name,
                                  args.device));
    auto get = [&](std::string_view name) {
        auto value = number(values, fmt::format("net.{}.{}", *device, name));
        return value ? static_cast<std::int64_t>(*value) : -1;
    };
    protocol::DomainInterfaceStatsRet answer{get("rx.bytes"), get("rx.pkts"), get("rx.errs"), get("rx.drop"),
                                             get("tx.bytes"), get("tx.pkts"), get("tx.errs"), get("tx.drop")};
    co_return answer;
}

awaitable<protocol::DomainBlockStatsRet> StatisticsCalls::block(Session& session,
                                                                protocol::DomainBlockStatsArgs args) {
    auto values = co_await ask(session, args.dom, block_group);
    DiskFigures figures{values, args.dom, args.path};
    auto get = [&](std::string_view name) { return figures.get(name).value_or(-1); };
    constexpr std::int64_t errors = -1; // QEMU does not count them
    protocol::DomainBlockStatsRet answer{get("rd.reqs"), get("rd.bytes"), get("wr.reqs"), get("wr.bytes"),
                                         errors};
    co_return answer;
}

awaitable<protocol::DomainBlockStatsFlagsRet>
StatisticsCalls::block_flags(Session& session, protocol::DomainBlockStatsFlagsArgs args) {
    check_flags(args.flags, typed_strings, "virDomainBlockStatsFlags");
    if (args.nparams < 0) throw invalid(fmt::format("{} figures are asked for", args.nparams));
    auto values = co_await ask(session, args.dom, block_group);
    DiskFigures figures{values, args.dom, args.path};
    protocol::DomainBlockStatsFlagsRet answer;
    for (auto [name, member] : block_names)
        if (auto value = figures.get(member)) answer.params.push_back({std::string{name}, *value});
    answer.nparams = static_cast<std::int32_t>(answer.params.size());
    if (args.nparams == 0) answer.params.clear();
    if (std::cmp_less(args.nparams, answer.params.size()))
        answer.params.resize(static_cast<std::size_t>(args.nparams));
    co_return answer;
}

awaitable<protocol::DomainGetBlockInfoRet>
StatisticsCalls::block_sizes(Session& session, protocol::DomainGetBlockInfoArgs args) {
    check_flags(args.flags, 0, "virDomainGetBlockInfo");
    require_running(session, args.dom);
    auto sizes = co_await driver_of(session).block_sizes(args.dom.uuid, args.dom.name, std::move(args.path));
    protocol::DomainGetBlockInfoRet answer{sizes.occupied.in_bytes(), sizes.capacity.in_bytes(),
                                           sizes.physical.in_bytes()};
    co_return answer;
}

/// Asked for none it tells how many there can be.
awaitable<protocol::DomainGetDiskErrorsRet>
StatisticsCalls::disk_faults(Session& session, protocol::DomainGetDiskErrorsArgs args) {
    constexpr std::int32_t unspecified = 1, no_space = 2; // virDomainDiskErrorCode
    check_flags(args.flags, 0, "virDomainGetDiskErrors");
    auto domain = require_running(session, args.dom);
    protocol::DomainGetDiskErrorsRet answer;
    if (args.maxerrors == 0) {
        answer.nerrors = static_cast<std::int32_t>(domain->live_definition->disks.size());
        co_return answer;
    }
    auto faults = co_await driver_of(session).disk_faults(args.dom.uuid, args.dom.name);
    if (faults.size() > args.maxerrors) faults.resize(args.maxerrors);
    for (auto& fault : faults)
        answer.errors.push_back({std::move(fault.disk), fault.no_space ? no_space : unspecified});
    answer.nerrors = static_cast<std::int32_t>(answer.errors.size());
    co_return answer;
}

/// No guest has a long job (migration, save, …) yet.
protocol::DomainGetJobInfoRet StatisticsCalls::job(Session& session, protocol::DomainGetJobInfoArgs args) {
    require_running(session, args.dom);
    return {};
}

protocol::DomainGetJobStatsRet StatisticsCalls::job_statistics(Session& session,
                                                               protocol::DomainGetJobStatsArgs args) {
    constexpr std::uint32_t completed = 1, keep_completed = 2; // virDomainGetJobStatsFlags
    check_flags(args.flags, completed | keep_completed, "virDomainGetJobStats");
    if ((args.flags & completed) == 0) require_running(session, args.dom);
    require_domain(session, args.dom);
    return {};
}

protocol::DomainGetControlInfoRet StatisticsCalls::control(Session& session,
                                                           protocol::DomainGetControlInfoArgs args) {
    check_flags(args.flags, 0, "virDomainGetControlInfo");
    require_running(session, args.dom);
    auto status = driver_of(session).control(args.dom.uuid, args.dom.name);
    return {status.state, status.details, static_cast<std::uint64_t>(status.age.count())};
}

void StatisticsCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = StatisticsCalls;
    dispatcher.on<&C::memory>(protocol::domain_memory_stats, *this);
    dispatcher.on<&C::processor>(protocol::domain_get_cpu_stats, *this);
    dispatcher.on<&C::vcpus>(protocol::domain_get_vcpus, *this);
    dispatcher.on<&C::interface>(protocol::domain_interface_stats, *this);
    dispatcher.on<&C::block>(protocol::domain_block_stats, *this);
    dispatcher.on<&C::block_flags>(protocol::domain_block_stats_flags, *this);
    dispatcher.on<&C::block_sizes>(protocol::domain_get_block_info, *this);
    dispatcher.on<&C::disk_faults>(protocol::domain_get_disk_errors, *this);
    dispatcher.on<&C::job>(protocol::domain_get_job_info, *this);
    dispatcher.on<&C::job_statistics>(protocol::domain_get_job_stats, *this);
    dispatcher.on<&C::control>(protocol::domain_get_control_info, *this);
}

} // namespace vireo::daemon
