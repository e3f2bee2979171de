// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/domain_capabilities.hpp"

#include "qemu/capabilities/cpu.hpp"
#include "qemu/capabilities/cpu_names.hpp"
#include "qemu/capabilities/lines.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace vireo::qemu {

namespace {
using Names = std::vector<std::string>;

/// What is there when one of these devices is; in libvirt's order.
struct Offer {
    std::string_view name;
    std::vector<std::string_view> devices;
};

Names offered(const Capabilities& emulator, const std::vector<Offer>& offers) {
    Names names;
    for (const auto& [name, devices] : offers)
        if (std::ranges::any_of(devices, [&](auto device) { return emulator.has_device(device); }))
            names.emplace_back(name);
    return names;
}

std::string_view yes_no(bool value) { return value ? "yes" : "no"; }

/// An element that is supported, or not and then empty.
void write_support(Lines& out, std::string_view element, bool supported, auto content) {
    if (!supported) return out.line("<{} supported='no'/>", element);
    out.open(fmt::format("{} supported='yes'", element));
    content();
    out.close(element);
}

void write_flag(Lines& out, std::string_view element, bool supported) {
    out.line("<{} supported='{}'/>", element, yes_no(supported));
}

bool is_pseries(const GuestChoices& guest) { return guest.machine.name.starts_with("pseries"); }

// ---- os

/// Where firmware lies that has no descriptor: the list that libvirt has been built with, as its qemu.conf
/// tells.
constexpr auto default_loaders =
    std::to_array<const char*>({"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_CODE.secboot.fd",
                                "/usr/share/AAVMF/AAVMF_CODE.fd"});

/// A description may be there without what it describes.
bool is_there(const std::string& path) {
    std::error_code unreadable;
    return std::filesystem::exists(path, unreadable);
}

void write_os(Lines& out, const GuestChoices& guest) {
    Names kinds, loaders;
    bool secure = false;
    auto add = [](Names& names, const std::string& name) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    };
    for (const auto& firmware : guest.firmwares) {
        if (!firmware.boots(guest.emulator.arch, guest.machine.name)) continue;
        if (firmware.offers(FirmwareInterface::Bios)) add(kinds, "bios");
        if (firmware.offers(FirmwareInterface::Uefi)) add(kinds, "efi");
        if (is_there(firmware.code.path)) add(loaders, firmware.code.path);
        secure |= firmware.has_feature("requires-smm");
    }
    std::ranges::sort(kinds);
    if (loaders.empty()) std::ranges::copy_if(default_loaders, std::back_inserter(loaders), is_there);
    write_support(out, "os", true, [&] {
        out.choices("firmware", kinds);
        write_support(out, "loader", true, [&] {
            for (const auto& path : loaders) out.line("<value>{}</value>", escaped(path));
            out.choices("type", {"rom", "pflash"});
            out.choices("readonly", {"yes", "no"});
            out.choices("secure", secure ? Names{"yes", "no"} : Names{"no"});
        });
    });
}

// ---- cpu

void write_mode(Lines& out, std::string_view name, bool supported, auto content) {
    if (!supported) return out.line("<mode name='{}' supported='no'/>", name);
    out.open(fmt::format("mode name='{}' supported='yes'", name));
    content();
    out.close("mode");
}

void write_host_model(Lines& out, const Capabilities& emulator, const CpuChoice& choice) {
    out.line("<model fallback='forbid'>{}</model>", escaped(choice.model->name));
    if (auto vendor = most_of(emulator).vendor; !vendor.empty()) out.line("<vendor>{}</vendor>", vendor);
    for (const auto& name : choice.require) out.line("<feature policy='require' name='{}'/>", name);
    for (const auto& name : choice.disable) out.line("<feature policy='disable' name='{}'/>", name);
}

/// Which models can be used was asked under TCG and is not known for KVM.
void write_model(Lines& out, const GuestChoices& guest, const CpuModel& model, std::string_view name) {
    bool known = model.tells_blockers && !guest.kvm;
    auto usable = known ? yes_no(model.blockers.empty()) : "unknown";
    auto vendor = name.starts_with("POWER") ? "IBM" : vendor_of(model);
    out.line("<model usable='{}' vendor='{}'{}>{}</model>", usable, vendor.empty() ? "unknown" : vendor,
             model.deprecated ? " deprecated='yes'" : "", escaped(name));
}

