// SPDX-License-Identifier: Apache-2.0
#include "launch/guest_domain.hpp"

#include "launch/error.hpp"
#include "model/domain/xml.hpp"
#include "model/metadata.hpp"
#include "xml/document.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vireo::launch {

using namespace model::domain;

namespace {
constexpr std::string_view loopback = "127.0.0.1";

Disk make_disk(const std::filesystem::path& path, std::string_view format, std::string_view target) {
    Disk disk;
    disk.driver.emplace();
    disk.driver->name = "qemu";
    disk.driver->type = format;
    disk.source = path;
    disk.target = target;
    disk.bus = DiskBus::Virtio;
    return disk;
}

Interface make_interface(const std::vector<Forward>& forwards, bool passt) {
    Interface interface;
    interface.type = InterfaceType::User;
    interface.model = "virtio";
    if (passt) interface.backend = NetworkBackend::Passt;
    for (const auto& forward : forwards) {
        PortForward rule;
        rule.address = loopback;
        rule.ranges.push_back({forward.host, std::nullopt, forward.guest, std::nullopt});
        interface.port_forwards.push_back(std::move(rule));
    }
    return interface;
}

/// A QEMU without root's rights cannot give files away: what the guest writes belongs to its user (squash).
/// One that could must not: then a guest's owners and rights are kept beside the files (mapped).
Filesystem make_filesystem(const Mount& mount, std::size_t number, bool keep_owners) {
    Filesystem filesystem;
    filesystem.type = FilesystemType::Mount;
    filesystem.access = keep_owners ? FilesystemAccess::Mapped : FilesystemAccess::Squash;
    filesystem.multiple_devices = MultipleDevices::Remap;
    filesystem.source = mount.directory;
    filesystem.target = mount_tag(number);
    return filesystem;
}

std::string metadata_element(const LaunchMetadata& metadata) {
    pugi::xml_document document;
    auto element = document.append_child("launch");
    element.append_attribute("folder") = metadata.folder.c_str();
    element.append_attribute("user") = metadata.user.c_str();
    element.append_attribute("image") = metadata.image.c_str();
    struct Text : pugi::xml_writer {
        void write(const void* data, std::size_t size) override {
            text.append(static_cast<const char*>(data), size);
        }
        std::string text;
    } written;
    document.save(written, "", pugi::format_raw | pugi::format_no_declaration);
    return written.text;
}

std::uint16_t parse_port(std::string_view text, std::string_view whole) {
    std::uint16_t port = 0;
    auto [end, failure] = std::from_chars(text.begin(), text.end(), port);
    if (failure != std::errc{} || end != text.end() || port == 0)
        throw error(
            ErrorCode::InvalidArgument,
            fmt::format("'{}' is no forwarding of a port: it is HOST:GUEST as in 8080:80, or one number",
                        whole));
    return port;
}
} // namespace

Forward parse_forward(std::string_view text) {
    auto colon = text.find(':');
    if (colon == text.npos) return {parse_port(text, text), parse_port(text, text)};
    return {parse_port(text.substr(0, colon), text), parse_port(text.substr(colon + 1), text)};
}

std::optional<LaunchMetadata> parse_metadata(const std::string& element) {
    pugi::xml_document document;
    if (!document.load_buffer(element.data(), element.size())) return std::nullopt;
    auto root = document.document_element();
    LaunchMetadata metadata{root.attribute("folder").value(), root.attribute("user").value(),
                            root.attribute("image").value()};
    if (std::string_view{root.name()} != "launch" || !metadata.folder.is_absolute()) return std::nullopt;
    return metadata;
}

std::string domain_xml(const GuestPlan& plan) {
    Domain domain;
    domain.type = plan.kvm ? VirtType::Kvm : VirtType::Qemu;
    domain.name = plan.name;
    domain.uuid = plan.uuid;
    domain.metadata = model::with_metadata("", metadata_uri, "vireo", metadata_element(plan.metadata));
    domain.memory = domain.current_memory = plan.memory;
    domain.vcpus.maximum = plan.cpus;
    domain.os.arch = guest_architecture;
    domain.os.machine = guest_machine;
    domain.os.boot = {BootDevice::Disk};
    domain.features.emplace().acpi = true;
    domain.cpu.emplace().mode = plan.kvm ? CpuMode::HostPassthrough : CpuMode::Maximum;
    auto seed = make_disk(plan.seed, "raw", "vdb");
    seed.readonly = true;
    domain.devices.disks = {make_disk(plan.disk, "qcow2", "vda"), std::move(seed)};
    domain.devices.interfaces = {make_interface(plan.forwards, plan.passt)};
    for (std::size_t number = 0; number < plan.mounts.size(); ++number)
        domain.devices.filesystems.push_back(make_filesystem(plan.mounts[number], number, plan.keep_owners));
    auto& serial = domain.devices.serials.emplace_back();
    serial.source.log_file = plan.console_log;
    serial.source.log_append = Switch::Off;
    domain.devices.rngs.emplace_back().path = "/dev/urandom";
    return format(domain, {.secure = true});
}

bool offers_kvm(const std::string& domain_capabilities) {
    xml::Document document{domain_capabilities, ErrorDomain::Capabilities};
    return document.root().child_value("domain") == std::string_view{"kvm"};
}

std::vector<Forward> forwards_of(const std::string& xml) {
    std::vector<Forward> all;
    for (const auto& interface : parse(xml, Scope::Live).devices.interfaces)
        for (const auto& rule : interface.port_forwards)
            for (const auto& range : rule.ranges)
                if (rule.protocol == ForwardProtocol::Tcp && range.exclude != Answer::Yes)
                    all.push_back({range.start, range.to.value_or(range.start)});
    return all;
}

} // namespace vireo::launch
