// SPDX-License-Identifier: Apache-2.0
#include "daemon/node_calls.hpp"

#include "async/blocking.hpp"
#include "base/error.hpp"
#include "host/pages.hpp"
#include "host/shared_memory.hpp"
#include "host/smbios.hpp"
#include "host/usage.hpp"
#include "xml/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vireo::daemon {

namespace {
Error failure(ErrorCode code, const std::string& message) { return {code, ErrorDomain::None, message}; }

/// Clients ask for the count first, with zero, and then for so many.
void require_count(std::int32_t given, std::size_t there, std::string_view call) {
    if (std::cmp_not_equal(given, there))
        throw failure(ErrorCode::InvalidArgument,
                      fmt::format("{} has {} parameters, not {}", call, there, given));
}

std::optional<host::MemoryUse> memory_use_of(std::int32_t cell) {
    if (cell < 0) return host::read_memory_use();
    return host::read_cell_memory_use(static_cast<std::uint32_t>(cell));
}

std::vector<protocol::NodeGetMemoryStats> memory_figures(std::int32_t cell) {
    auto use = memory_use_of(cell);
    if (!use) throw failure(ErrorCode::InvalidArgument, fmt::format("the host has no NUMA cell {}", cell));
    std::vector<protocol::NodeGetMemoryStats> figures{{"total", use->total.in_kib()},
                                                      {"free", use->free.in_kib()}};
    if (cell < 0) {
        figures.push_back({"buffers", use->buffers.in_kib()});
        figures.push_back({"cached", use->cached.in_kib()});
    }
    return figures;
}

/// Online cells from `first` on, at most `count`. libvirt numbers them all, without gaps.
std::vector<std::uint32_t> cells_from(std::int32_t first, std::uint32_t count) {
    auto cells = host::online_cells();
    if (first < 0 || std::cmp_greater(first, cells.back()))
        throw failure(ErrorCode::InternalError,
                      fmt::format("the host has no NUMA cell {}: it has 0-{}", first, cells.back()));
    std::erase_if(cells, [&](auto cell) { return std::cmp_less(cell, first); });
    if (cells.size() > count) cells.resize(count);
    return cells;
}

/// The same for pages, of which the host as a whole has pools too, called cell -1.
std::vector<std::optional<std::uint32_t>> pools_from(std::int32_t first, std::uint32_t count) {
    if (first == -1) return {std::nullopt};
    auto cells = cells_from(first, count);
    return {cells.begin(), cells.end()};
}

Error no_pages(std::optional<std::uint32_t> cell, std::uint32_t kib) {
    auto place = cell ? fmt::format("node {}", *cell) : "this host";
    return failure(ErrorCode::OperationFailed,
                   fmt::format("page size {} is not available on {}", kib, place));
}

std::vector<std::uint64_t> count_free_pages(const std::vector<std::uint32_t>& sizes, std::int32_t first,
                                            std::uint32_t cells) {
    std::vector<std::uint64_t> counts;
    for (auto cell : pools_from(first, cells))
        for (auto kib : sizes) {
            auto pool = host::read_page_pool(cell, MemorySize::kib(kib));
            if (!pool) throw no_pages(cell, kib);
            counts.push_back(pool->free);
        }
    return counts;
}

/// Sets one pool, or adds to it; how many pages it has gained.
std::uint64_t change_pool(std::optional<std::uint32_t> cell, std::uint32_t kib, std::uint64_t count,
                          bool add) {
    auto size = MemorySize::kib(kib);
    if (size == host::system_page_size())
        throw failure(ErrorCode::OperationUnsupported, "the kernel manages ordinary pages itself");
    auto before = host::read_page_pool(cell, size);
    auto now =
        before ? host::resize_page_pool(cell, size, add ? before->total + count : count) : std::nullopt;
    if (!now) throw no_pages(cell, kib);
    return *now > before->total ? *now - before->total : 0;
}

std::int32_t change_pools(const protocol::NodeAllocPagesArgs& args) {
    constexpr std::uint32_t set_flag = 1;
    if (args.page_sizes.size() != args.page_counts.size())
        throw failure(ErrorCode::InvalidArgument, "there must be one count for each page size");
    std::uint64_t gained = 0;
    for (auto cell : pools_from(args.start_cell, args.cell_count))
        for (std::size_t index = 0; index < args.page_sizes.size(); ++index)
            gained += change_pool(cell, args.page_sizes[index], args.page_counts[index],
                                  (args.flags & set_flag) == 0);
    return static_cast<std::int32_t>(std::min<std::uint64_t>(gained, INT32_MAX));
}

/// libvirt's parameters, and which may be set; the kernel's names lack the prefix. The settings are 32 bits.
constexpr std::string_view sharing_prefix = "shm_";
constexpr auto sharing_settings =
    std::to_array<std::string_view>({"pages_to_scan", "sleep_millisecs", "merge_across_nodes"});

bool is_setting(std::string_view name) {
    return std::ranges::find(sharing_settings, name) != sharing_settings.end();
}

protocol::TypedParameter parameter_of(const host::SharingFigure& figure) {
    protocol::TypedParameter parameter{fmt::format("{}{}", sharing_prefix, figure.name), {}};
    if (is_setting(figure.name))
        parameter.value = static_cast<std::uint32_t>(figure.value);
    else
        parameter.value = figure.value;
    return parameter;
}

void apply_setting(const protocol::TypedParameter& parameter) {
    std::string_view name = parameter.field;
    if (name.starts_with(sharing_prefix)) name.remove_prefix(sharing_prefix.size());
    const auto* value = std::get_if<std::uint32_t>(&parameter.value);
    if (!is_setting(name) || value == nullptr)
        throw failure(ErrorCode::InvalidArgument,
                      fmt::format("'{}' is no parameter of 32 bits that can be set", parameter.field));
    host::set_sharing(name, *value);
}

std::string format_sysinfo(const std::vector<host::SmbiosPart>& parts) {
    auto escaped = [](std::string_view text) {
        std::string result;
        xml::append_escaped(result, text, true);
        return result;
    };
    std::string document = "<sysinfo type='smbios'>\n";
    auto out = std::back_inserter(document);
    for (const auto& [part, entries] : parts) {
        fmt::format_to(out, "  <{}>\n", part);
        for (const auto& [name, value] : entries)
            fmt::format_to(out, "    <entry{}>{}</entry>\n",
                           name.empty() ? "" : fmt::format(" name='{}'", name), escaped(value));
        fmt::format_to(out, "  </{}>\n", part);
    }
    return document + "</sysinfo>\n";
}
} // namespace

