// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/capabilities.hpp"

#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace vireo::qemu {

namespace {
/// Where libvirt's and QEMU's names of an architecture differ.
constexpr auto renamed = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"i386", "i686"}, {"arm", "armv7l"}, {"or1k", "or32"}});

/// What `-device` takes besides the names that QEMU lists.
constexpr auto device_aliases = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"ahci", "ich9-ahci"}, {"lsi", "lsi53c895a"}});

/// The newest version of each kind of machine: for error messages.
std::string choices(const Capabilities& capabilities) {
    std::vector<std::string> names;
    for (const auto& machine : capabilities.machines) {
        if (!machine.alias.empty()) names.push_back(fmt::format("{} ({})", machine.name, machine.alias));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}
} // namespace

const MachineType* Capabilities::find_machine(std::string_view name) const {
    auto found = std::ranges::find_if(
        machines, [&](const auto& machine) { return machine.name == name || machine.alias == name; });
    return found == machines.end() || name.empty() ? nullptr : &*found;
}

const MachineType& Capabilities::require_machine(std::string_view name) const {
    if (name.empty()) {
        auto found = std::ranges::find_if(machines, &MachineType::is_default);
        if (found != machines.end()) return *found;
        throw error(
            ErrorCode::InvalidArgument,
            fmt::format("{} has no default machine type: name one in <os><type machine=…>", emulator));
    }
    if (const auto* found = find_machine(name)) return *found;
    throw error(ErrorCode::ConfigUnsupported,
                fmt::format("unknown machine type '{}': {} offers {} and older versions of these", name,
                            emulator, choices(*this)));
}

bool Capabilities::has_device(std::string_view name) const {
    for (auto [shorter, listed] : device_aliases)
        if (name == shorter) name = listed;
    return std::ranges::binary_search(devices, name);
}

bool Capabilities::has_object(std::string_view name) const {
    return std::ranges::binary_search(objects, name);
}

bool Capabilities::has_display(std::string_view name) const {
    return std::ranges::find(displays, name) != displays.end();
}

const CpuModel* Capabilities::find_cpu_model(std::string_view name) const {
    auto found = std::ranges::find(cpu_models, name, &CpuModel::name);
    return found == cpu_models.end() ? nullptr : &*found;
}

bool is_x86(std::string_view architecture) { return architecture == "x86_64" || architecture == "i686"; }

bool is_architecture(std::string_view name) {
    constexpr auto wide = std::to_array<std::string_view>(
        {"aarch64", "alpha", "ia64", "loongarch64", "mips64", "mips64el", "parisc64", "ppc64", "ppc64le",
         "riscv64", "s390x", "sparc64", "x86_64"});
    return word_size_of(name) == 32 || std::ranges::find(wide, name) != wide.end();
}

std::string architecture_of(std::string_view target) {
    for (auto [theirs, ours] : renamed)
        if (theirs == target) return std::string{ours};
    return std::string{target};
}

std::string target_of(std::string_view architecture) {
    for (auto [theirs, ours] : renamed)
        if (ours == architecture) return std::string{theirs};
    return std::string{architecture};
}

int word_size_of(std::string_view architecture) {
    constexpr auto narrow = std::to_array<std::string_view>(
        {"i686",       "armv6l",       "armv7b", "armv7l", "cris",  "hppa",      "lm32",   "m68k",
         "microblaze", "microblazeel", "mips",   "mipsel", "or32",  "parisc",    "ppc",    "ppcemb",
         "riscv32",    "s390",         "sh4",    "sh4eb",  "sparc", "unicore32", "xtensa", "xtensaeb"});
    return std::ranges::find(narrow, architecture) != narrow.end() ? 32 : 64;
}

