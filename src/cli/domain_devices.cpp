// SPDX-License-Identifier: Apache-2.0
// The commands that look at a domain's disks and network interfaces.
#include "protocol/domain_devices.hpp"
#include "cli/sizes.hpp"
#include "cli/xml_selection.hpp"
#include "protocol/domain_guest.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace vireo::cli {

namespace {
using enum OptionKind;
constexpr Option inactive_option{"inactive", Flag, "of the definition, even while it runs"};
constexpr std::uint32_t inactive_xml = 2; // virDomainXMLFlags

awaitable<pugi::xml_document> description_of(const client::Domain& domain, bool inactive) {
    auto answer = co_await domain.xml(inactive ? inactive_xml : 0);
    co_return parsed_xml(answer.xml);
}

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

/// What a disk is made of, in the words of its XML; "-" without a medium.
std::string source_of(pugi::xml_node disk) {
    auto source = disk.child("source");
    std::string_view type = disk.attribute("type").value();
    auto attribute = [&](const char* name) { return std::string{source.attribute(name).value()}; };
    if (type == "nvme") return or_dash(source.child("address").attribute("domain").value());
    if (type == "volume") return or_dash(attribute("volume"));
    for (const auto* name : {"file", "dev", "dir", "name", "path"})
        if (auto text = attribute(name); !text.empty()) return text;
    return "-";
}

awaitable<void> domblklist(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto document = co_await description_of(domain, arguments.has("inactive"));
    bool details = arguments.has("details");
    Table table{details ? std::vector<std::string>{"Type", "Device", "Target", "Source"}
                        : std::vector<std::string>{"Target", "Source"}};
    for (auto node : document.select_nodes("/domain/devices/disk")) {
        auto disk = node.node();
        std::vector<Cell> row;
        if (details) {
            row.emplace_back(disk.attribute("type").value());
            row.emplace_back(disk.attribute("device").as_string("disk"));
        }
        row.emplace_back(disk.child("target").attribute("dev").value());
        row.emplace_back(source_of(disk));
        table.add_row(std::move(row));
    }
    shell.show(table);
}

awaitable<void> show_all_sizes(Shell& shell, client::Domain domain, std::function<Cell(std::uint64_t)> cell) {
    auto document = co_await description_of(domain, false);
    Table table{{"Target", "Capacity", "Allocation", "Physical"}};
    for (auto node : document.select_nodes("/domain/devices/disk")) {
        std::string target = node.node().child("target").attribute("dev").value();
        if (source_of(node.node()) == "-") {
            table.add_row({target, "-", "-", "-"});
            continue;
        }
        auto size = co_await domain.call(protocol::domain_get_block_info, target, 0U);
        table.add_row({target, cell(size.capacity), cell(size.allocation), cell(size.physical)});
    }
    shell.show(table);
}

awaitable<void> domblkinfo(Shell& shell, const Arguments& arguments) {
    arguments.exclude("all", "device");
    if (!arguments.has("all") && !arguments.has("device"))
        throw usage_error("command 'domblkinfo' needs <device>, or --all");
    bool human = arguments.has("human");
    auto text = [human](std::uint64_t n) { return human ? human_size(n) : std::to_string(n); };
    auto domain = co_await shell.domain_of(arguments);
    if (arguments.has("all")) {
        std::function<Cell(std::uint64_t)> cell = [text](std::uint64_t n) { return Cell{text(n), n}; };
        co_return co_await show_all_sizes(shell, domain, std::move(cell));
    }
    auto size = co_await domain.call(protocol::domain_get_block_info, arguments.text("device"), 0U);
    Record record;
    record.add("capacity", size.capacity, fmt::format("{:<15} {}", "Capacity:", text(size.capacity)));
    record.add("allocation", size.allocation, fmt::format("{:<15} {}", "Allocation:", text(size.allocation)));
    record.add("physical", size.physical, fmt::format("{:<15} {}", "Physical:", text(size.physical)));
    shell.show(record);
}

/// A counter of virDomainBlockStatsFlags: its names there, in virsh's output, and in words.
struct BlockCounter {
    std::string_view field, name, words;
};
constexpr auto block_counters = std::to_array<BlockCounter>({
    {"rd_operations", "rd_req", "number of read operations:"},
    {"rd_bytes", "rd_bytes", "number of bytes read:"},
    {"wr_operations", "wr_req", "number of write operations:"},
    {"wr_bytes", "wr_bytes", "number of bytes written:"},
    {"errs", "errs", "error count:"},
    {"flush_operations", "flush_operations", "number of flush operations:"},
    {"rd_total_times", "rd_total_times", "total duration of reads (ns):"},
    {"wr_total_times", "wr_total_times", "total duration of writes (ns):"},
    {"flush_total_times", "flush_total_times", "total duration of flushes (ns):"},
});

/// The counters of one disk, or of all together when `disk` is empty.
awaitable<std::vector<protocol::TypedParameter>> block_counters_of(client::Domain domain, std::string disk) {
    auto count = co_await domain.call(protocol::domain_block_stats_flags, disk, 0, 0U);
    auto answer = co_await domain.call(protocol::domain_block_stats_flags, disk, count.nparams, 0U);
    co_return std::vector<protocol::TypedParameter>(answer.params.begin(), answer.params.end());
}

awaitable<void> domblkstat(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto disk = arguments.has("device") ? arguments.text("device") : std::string{};
    auto counters = co_await block_counters_of(domain, disk);
    bool human = arguments.has("human");
    Record record;
    record.add("device", disk, human ? fmt::format("Device: {}", disk) : "");
    for (const auto& counter : block_counters)
        for (const auto& [field, value] : counters) {
            const auto* number = std::get_if<std::int64_t>(&value);
            if (field != counter.field || !number) continue;
            record.add(counter.name, *number,
                       human ? fmt::format(" {:<31} {}", counter.words, *number)
                             : fmt::format("{} {} {}", disk, counter.name, *number));
        }
    shell.show(record);
}

/// virDomainDiskErrorCode
std::string_view disk_error_name(std::int32_t error) {
    constexpr std::array<std::string_view, 3> names{"no error", "unspecified error", "no space"};
    auto index = static_cast<std::size_t>(error);
    return index < names.size() ? names[index] : "unknown error";
}

awaitable<void> domblkerror(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto count = co_await domain.call(protocol::domain_get_disk_errors, 0U, 0U);
    auto answer =
        co_await domain.call(protocol::domain_get_disk_errors, static_cast<std::uint32_t>(count.nerrors), 0U);
    Record record;
    for (const auto& [disk, error] : answer.errors)
        record.add(disk, disk_error_name(error), fmt::format("{}: {}", disk, disk_error_name(error)));
    if (record.empty()) record.add_line("No errors found");
    shell.show(record);
}

awaitable<void> domblkthreshold(Shell& shell, const Arguments& arguments) {
    auto bytes =
        arguments.amount("threshold", MemorySize::bytes(std::numeric_limits<std::uint64_t>::max()), 1);
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_set_block_threshold, arguments.text("dev"),
                         bytes.value_or(MemorySize{}).in_bytes(), 0U);
}