awaitable<protocol::NodeGetCpuStatsRet> NodeCalls::cpu_stats(Session& session,
                                                             protocol::NodeGetCpuStatsArgs args) {
    check_flags(args.flags, 0, "virNodeGetCPUStats");
    connection_of(session);
    std::optional<std::uint32_t> processor;
    if (args.cpu_num >= 0) processor = static_cast<std::uint32_t>(args.cpu_num);
    auto read = [processor] { return host::read_cpu_times(processor); };
    auto times = co_await async::blocking(std::move(read));
    if (!times || args.cpu_num < -1)
        throw failure(ErrorCode::InvalidArgument,
                      fmt::format("the host has no processor {} that is online", args.cpu_num));
    auto count = [](std::chrono::nanoseconds time) { return static_cast<std::uint64_t>(time.count()); };
    protocol::NodeGetCpuStatsRet answer;
    answer.params = {{"kernel", count(times->kernel)},
                     {"user", count(times->user)},
                     {"idle", count(times->idle)},
                     {"iowait", count(times->iowait)}};
    answer.nparams = static_cast<std::int32_t>(answer.params.size());
    if (args.nparams == 0)
        answer.params.clear();
    else
        require_count(args.nparams, answer.params.size(), "virNodeGetCPUStats");
    co_return answer;
}

