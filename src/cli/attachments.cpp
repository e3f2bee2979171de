// SPDX-License-Identifier: Apache-2.0
// The commands that attach disks and network interfaces, whose XML they write themselves.
#include "cli/device_changes.hpp"
#include "cli/xml_selection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

namespace vireo::cli {

namespace {
using enum OptionKind;

std::vector<std::string> parts_of(std::string_view text, std::string_view separators) {
    std::vector<std::string> parts{""};
    for (char letter : text)
        if (separators.find(letter) != separators.npos)
            parts.emplace_back();
        else
            parts.back() += letter;
    return parts;
}

/// An attribute that is there when its option is.
void add_attribute(pugi::xml_node node, const char* name, const Arguments& arguments,
                   std::string_view option) {
    if (auto text = arguments.optional_text(option)) node.append_attribute(name) = text->c_str();
}

void add_element(pugi::xml_node parent, const char* element, const char* attribute,
                 const Arguments& arguments, std::string_view option) {
    if (arguments.has(option)) add_attribute(parent.append_child(element), attribute, arguments, option);
}

/// A number that --address gives in hexadecimal, with or without "0x".
std::string hexadecimal(const std::string& text, std::size_t digits) {
    std::uint32_t number = 0;
    std::string_view rest{text};
    if (rest.starts_with("0x")) rest.remove_prefix(2);
    auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), number, 16);
    if (failure != std::errc{} || end != rest.data() + rest.size())
        throw usage_error(fmt::format("'{}' in an address is no number", text));
    return fmt::format("0x{:0{}x}", number, digits);
}

/// The buses that --address knows a place of: "pci:0000.00.05.0" has four numbers, in this order.
struct AddressForm {
    std::string_view bus;
    struct Number {
        const char* name;
        std::size_t digits;
    };
    std::vector<Number> numbers;
};

void add_address(pugi::xml_node disk, const Arguments& arguments) {
    static const std::array forms{
        AddressForm{"pci", {{"domain", 4}, {"bus", 2}, {"slot", 2}, {"function", 1}}},
        AddressForm{"ccw", {{"cssid", 2}, {"ssid", 1}, {"devno", 4}}}};
    auto text = arguments.optional_text("address");
    if (!text) return;
    auto bus = text->substr(0, text->find(':'));
    auto form = std::ranges::find(forms, std::string_view{bus}, &AddressForm::bus);
    auto numbers = parts_of(std::string_view{*text}.substr(std::min(text->size(), bus.size() + 1)), ".");
    if (form == forms.end() || numbers.size() != form->numbers.size())
        throw usage_error(
            fmt::format("'{}' is no address: it is such as pci:0000.00.05.0 or ccw:fe.0.0001", *text));
    auto address = disk.append_child("address");
    address.append_attribute("type") = bus.c_str();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto& [name, digits] = form->numbers[i];
        address.append_attribute(name) = hexadecimal(numbers[i], digits).c_str();
    }
    if (bus == "pci" && arguments.has("multifunction")) address.append_attribute("multifunction") = "on";
}

/// "file", "block" or "network": what is said, or what the source's options and the path itself suggest.
std::string source_type_of(const Arguments& arguments) {
    constexpr std::array<std::string_view, 3> types{"file", "block", "network"};
    auto type = arguments.optional_text("sourcetype");
    if (!type) {
        if (arguments.has("source-protocol")) return "network";
        bool by_driver = arguments.has("driver");
        return by_driver && arguments.text("driver") == "phy" ? "block" : "file";
    }
    if (std::ranges::find(types, *type) == types.end())
        throw usage_error(fmt::format("there is no source type '{}': it is file, block or network", *type));
    return *type;
}

void add_source(pugi::xml_node disk, const Arguments& arguments, const std::string& type) {
    auto source = disk.append_child("source");
    auto path = arguments.optional_text("source").value_or("");
    if (type != "network") {
        source.append_attribute(type == "block" ? "dev" : "file") = path.c_str();
        return;
    }
    add_attribute(source, "protocol", arguments, "source-protocol");
    source.append_attribute("name") = path.c_str();
    bool has_host = arguments.has("source-host-name") || arguments.has("source-host-transport") ||
                    arguments.has("source-host-socket");
    if (!has_host) return;
    auto host = source.append_child("host");
    add_attribute(host, "transport", arguments, "source-host-transport");
    if (auto name = arguments.optional_text("source-host-name")) {
        auto colon = name->find(':');
        host.append_attribute("name") = name->substr(0, colon).c_str();
        if (colon != name->npos) host.append_attribute("port") = name->substr(colon + 1).c_str();
    }
    add_attribute(host, "socket", arguments, "source-host-socket");
}