void write_models(Lines& out, const GuestChoices& guest) {
    for (const auto& model : guest.emulator.cpu_models) {
        auto name = listed_cpu_model(guest.emulator.arch, model.name);
        if (!name.empty()) write_model(out, guest, model, name);
    }
}

void write_cpu(Lines& out, const GuestChoices& guest) {
    const auto& emulator = guest.emulator;
    bool named = has_named_models(emulator.arch) && !emulator.cpu_models.empty();
    auto host_model = guest.kvm ? CpuChoice{} : host_model_of(emulator);
    out.open("cpu");
    write_mode(out, "host-passthrough", guest.kvm,
               [&] { out.choices("hostPassthroughMigratable", {"on", "off"}); });
    write_mode(out, "maximum", named && emulator.has_cpu_model("max"),
               [&] { out.choices("maximumMigratable", {"on", "off"}); });
    write_mode(out, "host-model", host_model.model != nullptr,
               [&] { write_host_model(out, emulator, host_model); });
    write_mode(out, "custom", named, [&] { write_models(out, guest); });
    out.close("cpu");
}

// ---- devices

bool has_ide(const GuestChoices& guest) {
    constexpr auto machines = std::to_array<std::string_view>({"pc-i440fx", "malta", "sun4u", "g3beige"});
    return std::ranges::any_of(machines, [&](auto name) { return guest.machine.name.starts_with(name); });
}

void write_disk(Lines& out, const GuestChoices& guest) {
    const auto& emulator = guest.emulator;
    bool floppy = !is_pseries(guest);
    Names buses;
    if (has_ide(guest)) buses.emplace_back("ide");
    if (floppy) buses.emplace_back("fdc");
    buses.insert(buses.end(), {"scsi", "virtio"});
    if (emulator.has_device("usb-storage")) buses.emplace_back("usb");
    if (emulator.has_device("ich9-ahci")) buses.emplace_back("sata");
    auto models = offered(emulator, {{"virtio-transitional", {"virtio-blk-pci-transitional"}},
                                     {"virtio-non-transitional", {"virtio-blk-pci-non-transitional"}}});
    models.insert(models.begin(), "virtio");
    write_support(out, "disk", true, [&] {
        out.choices("diskDevice",
                    floppy ? Names{"disk", "cdrom", "floppy", "lun"} : Names{"disk", "cdrom", "lun"});
        out.choices("bus", buses);
        out.choices("model", models);
    });
}

void write_graphics(Lines& out, const Capabilities& emulator) {
    Names kinds;
    for (const auto* kind : {"sdl", "vnc", "spice", "egl-headless", "dbus"})
        if (emulator.has_display(kind)) kinds.emplace_back(kind);
    write_support(out, "graphics", !kinds.empty(), [&] { out.choices("type", kinds); });
}

void write_video(Lines& out, const Capabilities& emulator) {
    auto models = offered(emulator, {{"vga", {"VGA"}},
                                     {"cirrus", {"cirrus-vga"}},
                                     {"vmvga", {"vmware-svga"}},
                                     {"qxl", {"qxl-vga"}},
                                     {"virtio", {"virtio-gpu-device", "virtio-gpu-pci", "virtio-gpu-ccw"}}});
    models.emplace_back("none");
    std::ranges::copy(offered(emulator, {{"bochs", {"bochs-display"}}, {"ramfb", {"ramfb"}}}),
                      std::back_inserter(models));
    write_support(out, "video", true, [&] { out.choices("modelType", models); });
}

void write_hostdev(Lines& out, const GuestChoices& guest) {
    auto kinds = offered(guest.emulator, {{"usb", {"usb-host"}}});
    kinds.insert(kinds.end(), {"pci", "scsi"});
    write_support(out, "hostdev", true, [&] {
        out.choices("mode", {"subsystem"});
        out.choices("startupPolicy", {"default", "mandatory", "requisite", "optional"});
        out.choices("subsysType", kinds);
        out.choices("capsType", {});
        out.choices("pciBackend", guest.vfio ? Names{"vfio"} : Names{});
    });
}

