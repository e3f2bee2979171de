// SPDX-License-Identifier: Apache-2.0
// The commands about the host's memory.
#include "cli/typed_parameters.hpp"
#include "cli/xml_selection.hpp"
#include "protocol/connect.hpp"
#include "protocol/node.hpp"

#include <array>

namespace vireo::cli {

namespace {
using enum OptionKind;

awaitable<pugi::xml_document> host_description(Shell& shell) {
    auto daemon = co_await shell.connection();
    auto answer = co_await explain("failed to get the capabilities of the host",
                                   daemon->call(protocol::connect_get_capabilities));
    co_return parsed_xml(answer.capabilities);
}

/// The numbers of the host's NUMA nodes.
std::vector<std::int32_t> cells_in(const pugi::xml_document& description) {
    std::vector<std::int32_t> cells;
    for (auto node : description.select_nodes("/capabilities/host/topology/cells/cell"))
        cells.push_back(node.node().attribute("id").as_int());
    return cells;
}

/// The sizes of pages that the host has, in KiB.
std::vector<std::uint32_t> page_sizes_in(const pugi::xml_document& description) {
    std::vector<std::uint32_t> sizes;
    for (auto node : description.select_nodes("/capabilities/host/cpu/pages"))
        sizes.push_back(node.node().attribute("size").as_uint());
    return sizes;
}

awaitable<std::uint64_t> free_in_cell(std::shared_ptr<client::Connection> daemon, std::int32_t cell) {
    auto answer = co_await daemon->call_with(protocol::node_get_cells_free_memory, cell, 1);
    if (answer.cells.empty())
        throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                    fmt::format("the daemon tells nothing about NUMA node {}", cell));
    co_return answer.cells.front() / 1024;
}

awaitable<void> show_all_cells(Shell& shell) {
    auto daemon = co_await shell.connection();
    auto description = co_await host_description(shell);
    std::vector<Record> records;
    std::uint64_t total = 0;
    std::string text;
    for (auto cell : cells_in(description)) {
        auto kib = co_await free_in_cell(daemon, cell);
        total += kib;
        records.emplace_back().add("cell", cell, "").add("free_kib", kib, "");
        text += fmt::format("{:>5}: {:>10} KiB\n", cell, kib);
    }
    text += std::string(20, '-') + fmt::format("\nTotal: {:>10} KiB\n", total);
    shell.print(shell.as_json() ? json_of(records) : text);
}

awaitable<void> freecell(Shell& shell, const Arguments& arguments) {
    arguments.exclude("all", "cellno");
    if (arguments.has("all")) co_return co_await show_all_cells(shell);
    auto daemon = co_await shell.connection();
    if (auto cell = arguments.number("cellno", 0)) {
        auto kib = co_await free_in_cell(daemon, *cell);
        co_return shell.show("free_kib", kib, fmt::format("{}: {} KiB\n", *cell, kib));
    }
    auto answer = co_await daemon->call(protocol::node_get_free_memory);
    shell.show("free_kib", answer.free_mem / 1024, fmt::format("Total: {} KiB\n", answer.free_mem / 1024));
}

std::uint32_t page_size_in(const Arguments& arguments) {
    auto size = arguments.amount("pagesize", MemorySize::kib(std::numeric_limits<std::uint32_t>::max()));
    return static_cast<std::uint32_t>(size.value_or(MemorySize{}).in_kib());
}

/// The free pages of one NUMA node, a fact for each size.
awaitable<Record> free_pages(std::shared_ptr<client::Connection> daemon, std::int32_t cell,
                             std::vector<std::uint32_t> sizes, bool with_head) {
    protocol::NodeGetFreePagesArgs args;
    args.pages.assign(sizes.begin(), sizes.end());
    args.start_cell = cell;
    args.cell_count = 1;
    auto answer = co_await daemon->call(protocol::node_get_free_pages, args);
    Record record;
    record.add("cell", cell, with_head ? fmt::format("Node {}:", cell) : "");
    for (std::size_t i = 0; i < std::min(sizes.size(), answer.counts.size()); ++i)
        record.add(fmt::format("{}KiB", sizes[i]), answer.counts[i],
                   fmt::format("{}KiB: {}", sizes[i], answer.counts[i]));
    co_return record;
}

awaitable<void> show_all_pages(Shell& shell, std::vector<std::uint32_t> sizes) {
    auto daemon = co_await shell.connection();
    auto description = co_await host_description(shell);
    if (sizes.empty()) sizes = page_sizes_in(description);
    std::vector<Record> records;
    for (auto cell : cells_in(description)) records.push_back(co_await free_pages(daemon, cell, sizes, true));
    shell.show(records);
    if (!shell.as_json()) shell.print("\n");
}

awaitable<void> freepages(Shell& shell, const Arguments& arguments) {
    arguments.exclude("all", "cellno");
    std::vector<std::uint32_t> sizes;
    if (arguments.has("pagesize")) sizes.push_back(page_size_in(arguments));
    if (arguments.has("all")) co_return co_await show_all_pages(shell, std::move(sizes));
    if (!arguments.has("cellno")) throw usage_error("option --cellno is needed, or --all");
    if (sizes.empty()) throw usage_error("option --pagesize is needed, or --all");
    auto cell = *arguments.number("cellno", 0);
    auto daemon = co_await shell.connection();
    shell.show(co_await free_pages(daemon, cell, sizes, false));
}

awaitable<void> allocpages(Shell& shell, const Arguments& arguments) {
    constexpr std::int32_t any_cell = -1;
    constexpr std::uint32_t add_flag = 1; // virNodeAllocPagesFlags
    arguments.exclude("all", "cellno");
    protocol::NodeAllocPagesArgs args;
    args.page_sizes.push_back(page_size_in(arguments));
    args.page_counts.push_back(arguments.count("pagecount").value_or(0));
    args.cell_count = 1;
    args.flags = arguments.bits({{"add", add_flag}});
    auto daemon = co_await shell.connection();
    std::vector<std::int32_t> cells{arguments.number("cellno", any_cell).value_or(any_cell)};
    if (arguments.has("all")) cells = cells_in(co_await host_description(shell));
    for (auto cell : cells) {
        args.start_cell = cell;
        co_await daemon->call(protocol::node_alloc_pages, args);
    }
}

awaitable<void> nodememstats(Shell& shell, const Arguments& arguments) {
    constexpr std::int32_t all_cells = -1;
    auto cell = arguments.number("cell", all_cells).value_or(all_cells);
    auto daemon = co_await shell.connection();
    auto headline = "failed to get the memory statistics of the host";
    auto count = co_await explain(headline, daemon->call_with(protocol::node_get_memory_stats, 0, cell, 0U));
    auto answer = co_await explain(
        headline, daemon->call_with(protocol::node_get_memory_stats, count.nparams, cell, 0U));
    Record record;
    for (const auto& [field, kib] : answer.params)
        record.add(field, kib, fmt::format("{:<7}: {:>20} KiB", field, kib));
    shell.show(record);
}

constexpr auto tunables = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"shm-pages-to-scan", "shm_pages_to_scan"},
     {"shm-sleep-millisecs", "shm_sleep_millisecs"},
     {"shm-merge-across-nodes", "shm_merge_across_nodes"}});

