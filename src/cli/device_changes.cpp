// SPDX-License-Identifier: Apache-2.0
// The commands that change a domain's devices by files that describe them.
#include "cli/device_changes.hpp"

#include "protocol/domain_devices.hpp"

namespace vireo::cli {

namespace {
using enum OptionKind;
constexpr std::uint32_t live = 1, config = 2, force = 4; // virDomainDeviceModifyFlags
constexpr std::uint32_t inactive_xml = 2;                // virDomainXMLFlags

std::uint32_t flags_for(const client::Domain& domain, const Arguments& arguments) {
    arguments.exclude("persistent", "current");
    auto flags = arguments.impact();
    if (arguments.has("force")) flags |= force;
    if (arguments.has("persistent")) flags |= config | (domain.id() ? live : 0);
    return flags;
}

awaitable<void> change_by_file(Shell& shell, const Arguments& arguments, DeviceVerb verb,
                               std::string_view infinitive, std::string_view done) {
    auto file = arguments.text("file");
    auto domain = co_await shell.domain_of(arguments);
    co_await change_device(domain, verb, content_of(file), arguments,
                           fmt::format("failed to {} the device of {}", infinitive, file));
    shell.print_extra("Device {} successfully\n", done);
}

awaitable<void> attach_device(Shell& shell, const Arguments& arguments) {
    return change_by_file(shell, arguments, DeviceVerb::Attach, "attach", "attached");
}
awaitable<void> detach_device(Shell& shell, const Arguments& arguments) {
    return change_by_file(shell, arguments, DeviceVerb::Detach, "detach", "detached");
}
awaitable<void> update_device(Shell& shell, const Arguments& arguments) {
    return change_by_file(shell, arguments, DeviceVerb::Update, "update", "updated");
}

awaitable<void> detach_device_alias(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto alias = arguments.text("alias");
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("failed to detach the device with alias {}", alias),
                     domain.call(protocol::domain_detach_device_alias, alias, flags));
    shell.print_extra("Device detach request sent successfully\n");
}
} // namespace

awaitable<void> change_device(client::Domain domain, DeviceVerb verb, std::string xml,
                              const Arguments& arguments, std::string failure) {
    auto flags = flags_for(domain, arguments);
    bool simple = flags == 0 && !arguments.has("current"); // an older call says the same
    awaitable<protocol::Nothing> work;
    switch (verb) {
    case DeviceVerb::Attach:
        work = simple ? domain.call(protocol::domain_attach_device, std::move(xml))
                      : domain.call(protocol::domain_attach_device_flags, std::move(xml), flags);
        break;
    case DeviceVerb::Detach:
        work = simple ? domain.call(protocol::domain_detach_device, std::move(xml))
                      : domain.call(protocol::domain_detach_device_flags, std::move(xml), flags);
        break;
    case DeviceVerb::Update: work = domain.call(protocol::domain_update_device_flags, std::move(xml), flags);
    }
    co_await explain(std::move(failure), std::move(work));
}

awaitable<std::string> changed_description(client::Domain domain, const Arguments& arguments) {
    auto flags = flags_for(domain, arguments);
    bool of_definition = (flags & live) == 0 && (flags & config) != 0;
    auto answer = co_await domain.xml(of_definition ? inactive_xml : 0);
    co_return std::move(answer.xml);
}

std::vector<Command> device_change_commands() {
    const Option file{"file", Positional, "file with the XML of one device"};
    return {
        {"attach-device",
         "attach a device that a file describes",
         "",
         {domain_option, file, persistent_option, config_option, live_option, current_option},
         attach_device},
        {"detach-device",
         "detach the device that a file describes",
         "",
         {domain_option, file, persistent_option, config_option, live_option, current_option},
         detach_device},
        {"detach-device-alias",
         "detach the device of an alias",
         "",
         {domain_option,
          {"alias", Positional, "the device's alias"},
          config_option,
          live_option,
          current_option},
         detach_device_alias},
        {"update-device",
         "put a new description in the place of a device's",
         "",
         {domain_option,
          file,
          persistent_option,
          config_option,
          live_option,
          current_option,
          {"force", Flag, "even against the guest's will"}},
         update_device},
    };
}

} // namespace vireo::cli