void add_driver(pugi::xml_node disk, const Arguments& arguments) {
    constexpr std::array<std::pair<const char*, std::string_view>, 5> attributes{{{"name", "driver"},
                                                                                  {"type", "subdriver"},
                                                                                  {"iothread", "iothread"},
                                                                                  {"cache", "cache"},
                                                                                  {"io", "io"}}};
    bool any = std::ranges::any_of(attributes, [&](const auto& pair) { return arguments.has(pair.second); });
    if (!any) return;
    auto driver = disk.append_child("driver");
    for (const auto& [name, option] : attributes) add_attribute(driver, name, arguments, option);
}

std::string disk_xml(const Arguments& arguments) {
    auto mode = arguments.optional_text("mode");
    if (mode && *mode != "readonly" && *mode != "shareable")
        throw usage_error(fmt::format("there is no mode '{}': it is readonly or shareable", *mode));
    auto type = source_type_of(arguments);
    pugi::xml_document document;
    auto disk = document.append_child("disk");
    disk.append_attribute("type") = type.c_str();
    add_attribute(disk, "device", arguments, "type");
    if (arguments.has("rawio")) disk.append_attribute("rawio") = "yes";
    add_driver(disk, arguments);
    add_source(disk, arguments, type);
    auto target = disk.append_child("target");
    target.append_attribute("dev") = arguments.text("target").c_str();
    add_attribute(target, "bus", arguments, "targetbus");
    if (mode) disk.append_child(mode->c_str());
    for (const char* element : {"serial", "wwn"})
        if (auto text = arguments.optional_text(element)) disk.append_child(element).text() = text->c_str();
    add_element(disk, "alias", "name", arguments, "alias");
    add_address(disk, arguments);
    return laid_out(document);
}

/// "1000,2000,3000": average, peak, burst and floor of a direction of traffic.
void add_rates(pugi::xml_node bandwidth, const char* direction, const Arguments& arguments) {
    auto text = arguments.optional_text(direction);
    if (!text) return;
    constexpr std::array names{"average", "peak", "burst", "floor"};
    auto rates = parts_of(*text, ",");
    if (rates.size() > names.size())
        throw usage_error(fmt::format("--{} wants average,peak,burst,floor, not '{}'", direction, *text));
    auto node = bandwidth.append_child(direction);
    bool limits = false;
    for (std::size_t i = 0; i < rates.size(); ++i) {
        std::uint64_t rate = 0;
        auto end = rates[i].data() + rates[i].size();
        if (!rates[i].empty() && std::from_chars(rates[i].data(), end, rate).ptr != end)
            throw usage_error(fmt::format("--{}: '{}' is no rate in KiB per second", direction, rates[i]));
        if (rate == 0) continue;
        limits = limits || i == 0 || i == 3;
        node.append_attribute(names[i]) = static_cast<unsigned long long>(rate);
    }
    if (!limits) throw usage_error(fmt::format("--{} needs an average or a floor", direction));
}

void add_host_device(pugi::xml_node source, const std::string& text) {
    auto numbers = parts_of(text, ":.");
    if (numbers.size() != 4)
        throw usage_error(fmt::format("'{}' is no PCI address such as 0000:00:03.0", text));
    auto address = source.append_child("address");
    address.append_attribute("type") = "pci";
    constexpr std::array<std::pair<const char*, std::size_t>, 4> names{
        {{"domain", 4}, {"bus", 2}, {"slot", 2}, {"function", 1}}};
    for (std::size_t i = 0; i < names.size(); ++i)
        address.append_attribute(names[i].first) = hexadecimal(numbers[i], names[i].second).c_str();
}