void write_rng(Lines& out, const Capabilities& emulator) {
    auto models = offered(emulator, {{"virtio", {"virtio-rng-device", "virtio-rng-pci", "virtio-rng-ccw"}},
                                     {"virtio-transitional", {"virtio-rng-pci-transitional"}},
                                     {"virtio-non-transitional", {"virtio-rng-pci-non-transitional"}}});
    Names backends;
    for (const auto* backend : {"random", "egd", "builtin"})
        if (emulator.has_object(fmt::format("rng-{}", backend))) backends.emplace_back(backend);
    write_support(out, "rng", !backends.empty(), [&] {
        out.choices("model", models);
        out.choices("backendModel", backends);
    });
}

void write_filesystem(Lines& out, const Capabilities& emulator) {
    Names drivers{"path", "handle"};
    if (emulator.has_device("vhost-user-fs-device")) drivers.emplace_back("virtiofs");
    write_support(out, "filesystem", true, [&] { out.choices("driverType", drivers); });
}

void write_tpm(Lines& out, const GuestChoices& guest) {
    auto models = offered(guest.emulator, {{"tpm-tis", {"tpm-tis", "tpm-tis-device"}},
                                           {"tpm-crb", {"tpm-crb"}},
                                           {"tpm-spapr", {"tpm-spapr"}},
                                           {"spapr-tpm-proxy", {"spapr-tpm-proxy"}}});
    Names backends;
    for (const auto& backend : guest.emulator.tpm_backends)
        if (backend != "emulator" || guest.tpm_emulator) backends.push_back(backend);
    write_support(out, "tpm", !models.empty(), [&] {
        out.choices("model", models);
        out.choices("backendModel", backends);
    });
}

void write_devices(Lines& out, const GuestChoices& guest) {
    const auto& emulator = guest.emulator;
    out.open("devices");
    write_disk(out, guest);
    write_graphics(out, emulator);
    write_video(out, emulator);
    write_hostdev(out, guest);
    write_rng(out, emulator);
    write_filesystem(out, emulator);
    write_tpm(out, guest);
    write_support(out, "redirdev", emulator.has_device("usb-redir"), [&] { out.choices("bus", {"usb"}); });
    Names channels{"pty", "unix"};
    if (emulator.has_display("spice")) channels.emplace_back("spicevmc");
    write_support(out, "channel", true, [&] { out.choices("type", channels); });
    out.close("devices");
}

// ---- features

void write_features(Lines& out, const GuestChoices& guest) {
    const auto& emulator = guest.emulator;
    bool arm = emulator.arch == "aarch64" || emulator.arch == "armv7l";
    out.open("features");
    write_support(out, "gic", arm && guest.machine.name.starts_with("virt-"),
                  [&] { out.choices("version", {"2", "3"}); });
    write_flag(out, "vmcoreinfo", emulator.has_device("vmcoreinfo"));
    write_flag(out, "genid", emulator.has_device("vmgenid"));
    write_flag(out, "backingStoreInput", true);
    write_flag(out, "backup", true);
    if (emulator.arch == "s390x") write_flag(out, "s390-pv", false);
    write_flag(out, "sev", false);
    write_flag(out, "sgx", false);
    if (is_x86(emulator.arch))
        write_support(out, "hyperv", true, [&] { out.choices("features", {"spinlocks", "vendor_id"}); });
    out.close("features");
}
} // namespace

std::string format_domain_capabilities(const GuestChoices& guest) {
    const auto& emulator = guest.emulator;
    Lines out;
    out.open("domainCapabilities");
    out.line("<path>{}</path>", escaped(emulator.emulator));
    out.line("<domain>{}</domain>", guest.kvm ? "kvm" : "qemu");
    out.line("<machine>{}</machine>", escaped(guest.machine.name));
    out.line("<arch>{}</arch>", escaped(emulator.arch));
    out.line("<vcpu max='{}'/>", guest.machine.max_cpus);
    write_flag(out, "iothreads", emulator.has_object("iothread"));
    write_os(out, guest);
    write_cpu(out, guest);
    write_support(out, "memoryBacking", true, [&] {
        Names sources{"file", "anonymous"};
        if (emulator.has_object("memory-backend-memfd")) sources.emplace_back("memfd");
        out.choices("sourceType", sources);
    });
    write_devices(out, guest);
    write_features(out, guest);
    out.close("domainCapabilities");
    return out.take();
}

} // namespace vireo::qemu