json::object to_json(const Capabilities& capabilities) {
    auto texts = [](const std::vector<std::string>& all) { return json::array(all.begin(), all.end()); };
    json::array machines, cpu_models;
    for (const auto& machine : capabilities.machines)
        machines.push_back({{"name", machine.name},
                            {"alias", machine.alias},
                            {"max-cpus", machine.max_cpus},
                            {"default", machine.is_default},
                            {"deprecated", machine.deprecated},
                            {"cpu", machine.default_cpu},
                            {"ram", machine.ram_id}});
    for (const auto& model : capabilities.cpu_models) {
        cpu_models.push_back({{"name", model.name},
                              {"deprecated", model.deprecated},
                              {"blockers", texts(model.blockers)},
                              {"tells-blockers", model.tells_blockers},
                              {"vendor", model.vendor},
                              {"features", texts(model.features)}});
    }
    return {{"emulator", capabilities.emulator},
            {"version", capabilities.version},
            {"package", capabilities.package},
            {"arch", capabilities.arch},
            {"tcg", capabilities.has_tcg},
            {"kvm", capabilities.has_kvm},
            {"machines", std::move(machines)},
            {"cpus", std::move(cpu_models)},
            {"devices", texts(capabilities.devices)},
            {"objects", texts(capabilities.objects)},
            {"displays", texts(capabilities.displays)},
            {"tpm-backends", texts(capabilities.tpm_backends)}};
}

namespace {
/// Reads members of one object, and remembers whether all were there.
struct Members {
    const json::object& from;
    bool& complete;

    void read(const char* key, std::string& into) { take(json::find_text(from, key), into); }
    void read(const char* key, bool& into) { take(json::find_flag(from, key), into); }
    void read(const char* key, std::uint32_t& into) {
        auto number = json::find_number(from, key);
        if (number && *number >= 0 && *number <= UINT32_MAX)
            into = static_cast<std::uint32_t>(*number);
        else
            complete = false;
    }
    void read(const char* key, std::vector<std::string>& into) {
        each(key, [&](const json::value& item) {
            if (const auto* text = item.if_string())
                into.emplace_back(text->data(), text->size());
            else
                complete = false;
        });
    }
    void each(const char* key, auto visit) {
        const auto* list = json::find_array(from, key);
        if (list == nullptr)
            complete = false;
        else
            for (const auto& item : *list) visit(item);
    }
    void each_object(const char* key, auto visit) {
        each(key, [&](const json::value& item) {
            if (const auto* object = item.if_object())
                visit(Members{*object, complete});
            else
                complete = false;
        });
    }

private:
    void take(const auto& member, auto& into) {
        if (member)
            into = *member;
        else
            complete = false;
    }
};
} // namespace

std::optional<Capabilities> capabilities_from_json(const json::object& from) {
    bool complete = true;
    Capabilities result;
    Members members{from, complete};
    members.read("emulator", result.emulator);
    members.read("version", result.version);
    members.read("package", result.package);
    members.read("arch", result.arch);
    members.read("tcg", result.has_tcg);
    members.read("kvm", result.has_kvm);
    members.each_object("machines", [&](Members machine) {
        auto& into = result.machines.emplace_back();
        machine.read("name", into.name);
        machine.read("alias", into.alias);
        machine.read("max-cpus", into.max_cpus);
        machine.read("default", into.is_default);
        machine.read("deprecated", into.deprecated);
        machine.read("cpu", into.default_cpu);
        machine.read("ram", into.ram_id);
    });
    members.each_object("cpus", [&](Members model) {
        auto& into = result.cpu_models.emplace_back();
        model.read("name", into.name);
        model.read("deprecated", into.deprecated);
        model.read("blockers", into.blockers);
        model.read("tells-blockers", into.tells_blockers);
        model.read("vendor", into.vendor);
        model.read("features", into.features);
    });
    members.read("devices", result.devices);
    members.read("objects", result.objects);
    members.read("displays", result.displays);
    members.read("tpm-backends", result.tpm_backends);
    if (!complete) return std::nullopt;
    return result;
}

} // namespace vireo::qemu