awaitable<protocol::NodeGetMemoryStatsRet> NodeCalls::memory_stats(Session& session,
                                                                   protocol::NodeGetMemoryStatsArgs args) {
    check_flags(args.flags, 0, "virNodeGetMemoryStats");
    connection_of(session);
    auto read = [cell = args.cell_num] { return memory_figures(cell); };
    auto figures = co_await async::blocking(std::move(read));
    protocol::NodeGetMemoryStatsRet answer;
    answer.nparams = static_cast<std::int32_t>(figures.size());
    if (args.nparams == 0) co_return answer;
    require_count(args.nparams, figures.size(), "virNodeGetMemoryStats");
    answer.params.assign(figures.begin(), figures.end());
    co_return answer;
}

awaitable<protocol::NodeGetMemoryParametersRet>
NodeCalls::memory_parameters(Session& session, protocol::NodeGetMemoryParametersArgs args) {
    constexpr std::uint32_t typed_string_flag = 4; // from clients that know text values; there are none here
    check_flags(args.flags, typed_string_flag, "virNodeGetMemoryParameters");
    connection_of(session);
    auto read = [] { return host::read_sharing(); };
    auto figures = co_await async::blocking(std::move(read));
    protocol::NodeGetMemoryParametersRet answer;
    answer.nparams = static_cast<std::int32_t>(figures.size());
    if (args.nparams == 0) co_return answer;
    for (const auto& figure : figures)
        if (std::cmp_less(answer.params.size(), args.nparams)) answer.params.push_back(parameter_of(figure));
    answer.nparams = static_cast<std::int32_t>(answer.params.size());
    co_return answer;
}

awaitable<void> NodeCalls::set_memory_parameters(Session& session,
                                                 protocol::NodeSetMemoryParametersArgs args) {
    check_flags(args.flags, 0, "virNodeSetMemoryParameters");
    connection_of(session);
    auto write = [parameters = std::move(args.params)] { std::ranges::for_each(parameters, apply_setting); };
    co_await async::blocking(std::move(write));
}

awaitable<protocol::NodeGetCpuMapRet> NodeCalls::cpu_map(Session& session, protocol::NodeGetCpuMapArgs args) {
    check_flags(args.flags, 0, "virNodeGetCPUMap");
    connection_of(session);
    auto read = [] { return host::read_cpu_map(); };
    auto map = co_await async::blocking(std::move(read));
    protocol::NodeGetCpuMapRet answer;
    answer.ret = static_cast<std::int32_t>(map.present.empty() ? 0 : map.present.back() + 1);
    answer.online = args.need_online != 0 ? static_cast<std::uint32_t>(map.online.size()) : 0;
    if (args.need_map == 0) co_return answer;
    constexpr std::uint32_t byte = 8;
    answer.cpumap.data.assign((static_cast<std::size_t>(answer.ret) + byte - 1) / byte, '\0');
    for (auto id : map.online)
        if (id / byte < answer.cpumap.data.size())
            answer.cpumap.data[id / byte] =
                static_cast<char>(answer.cpumap.data[id / byte] | (1 << id % byte));
    co_return answer;
}

awaitable<protocol::NodeGetFreeMemoryRet> NodeCalls::free_memory(Session& session) {
    connection_of(session);
    auto read = [] { return host::read_memory_use().free.in_bytes(); };
    protocol::NodeGetFreeMemoryRet answer{co_await async::blocking(std::move(read))};
    co_return answer;
}

awaitable<protocol::NodeGetCellsFreeMemoryRet>
NodeCalls::cells_free_memory(Session& session, protocol::NodeGetCellsFreeMemoryArgs args) {
    connection_of(session);
    if (args.maxcells <= 0)
        throw failure(ErrorCode::InvalidArgument, fmt::format("{} NUMA cells are asked for", args.maxcells));
    auto read = [args] {
        std::vector<std::uint64_t> sizes;
        for (auto cell : cells_from(args.start_cell, static_cast<std::uint32_t>(args.maxcells))) {
            auto use = host::read_cell_memory_use(cell);
            sizes.push_back(use ? use->free.in_bytes() : 0);
        }
        return sizes;
    };
    auto sizes = co_await async::blocking(std::move(read));
    protocol::NodeGetCellsFreeMemoryRet answer;
    answer.cells.assign(sizes.begin(), sizes.end());
    co_return answer;
}