awaitable<void> node_memory_tune(Shell& shell, const Arguments& arguments) {
    protocol::NodeSetMemoryParametersArgs wanted;
    for (auto [option, field] : tunables)
        if (auto value = arguments.number(option, 0))
            wanted.params.push_back({std::string{field}, static_cast<std::uint32_t>(*value)});
    auto daemon = co_await shell.connection();
    if (!wanted.params.empty()) {
        co_await explain("failed to change the host's memory parameters",
                         daemon->call(protocol::node_set_memory_parameters, wanted));
        co_return;
    }
    auto headline = "failed to get the host's memory parameters";
    auto count = co_await explain(headline, daemon->call_with(protocol::node_get_memory_parameters, 0, 0U));
    auto answer = co_await explain(
        headline, daemon->call_with(protocol::node_get_memory_parameters, count.nparams, 0U));
    Record record;
    if (!answer.params.empty()) record.add_line("Shared memory:");
    for (const auto& [field, value] : answer.params)
        record.add(field, value_of(value), fmt::format("\t{:<15} {}", field, text_of(value)));
    shell.show(record);
}
} // namespace

std::vector<Command> host_memory_commands() {
    const Option cell{"cellno", Number, "only this NUMA node; they count from 0"},
        all{"all", Flag, "each NUMA node"};
    return {
        {"allocpages",
         "change how many large pages the host keeps",
         "",
         {{"pagesize", PositionalNumber, "their size: KiB, or with a unit as in 2M"},
          {"pagecount", PositionalNumber, "how many"},
          cell,
          {"add", Flag, "so many more, not so many in all"},
          all},
         allocpages},
        {"freecell", "free memory of the host", "", {cell, all}, freecell},
        {"freepages",
         "free pages of the host",
         "",
         {cell, {"pagesize", Number, "only of this size: KiB, or with a unit as in 2M"}, all},
         freepages},
        {"node-memory-tune",
         "how the host shares equal memory of guests",
         "Shows the parameters of KSM, or changes those that are given.",
         {{"shm-pages-to-scan", Number, "pages to look at before each rest"},
          {"shm-sleep-millisecs", Number, "how long a rest is"},
          {"shm-merge-across-nodes", Number, "0: only within a NUMA node, 1: anywhere"}},
         node_memory_tune},
        {"nodememstats",
         "how the host's memory is used",
         "",
         {{"cell", Number, "only this NUMA node; they count from 0"}},
         nodememstats},
    };
}

} // namespace vireo::cli
