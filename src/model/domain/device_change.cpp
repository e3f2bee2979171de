// SPDX-License-Identifier: Apache-2.0
#include "model/domain/device_change.hpp"

#include "model/domain/describe/device_lists.hpp"
#include "model/domain/describe/kept_rules.hpp"
#include "model/domain/device_identity.hpp"
#include "model/domain/normalise.hpp"
#include "xml/writer.hpp"

#include <algorithm>
#include <sstream>

namespace vireo::model::domain {

namespace {

Error error(ErrorCode code, const std::string& message) { return {code, ErrorDomain::Domain, message}; }

/// The element of one device, which has been sent alone.
class DeviceText {
public:
    DeviceText(std::string_view text, Scope scope)
        : text_{text}, scope_{scope}, document_{text, ErrorDomain::Domain} {}

    std::string_view element() const { return document_.root().name(); }
    const DeviceKind& kind() const { return device_kind(element()); }
    template <class T> void read(T& device) const {
        xml::Reader node{document_.root(), document_, text_, {.live = scope_ == Scope::Live, .secure = true}};
        describe(node, device);
        check_kept(document_.root(), document_);
    }
    [[noreturn]] void refuse_element() const {
        document_.fail(document_.root(), nullptr, ErrorCode::ConfigUnsupported, "there are no such devices");
    }

private:
    std::string_view text_;
    Scope scope_;
    xml::Document document_;
};

/// A device as the definition has it, to be looked at by paths.
class DeviceTree {
public:
    DeviceTree(const char* element, const auto& device) {
        {
            xml::Writer node{text_, element, {.live = false, .secure = true}};
            node.open();
            describe(node, device);
        }
        document_.emplace(text_, ErrorDomain::Domain);
    }
    pugi::xml_node root() const { return document_->root(); }

private:
    std::string text_;
    std::optional<xml::Document> document_;
};

/// Whether the address of an interface is still to be made up, and so names none.
template <class T> bool has_open_mac(const T& device) {
    if constexpr (std::is_same_v<T, Interface>) return device.mac == MacAddress{};
    return false;
}

template <class T> bool is_serial_console(const T& device) {
    if constexpr (std::is_same_v<T, Console>)
        return device.target.value_or(ConsoleTarget::Serial) == ConsoleTarget::Serial;
    return false;
}

/// Calls `visit(element, list)` with the domain's devices of the text's kind. Throws ConfigUnsupported when
/// there is no such kind.
void with_list(const DeviceText& text, Domain& domain, auto visit) {
    bool known = false;
    for_each_list(domain.devices, [&](const char* element, auto& list) {
        if (text.element() != element) return;
        known = true;
        visit(element, list);
    });
    if (!known) text.refuse_element();
}

/// The devices of a list as pointers, which tell their places.
template <class T> std::vector<T*> pointers_to(std::vector<T>& list) {
    std::vector<T*> found;
    for (auto& device : list) found.push_back(&device);
    return found;
}
template <class T> std::vector<T*> pointers_to(std::optional<T>& list) {
    return list ? std::vector<T*>{&*list} : std::vector<T*>{};
}
template <class T> void drop(std::vector<T>& list, const T* device) {
    list.erase(list.begin() + (device - list.data()));
}
template <class T> void drop(std::optional<T>& list, const T*) { list.reset(); }

template <class T>
std::vector<T*> find_meant(const DeviceKind& kind, const char* element, const T& asked, auto& list) {
    auto devices = pointers_to(list);
    DeviceTree wanted{element, asked};
    if (has_open_mac(asked)) wanted.root().remove_child("mac");
    std::erase_if(devices, [&](const T* device) {
        DeviceTree tree{element, *device};
        return !is_meant(kind, wanted.root(), tree.root());
    });
    return devices;
}

template <class T>
T* require_meant(const DeviceKind& kind, ErrorCode missing, const char* element, const T& asked, auto& list) {
    auto found = find_meant(kind, element, asked, list);
    if (found.empty()) throw error(missing, fmt::format("the domain has no such <{}>", element));
    if (std::is_same_v<T, Interface> && found.size() > 1)
        throw error(
            ErrorCode::OperationFailed,
            fmt::format("{} interfaces of the domain could be meant: give the address, too", found.size()));
    return found.front();
}

bool is_address_taken(Domain& domain, const Address& address) {
    bool taken = false;
    for_each_info(domain.devices, [&](const DeviceInfo& info) { taken = taken || info.address == address; });
    return taken && !std::holds_alternative<std::monostate>(address);
}

template <class T>
bool has_already(const DeviceKind& kind, const char* element, const T& device, Domain& domain, auto& list) {
    switch (kind.twice) {
    case DeviceKind::Double::Allowed: return false;
    case DeviceKind::Double::Refused: return !find_meant(kind, element, device, list).empty();
    case DeviceKind::Double::KindTaken: return !pointers_to(list).empty();
    case DeviceKind::Double::AddressTaken:
        if constexpr (requires { device.info; }) return is_address_taken(domain, device.info.address);
    }
    return false;
}

/// A first serial port that is attached is the guest's console, whatever bus it is on.
template <class T> void show_as_console(Domain& domain, const T& device) {
    if constexpr (std::is_same_v<T, Serial>) {
        auto& devices = domain.devices;
        if (!devices.serials.empty() || !devices.consoles.empty()) return;
        auto& console = devices.consoles.emplace_back();
        console.source = device.source;
        console.target = ConsoleTarget::Serial;
        console.info = device.info;
    }
}

/// The first console of many guests is their first serial port, and goes with it.
void forget_mirror(Domain& domain, const char* element, const void* device) {
    auto& devices = domain.devices;
    bool is_mirrored = std::string_view{element} == "serial" && !devices.consoles.empty() &&
                       device == static_cast<const void*>(devices.serials.data()) &&
                       is_serial_console(devices.consoles.front());
    if (is_mirrored) devices.consoles.erase(devices.consoles.begin());
}

template <class T> void take_away(Domain& domain, const char* element, T* device, auto& list) {
    forget_mirror(domain, element, device);
    drop(list, device);
}

/// Memory modules come with their memory, and take it along.
void balance_memory(Domain& domain, MemorySize before, MemorySize current) {
    auto now = domain.memory.in_bytes();
    if (now >= before.in_bytes())
        domain.current_memory = MemorySize::bytes(current.in_bytes() + (now - before.in_bytes()));
    else
        domain.current_memory =
            MemorySize::bytes(current.in_bytes() - std::min(current.in_bytes(), before.in_bytes() - now));
}

/// Makes a definition of what `change` left; the domain changes when all went well.
void change_devices(Domain& domain, const ChangeContext& context, auto change) {
    auto next = domain;
    change(next);
    normalise(next);
    balance_memory(next, domain.memory, domain.current_memory);
    validate(next, context.scope == Scope::Live);
    context.complete(next);
    domain = std::move(next);
}

void require(bool possible, const DeviceText& text, std::string_view what,
             ErrorCode code = ErrorCode::OperationUnsupported) {
    if (!possible)
        throw error(code,
                    fmt::format("a <{}> is not {} by a call of its own: change the definition as a whole",
                                text.element(), what));
}

/// What is wrong with a device that comes by a call, whatever the domain has.
template <class T> void check_alone([[maybe_unused]] const T& device) {
    if constexpr (std::is_same_v<T, Smartcard>) {
        const auto* place = std::get_if<CcidAddress>(&device.info.address);
        if (place == nullptr || place->controller != 0 || place->slot != 0)
            throw error(ErrorCode::ConfigUnsupported,
                        "QEMU has one smartcard reader: <address type='ccid' controller='0' slot='0'/>");
    }
}

/// A volume is looked up when its disk comes; nobody keeps pools yet.
template <class T> void require_volume([[maybe_unused]] const T& device) {
    if constexpr (std::is_same_v<T, Disk>) {
        if (device.type == DiskType::Volume && !device.details.volume.pool.empty())
            throw Error(ErrorCode::NoStoragePool, ErrorDomain::Storage,
                        fmt::format("there is no storage pool '{}'", device.details.volume.pool));
    }
}

/// What a definition could not have in place of what it has already is said first.
[[noreturn]] void refuse_twice(const Domain& domain, const DeviceText& text, const char* element,
                               const ChangeContext& context) {
    auto trial = domain;
    with_list(text, trial, [&]<class List>(const char*, List& list) {
        typename List::value_type device;
        text.read(device);
        auto known = find_meant(text.kind(), element, device, list);
        if (!known.empty()) drop(list, known.front());
        add_to(list) = std::move(device);
    });
    try {
        context.check(trial);
    } catch (const Error& fault) {
        if (fault.code == ErrorCode::ConfigUnsupported) throw;
    }
    throw error(context.scope == Scope::Live ? text.kind().twice_live_code : text.kind().twice_code,
                fmt::format("the domain has that <{}> already", element));
}

void add(Domain& domain, const DeviceText& text, const ChangeContext& context) {
    with_list(text, domain, [&]<class List>(const char* element, List& list) {
        typename List::value_type device;
        text.read(device);
        check_alone(device);
        require(!is_serial_console(device), text, "attached as another view of a serial port");
        if (has_already(text.kind(), element, device, domain, list))
            refuse_twice(domain, text, element, context);
        require_volume(device);
        show_as_console(domain, device);
        add_to(list) = std::move(device);
    });
}

void remove(Domain& domain, const DeviceText& text) {
    with_list(text, domain, [&]<class List>(const char* element, List& list) {
        require(text.kind().can_attach, text, "detached");
        typename List::value_type asked;
        text.read(asked);
        take_away(domain, element, require_meant(text.kind(), text.kind().missing, element, asked, list),
                  list);
    });
}

/// What a running device is, where its new description does not say it.
template <class T> void inherit(T& device, const T& old) {
    auto keep = [](auto& value, const auto& before) {
        if (value == std::remove_cvref_t<decltype(value)>{}) value = before;
    };
    if constexpr (requires { device.info; }) {
        keep(device.info.alias, old.info.alias);
        keep(device.info.address, old.info.address);
    }
    if constexpr (std::is_same_v<T, Interface>) {
        keep(device.mac, old.mac);
        keep(device.model, old.model);
        keep(device.target, old.target);
    }
    if constexpr (std::is_same_v<T, Disk>) {
        keep(device.bus, old.bus);
        device.tray.reset();
        device.source_index.reset();
    }
    if constexpr (std::is_same_v<T, Graphics>) {
        bool same_port = device.autoport == old.autoport && (device.autoport || !device.port);
        if (same_port) device.port = old.port;
        keep(device.listens, old.listens);
        keep(device.keymap, old.keymap);
        keep(device.websocket, old.websocket);
    }
    if constexpr (std::is_same_v<T, Memory>) keep(device.node, old.node);
}

void replace(Domain& domain, const DeviceText& text, Scope scope) {
    with_list(text, domain, [&]<class List>(const char* element, List& list) {
        bool live = scope == Scope::Live;
        typename List::value_type device;
        text.read(device);
        check_alone(device);
        require(text.kind().can_update, text, "replaced",
                live ? ErrorCode::ConfigUnsupported : ErrorCode::OperationUnsupported);
        auto missing = live ? text.kind().missing_at_live_update : text.kind().missing_at_update;
        auto* old = require_meant(text.kind(), missing, element, device, list);
        if (live) inherit(device, *old);
        *old = std::move(device);
    });
}

/// Where the trees differ first.
std::string difference_of(pugi::xml_node before, pugi::xml_node after) {
    auto lacks = [](pugi::xml_node whole, pugi::xml_attribute part) {
        auto other = whole.attribute(part.name());
        return !other || std::string_view{other.value()} != part.value();
    };
    for (auto attribute : after.attributes())
        if (lacks(before, attribute)) return fmt::format("@{}", attribute.name());
    for (auto attribute : before.attributes())
        if (lacks(after, attribute)) return fmt::format("@{}", attribute.name());
    auto mine = before.first_child(), theirs = after.first_child();
    for (; mine || theirs; mine = mine.next_sibling(), theirs = theirs.next_sibling()) {
        bool is_new = theirs && !before.child(theirs.name());
        if (std::string_view{mine.name()} != theirs.name())
            return is_new || !mine ? theirs.name() : mine.name();
        if (std::string_view{mine.value()} != theirs.value()) return "text()";
        auto below = difference_of(mine, theirs);
        if (!below.empty()) return fmt::format("{}/{}", mine.name(), below);
    }
    return {};
}

std::string difference_between(const char* element, const auto& before, const auto& after) {
    DeviceTree first{element, before}, second{element, after};
    return difference_of(first.root(), second.root());
}

void remove_alias(Domain& domain, std::string_view alias) {
    bool found = false;
    for_each_list(domain.devices, [&](const char* element, auto& list) {
        if (found) return;
        for (auto* device : pointers_to(list))
            if constexpr (requires { device->info; }) {
                if (device->info.alias != alias) continue;
                found = true;
                return take_away(domain, element, device, list);
            }
    });
    if (!found)
        throw error(ErrorCode::InternalError,
                    fmt::format("no device of the domain has the alias '{}'", alias));
}
} // namespace

void attach_device(Domain& domain, std::string_view xml, const ChangeContext& context) {
    DeviceText text{xml, Scope::Definition}; // what another run has chosen for it does not count
    auto with_device = domain;
    change_devices(with_device, context, [&](Domain& next) { add(next, text, context); });
    require(text.kind().can_attach, text, "attached");
    domain = std::move(with_device);
}

void detach_device(Domain& domain, std::string_view xml, const ChangeContext& context) {
    DeviceText text{xml, context.scope};
    change_devices(domain, context, [&](Domain& next) { remove(next, text); });
}

void detach_device_by_alias(Domain& domain, std::string_view alias, const ChangeContext& context) {
    change_devices(domain, context, [&](Domain& next) { remove_alias(next, alias); });
}

std::string find_device_alias(Domain& live, std::string_view xml) {
    DeviceText text{xml, Scope::Live};
    std::string alias;
    with_list(text, live, [&]<class List>(const char* element, List& list) {
        require(text.kind().can_attach, text, "detached");
        typename List::value_type asked;
        text.read(asked);
        const auto* device = require_meant(text.kind(), ErrorCode::DeviceMissing, element, asked, list);
        if constexpr (requires { device->info; }) alias = device->info.alias;
        require(!alias.empty(), text, "detached from a running domain");
    });
    return alias;
}

std::string settle_device(std::string_view xml) {
    xml::Document document{xml, ErrorDomain::Domain};
    auto device = document.root();
    bool is_open = std::string_view{device.name()} == "interface" && !device.child("mac");
    if (!is_open) return std::string{xml};
    device.append_child("mac").append_attribute("address") = MacAddress::generate().text().c_str();
    std::ostringstream text;
    device.print(text, "", pugi::format_raw);
    return text.str();
}

void update_device(Domain& domain, std::string_view xml, const ChangeContext& context) {
    DeviceText text{xml, context.scope};
    change_devices(domain, context, [&](Domain& next) { replace(next, text, context.scope); });
}

std::string find_difference(const Disk& before, const Disk& after) {
    return difference_between("disk", before, after);
}
std::string find_difference(const Interface& before, const Interface& after) {
    return difference_between("interface", before, after);
}
std::string find_difference(const Graphics& before, const Graphics& after) {
    return difference_between("graphics", before, after);
}
std::string find_difference(const Memory& before, const Memory& after) {
    return difference_between("memory", before, after);
}

} // namespace vireo::model::domain