std::string interface_xml(const Arguments& arguments) {
    constexpr std::array<std::pair<std::string_view, const char*>, 4> types{
        {{"network", "network"}, {"bridge", "bridge"}, {"direct", "dev"}, {"hostdev", ""}}};
    auto type = arguments.text("type");
    auto known =
        std::ranges::find(types, std::string_view{type}, &std::pair<std::string_view, const char*>::first);
    if (known == types.end())
        throw usage_error(
            fmt::format("'{}' cannot be attached so: network, bridge, direct and hostdev can", type));
    auto source_mode = arguments.optional_text("source-mode");
    constexpr std::array<std::string_view, 4> modes{"vepa", "bridge", "private", "passthrough"};
    bool is_mode = !source_mode || std::ranges::find(modes, *source_mode) != modes.end();
    if (!is_mode) throw usage_error(fmt::format("there is no source mode '{}'", *source_mode));
    pugi::xml_document document;
    auto interface = document.append_child("interface");
    interface.append_attribute("type") = type.c_str();
    if (arguments.has("managed")) interface.append_attribute("managed") = "yes";
    auto source = interface.append_child("source");
    if (type == "hostdev")
        add_host_device(source, arguments.text("source"));
    else
        source.append_attribute(known->second) = arguments.text("source").c_str();
    add_attribute(source, "mode", arguments, "source-mode");
    add_element(interface, "target", "dev", arguments, "target");
    add_element(interface, "mac", "address", arguments, "mac");
    add_element(interface, "script", "path", arguments, "script");
    add_element(interface, "model", "type", arguments, "model");
    add_element(interface, "alias", "name", arguments, "alias");
    if (arguments.has("inbound") || arguments.has("outbound")) {
        auto bandwidth = interface.append_child("bandwidth");
        add_rates(bandwidth, "inbound", arguments);
        add_rates(bandwidth, "outbound", arguments);
    }
    return laid_out(document);
}

awaitable<void> attach(Shell& shell, const Arguments& arguments, std::string xml, std::string_view what) {
    if (arguments.has("print-xml")) {
        shell.show_text("xml", xml);
        co_return;
    }
    auto domain = co_await shell.domain_of(arguments);
    co_await change_device(domain, DeviceVerb::Attach, std::move(xml), arguments,
                           fmt::format("failed to attach the {}", what));
    shell.print_extra("{}{} attached successfully\n", static_cast<char>(what.front() - 'a' + 'A'),
                      what.substr(1));
}

awaitable<void> attach_disk(Shell& shell, const Arguments& arguments) {
    return attach(shell, arguments, disk_xml(arguments), "disk");
}
awaitable<void> attach_interface(Shell& shell, const Arguments& arguments) {
    return attach(shell, arguments, interface_xml(arguments), "interface");
}
} // namespace

std::vector<Command> attachment_commands() {
    return {
        {"attach-disk",
         "attach a disk",
         "",
         {domain_option,
          {"source", Positional, "the file, the device of the host, or the name of a network's image"},
          {"target", Positional, "the name that the disk gets, such as vdb"},
          {"targetbus", NamedText, "its bus: virtio, scsi, sata, ide, usb, …"},
          {"driver", NamedText, "who serves it: qemu"},
          {"subdriver", NamedText, "the image's format: raw, qcow2, …"},
          {"iothread", NamedText, "the number of the thread that serves it"},
          {"cache", NamedText, "how the host caches it: none, writeback, …"},
          {"io", NamedText, "how the host reads and writes it: native, threads, io_uring"},
          {"type", NamedText, "disk, cdrom, floppy or lun"},
          {"mode", NamedText, "readonly or shareable"},
          {"sourcetype", NamedText, "file, block or network"},
          {"serial", NamedText, "its serial number"},
          {"wwn", NamedText, "its world wide name"},
          {"alias", NamedText, "its alias, which starts with ua-"},
          {"rawio", Flag, "let the guest send any SCSI command"},
          {"address", NamedText, "its place: pci:0000.00.05.0 or ccw:fe.0.0001"},
          {"multifunction", Flag, "let other devices share its PCI slot"},
          print_xml_option,
          {"source-protocol", NamedText, "the protocol of a network's image: nbd, rbd, iscsi, …"},
          {"source-host-name", NamedText, "its server: NAME or NAME:PORT"},
          {"source-host-transport", NamedText, "tcp, unix or rdma"},
          {"source-host-socket", NamedText, "the path of its server's socket"},
          persistent_option,
          config_option,
          live_option,
          current_option},
         attach_disk},
        {"attach-interface",
         "attach a network interface",
         "",
         {domain_option,
          {"type", Positional, "network, bridge, direct or hostdev"},
          {"source", Positional, "the network, the bridge, the host's interface or its PCI address"},
          {"target", NamedText, "the name of the host's side"},
          {"mac", NamedText, "its MAC address"},
          {"script", NamedText, "the script that configures a bridge"},
          {"model", NamedText, "what the guest sees: virtio, e1000e, …"},
          {"alias", NamedText, "its alias, which starts with ua-"},
          {"inbound", NamedText, "limits of what it receives: average,peak,burst,floor in KiB/s"},
          {"outbound", NamedText, "limits of what it sends: average,peak,burst in KiB/s"},
          persistent_option,
          config_option,
          live_option,
          current_option,
          print_xml_option,
          {"managed", Flag, "take the host's device away from its driver meanwhile"},
          {"source-mode", NamedText, "of type direct: vepa, bridge, private or passthrough"}},
         attach_interface},
    };
}

} // namespace vireo::cli
