// SPDX-License-Identifier: Apache-2.0
// The commands that find a disk or a network interface in the domain's XML, to detach it or to change its
// medium.
#include "base/mac_address.hpp"
#include "cli/device_changes.hpp"
#include "cli/xml_selection.hpp"
#include "protocol/domain_devices.hpp"

namespace vireo::cli {

namespace {
using enum OptionKind;

/// Whether users mean this disk: they say its target or what it is made of.
bool is_named(pugi::xml_node disk, std::string_view name) {
    if (disk.child("target").attribute("dev").value() == name) return true;
    auto source = disk.child("source");
    for (const char* attribute : {"file", "dev", "dir", "name"})
        if (source.attribute(attribute).value() == name) return true;
    return false;
}

pugi::xml_node find_disk(const pugi::xml_document& document, const std::string& name, bool removable) {
    for (auto disk : document.child("domain").child("devices").children("disk")) {
        std::string_view device = disk.attribute("device").value();
        bool has_medium = device == "cdrom" || device == "floppy";
        if ((has_medium || !removable) && is_named(disk, name)) return disk;
    }
    throw usage_error(fmt::format("there is no {}disk with the source or target '{}'",
                                  removable ? "CD-ROM or floppy " : "", name));
}

pugi::xml_node find_interface(const pugi::xml_document& document, const Arguments& arguments) {
    auto type = arguments.text("type");
    auto mac = arguments.optional_text("mac");
    auto has_mac = [&](pugi::xml_node interface) {
        return MacAddress::parse(interface.child("mac").attribute("address").value()) ==
               MacAddress::parse(*mac);
    };
    std::vector<pugi::xml_node> found;
    for (auto interface : document.child("domain").child("devices").children("interface"))
        if (interface.attribute("type").value() == type && (!mac || has_mac(interface)))
            found.push_back(interface);
    if (found.empty())
        throw usage_error(mac ? fmt::format("no interface of type '{}' has the MAC address '{}'", type, *mac)
                              : fmt::format("there is no interface of type '{}'", type));
    if (found.size() > 1)
        throw usage_error(fmt::format("the domain has {} interfaces of type '{}': say with --mac which",
                                      found.size(), type));
    return found.front();
}

/// Sends an element of the domain's XML away, or shows it.
awaitable<void> detach(Shell& shell, client::Domain domain, const Arguments& arguments, std::string xml,
                       std::string_view what) {
    if (arguments.has("print-xml")) {
        shell.show_text("xml", xml);
        co_return;
    }
    co_await change_device(domain, DeviceVerb::Detach, std::move(xml), arguments,
                           fmt::format("failed to detach the {}", what));
    shell.print_extra("{}{} detached successfully\n", static_cast<char>(what.front() - 'a' + 'A'),
                      what.substr(1));
}

awaitable<void> detach_disk(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto document = parsed_xml(co_await changed_description(domain, arguments));
    auto disk = find_disk(document, arguments.text("target"), false);
    co_await detach(shell, domain, arguments, as_written(disk), "disk");
}

awaitable<void> detach_interface(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto document = parsed_xml(co_await changed_description(domain, arguments));
    auto interface = find_interface(document, arguments);
    co_await detach(shell, domain, arguments, as_written(interface), "interface");
}

enum class MediumChange { Eject, Insert, Update };

/// Whether a drive has a medium: a source that names one.
bool has_medium(pugi::xml_node disk) {
    auto source = disk.child("source");
    bool names_one = false;
    for (const char* attribute : {"file", "dev", "dir", "name", "protocol", "pool"})
        names_one = names_one || *source.attribute(attribute).value() != '\0';
    return names_one;
}

/// Puts the new medium where the old one stood: before the target, indented like that.
void change_source(pugi::xml_node disk, const std::optional<std::string>& path, bool block) {
    disk.remove_child("source");
    disk.attribute("type") = block ? "block" : "file";
    if (!path) return;
    auto target = disk.child("target");
    auto source = disk.insert_child_before("source", target);
    source.append_attribute(block ? "dev" : "file") = path->c_str();
    if (auto indent = source.previous_sibling(); indent && indent.type() == pugi::node_pcdata)
        disk.insert_child_before(pugi::node_pcdata, target).set_value(indent.value());
}

MediumChange medium_change_of(const Arguments& arguments) {
    arguments.exclude("eject", "insert");
    arguments.exclude("eject", "update");
    arguments.exclude("insert", "update");
    arguments.exclude("eject", "block");
    if (arguments.has("eject")) return MediumChange::Eject;
    return arguments.has("insert") ? MediumChange::Insert : MediumChange::Update;
}

std::string changed_drive(const pugi::xml_document& document, const Arguments& arguments,
                          MediumChange change) {
    auto name = arguments.text("path");
    auto disk = find_disk(document, name, true);
    if (change == MediumChange::Eject && !has_medium(disk))
        throw usage_error(fmt::format("drive '{}' has no medium", name));
    if (change == MediumChange::Insert && has_medium(disk))
        throw usage_error(fmt::format("drive '{}' has a medium already", name));
    auto source = arguments.optional_text("source");
    if (change != MediumChange::Eject && !source) throw usage_error("the new medium is missing: --source");
    if (change == MediumChange::Eject) source.reset();
    change_source(disk, source, arguments.has("block"));
    return as_written(disk);
}

awaitable<void> change_media(Shell& shell, const Arguments& arguments) {
    auto change = medium_change_of(arguments);
    auto domain = co_await shell.domain_of(arguments);
    auto document = parsed_xml(co_await changed_description(domain, arguments));
    auto xml = changed_drive(document, arguments, change);
    if (arguments.has("print-xml")) {
        shell.show_text("xml", xml);
        co_return;
    }
    constexpr std::string_view done[]{"ejected", "inserted", "updated"};
    co_await change_device(domain, DeviceVerb::Update, std::move(xml), arguments,
                           "failed to change the medium");
    shell.print_extra("Successfully {} media.", done[static_cast<std::size_t>(change)]);
}

/// By its MAC address, or its name on the host.
pugi::xml_node require_cable(const pugi::xml_document& document, const std::string& wanted) {
    for (auto interface : document.child("domain").child("devices").children("interface"))
        if (wanted == interface.child("mac").attribute("address").value() ||
            wanted == interface.child("target").attribute("dev").value())
            return interface;
    throw usage_error(
        fmt::format("the domain has no interface '{}' (a MAC address or a name of domiflist)", wanted));
}

/// Where virsh puts it: behind all else.
void set_cable(pugi::xml_node interface, const std::string& state) {
    auto link = interface.child("link");
    if (!link) link = interface.append_child("link");
    auto attribute = link.attribute("state");
    if (!attribute) attribute = link.append_attribute("state");
    attribute = state.c_str();
}

awaitable<void> domif_setlink(Shell& shell, const Arguments& arguments) {
    constexpr std::uint32_t live = 1, config = 2; // virDomainModificationImpact
    auto state = arguments.text("state");
    if (state != "up" && state != "down")
        throw usage_error(fmt::format("a cable is 'up' or 'down', not '{}'", state));
    auto domain = co_await shell.domain_of(arguments);
    auto document = parsed_xml(co_await changed_description(domain, arguments));
    auto interface = require_cable(document, arguments.text("interface"));
    set_cable(interface, state);
    if (arguments.has("print-xml")) {
        shell.show_text("xml", as_written(interface));
        co_return;
    }
    auto flags = arguments.has("config") || !domain.id() ? config : live;
    co_await explain("failed to change the cable of the interface",
                     domain.call(protocol::domain_update_device_flags, as_written(interface), flags));
    shell.print_extra("Device updated successfully\n");
}
} // namespace

std::vector<Command> detachment_commands() {
    return {
        {"change-media",
         "change the medium of a CD-ROM or floppy drive",
         "",
         {domain_option,
          {"path", Positional, "the drive's target, or its medium", Completes::Disk},
          {"source", Text, "the new medium"},
          {"eject", Flag, "take the medium out"},
          {"insert", Flag, "put a medium in"},
          {"update", Flag, "put another medium in; usual"},
          current_option,
          live_option,
          config_option,
          {"force", Flag, "even if the guest has locked the tray"},
          print_xml_option,
          {"block", Flag, "the new medium is a block device"}},
         change_media},
        {"detach-disk",
         "detach a disk",
         "",
         {domain_option,
          {"target", Positional, "the disk's target, or what it is made of", Completes::Disk},
          persistent_option,
          config_option,
          live_option,
          current_option,
          print_xml_option},
         detach_disk},
        {"detach-interface",
         "detach a network interface",
         "",
         {domain_option,
          {"type", Positional, "the interface's type, such as network or bridge"},
          {"mac", NamedText, "its MAC address, where several are of the type"},
          persistent_option,
          config_option,
          live_option,
          current_option,
          print_xml_option},
         detach_interface},
        {"domif-setlink",
         "plug an interface's cable in, or pull it out",
         "",
         {domain_option,
          {"interface", Positional, "its MAC address or its name on the host", Completes::Interface},
          {"state", Positional, "up or down"},
          config_option,
          print_xml_option},
         domif_setlink},
    };
}

} // namespace vireo::cli