awaitable<void> domiflist(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto document = co_await description_of(domain, arguments.has("inactive"));
    Table table{{"Interface", "Type", "Source", "Model", "MAC"}};
    for (auto node : document.select_nodes("/domain/devices/interface")) {
        auto interface = node.node();
        auto source = interface.child("source");
        std::string from;
        for (const auto* name : {"bridge", "network", "dev", "name", "path", "dir"})
            if (from.empty()) from = source.attribute(name).value();
        table.add_row({or_dash(interface.child("target").attribute("dev").value()),
                       interface.attribute("type").value(), or_dash(from),
                       or_dash(interface.child("model").attribute("type").value()),
                       interface.child("mac").attribute("address").value()});
    }
    shell.show(table);
}

awaitable<void> domifstat(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto device = arguments.text("interface");
    auto stats =
        co_await explain(fmt::format("failed to get statistics of interface {} of {}", device, domain.name()),
                         domain.call(protocol::domain_interface_stats, device));
    Record record;
    auto add = [&](std::string_view name, std::int64_t value) { // -1: the host does not count it
        if (value >= 0) record.add(name, value, fmt::format("{} {} {}", device, name, value));
    };
    add("rx_bytes", stats.rx_bytes);
    add("rx_packets", stats.rx_packets);
    add("rx_errs", stats.rx_errs);
    add("rx_drop", stats.rx_drop);
    add("tx_bytes", stats.tx_bytes);
    add("tx_packets", stats.tx_packets);
    add("tx_errs", stats.tx_errs);
    add("tx_drop", stats.tx_drop);
    shell.show(record);
}

/// The interface with this MAC address or name on the host. Throws Error when there is none.
pugi::xml_node require_interface(const pugi::xml_document& document, const std::string& wanted) {
    for (auto node : document.select_nodes("/domain/devices/interface")) {
        auto interface = node.node();
        if (wanted == interface.child("mac").attribute("address").value() ||
            wanted == interface.child("target").attribute("dev").value())
            return interface;
    }
    throw usage_error(
        fmt::format("the domain has no interface '{}' (a MAC address or a name of domiflist)", wanted));
}