awaitable<protocol::NodeGetFreePagesRet> NodeCalls::free_pages(Session& session,
                                                               protocol::NodeGetFreePagesArgs args) {
    check_flags(args.flags, 0, "virNodeGetFreePages");
    connection_of(session);
    auto read = [args = std::move(args)] {
        return count_free_pages(args.pages, args.start_cell, args.cell_count);
    };
    auto counts = co_await async::blocking(std::move(read));
    protocol::NodeGetFreePagesRet answer;
    answer.counts.assign(counts.begin(), counts.end());
    co_return answer;
}

awaitable<protocol::NodeAllocPagesRet> NodeCalls::allocate_pages(Session& session,
                                                                 protocol::NodeAllocPagesArgs args) {
    check_flags(args.flags, 1, "virNodeAllocPages");
    connection_of(session);
    auto change = [args = std::move(args)] { return change_pools(args); };
    protocol::NodeAllocPagesRet answer{co_await async::blocking(std::move(change))};
    co_return answer;
}

awaitable<protocol::ConnectGetSysinfoRet> NodeCalls::sysinfo(Session& session,
                                                             protocol::ConnectGetSysinfoArgs args) {
    check_flags(args.flags, 0, "virConnectGetSysinfo");
    connection_of(session);
    auto read = [] { return host::read_smbios(); };
    auto parts = co_await async::blocking(std::move(read));
    if (!parts)
        throw failure(ErrorCode::ConfigUnsupported,
                      "this host's firmware says nothing of itself: there is no SMBIOS table in "
                      "/sys/firmware/dmi/tables");
    protocol::ConnectGetSysinfoRet answer;
    answer.sysinfo = format_sysinfo(*parts);
    co_return answer;
}

protocol::NodeGetSevInfoRet NodeCalls::sev_info(Session& session, protocol::NodeGetSevInfoArgs) {
    connection_of(session);
    throw failure(ErrorCode::OperationUnsupported, "guests with encrypted memory (SEV) are not supported");
}

void NodeCalls::suspend(Session& session, protocol::NodeSuspendForDurationArgs args) {
    check_flags(args.flags, 0, "virNodeSuspendForDuration");
    connection_of(session);
    throw failure(ErrorCode::ArgumentUnsupported,
                  "putting the host to sleep is not supported: use the system's own tools");
}

void NodeCalls::bind(rpc::Dispatcher& dispatcher) {
    using N = NodeCalls;
    dispatcher.on<&N::cpu_stats>(protocol::node_get_cpu_stats, *this);
    dispatcher.on<&N::memory_stats>(protocol::node_get_memory_stats, *this);
    dispatcher.on<&N::memory_parameters>(protocol::node_get_memory_parameters, *this);
    dispatcher.on<&N::set_memory_parameters>(protocol::node_set_memory_parameters, *this);
    dispatcher.on<&N::cpu_map>(protocol::node_get_cpu_map, *this);
    dispatcher.on<&N::free_memory>(protocol::node_get_free_memory, *this);
    dispatcher.on<&N::cells_free_memory>(protocol::node_get_cells_free_memory, *this);
    dispatcher.on<&N::free_pages>(protocol::node_get_free_pages, *this);
    dispatcher.on<&N::allocate_pages>(protocol::node_alloc_pages, *this);
    dispatcher.on<&N::sysinfo>(protocol::connect_get_sysinfo, *this);
    dispatcher.on<&N::sev_info>(protocol::node_get_sev_info, *this);
    dispatcher.on<&N::suspend>(protocol::node_suspend_for_duration, *this);
    dispatcher.on<&N::domain_capabilities>(protocol::connect_get_domain_capabilities, *this);
    dispatcher.on<&N::cpu_models>(protocol::connect_get_cpu_model_names, *this);
    dispatcher.on<&N::compare_cpu>(protocol::connect_compare_cpu, *this);
    dispatcher.on<&N::compare_hypervisor_cpu>(protocol::connect_compare_hypervisor_cpu, *this);
    dispatcher.on<&N::baseline_cpu>(protocol::connect_baseline_cpu, *this);
    dispatcher.on<&N::baseline_hypervisor_cpu>(protocol::connect_baseline_hypervisor_cpu, *this);
}

} // namespace vireo::daemon