awaitable<void> domif_getlink(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto wanted = arguments.text("interface");
    auto document = co_await description_of(domain, arguments.has("config"));
    std::string state = require_interface(document, wanted).child("link").attribute("state").as_string("up");
    shell.show("state", state, fmt::format("{} {}", wanted, state));
}

/// virDomainInterfaceAddressesSource
std::uint32_t address_source(const Arguments& arguments) {
    auto name = arguments.optional_text("source").value_or("lease");
    constexpr std::array<std::string_view, 3> names{"lease", "agent", "arp"};
    auto found = std::ranges::find(names, name);
    if (found == names.end())
        throw usage_error(fmt::format("there is no source '{}': it is 'lease', 'agent' or 'arp'", name));
    return static_cast<std::uint32_t>(found - names.begin());
}

/// The layout of this table is fixed.
constexpr auto address_line = " {:<10} {:<17}    {}\n";

void add_addresses(std::vector<Record>& records, std::string& text,
                   const protocol::DomainInterface& interface, bool full) {
    std::string name = interface.name, mac = interface.hwaddr.value_or("");
    auto add = [&](const std::string& protocol, const std::string& address, std::string where) {
        Record record;
        record.add("name", interface.name, "").add("mac_address", interface.hwaddr.value_or(""), "");
        record.add("protocol", protocol.empty() ? Value{} : Value{protocol}, "");
        record.add("address", address.empty() ? Value{} : Value{address}, "");
        records.push_back(std::move(record));
        text += fmt::format(address_line, name, mac, where);
        if (!full) name = mac = "-";
    };
    if (interface.addrs.empty()) add("", "", fmt::format("{:<12} {}", "N/A", "N/A"));
    for (const auto& address : interface.addrs) {
        std::string protocol = address.type == 0 ? "ipv4" : "ipv6"; // virIPAddrType
        auto where = fmt::format("{}/{}", address.addr, address.prefix);
        add(protocol, where, fmt::format("{:<12} {}", protocol, where));
    }
}

awaitable<void> domifaddr(Shell& shell, const Arguments& arguments) {
    auto source = address_source(arguments);
    auto domain = co_await shell.domain_of(arguments);
    auto only = arguments.optional_text("interface");
    auto answer = co_await explain("failed to get the addresses of the interfaces",
                                   domain.call(protocol::domain_interface_addresses, source, 0U));
    std::vector<Record> records;
    auto text = fmt::format(" {:<10} {:<20} {:<8}     {}\n", "Name", "MAC address", "Protocol", "Address") +
                std::string(79, '-') + '\n';
    if (shell.options().quiet) text.clear();
    for (const auto& interface : answer.ifaces)
        if (!only || interface.name == *only) add_addresses(records, text, interface, arguments.has("full"));
    shell.print(shell.as_json() ? json_of(records) : text);
}
} // namespace

std::vector<Command> device_commands() {
    const Option human{"human", Flag, "sizes with units, counters in words"};
    const Option interface{"interface", Positional, "its MAC address or its name on the host",
                           Completes::Interface};
    return {
        {"domblkerror", "errors of a domain's disks", "", {domain_option}, domblkerror},
        {"domblkinfo",
         "sizes of a domain's disks",
         "Bytes that the guest sees, that the image takes up, and where the image ends.",
         {domain_option,
          {"device", Text, "target or path of one disk", Completes::Disk},
          human,
          {"all", Flag, "all disks, as a table"}},
         domblkinfo},
        {"domblklist",
         "the disks of a domain",
         "",
         {domain_option, inactive_option, {"details", Flag, "their types too"}},
         domblklist},
        {"domblkstat",
         "what a guest did with a disk",
         "Shows the counters of one disk, or of all together.",
         {domain_option, {"device", Text, "target or path of the disk", Completes::Disk}, human},
         domblkstat},
        {"domblkthreshold",
         "have an event when a disk's image is written beyond a point",
         "",
         {running_domain_option,
          {"dev", Positional, "target of the disk", Completes::Disk},
          {"threshold", PositionalNumber, "the point: bytes, or with a unit as in 1G"}},
         domblkthreshold},
        {"domif-getlink",
         "whether an interface's cable is plugged in",
         "",
         {domain_option, interface, {"config", Flag, "of the definition, even while it runs"}},
         domif_getlink},
        {"domifaddr",
         "network addresses of a guest",
         "",
         {domain_option,
          {"interface", Text, "only those of this interface", Completes::Interface},
          {"full", Flag, "name and MAC address in each line"},
          {"source", Text, "who is asked: lease, agent or arp"}},
         domifaddr},
        {"domiflist", "the network interfaces of a domain", "", {domain_option, inactive_option}, domiflist},
        {"domifstat", "traffic of a network interface", "", {domain_option, interface}, domifstat},
    };
}

} // namespace vireo::cli
