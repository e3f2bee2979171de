// SPDX-License-Identifier: Apache-2.0
// What libvirt checks in elements that are only kept so far: a table, by the names of an element and its
// ancestors. An element that gets a description takes its lines with it.
#include "model/domain/describe/kept_rules.hpp"

#include "model/domain/describe/checks.hpp"
#include "xml/value.hpp"

#include <algorithm>
#include <initializer_list>

namespace vireo::model::domain {

namespace {
enum class Kind { Any, Number, CNumber, Choice, Uuid, CpuSet };

struct Rule {
    std::string_view path; ///< the last names of the element's path
    const char* attribute; ///< null: its text
    Kind kind;
    bool required = false;
    ErrorCode wrong = ErrorCode::XmlError, missing = ErrorCode::XmlError;
    std::initializer_list<std::string_view> choices = {};
};

constexpr auto unsupported = ErrorCode::ConfigUnsupported;
constexpr auto invalid = ErrorCode::InvalidArgument;

const Rule rules[] = {
    {"disk/source/address", "domain", Kind::CNumber},
    {"disk/source/address", "bus", Kind::CNumber},
    {"disk/source/address", "slot", Kind::CNumber},
    {"disk/source/address", "function", Kind::CNumber},
    {"interface/source/address",
     "type",
     Kind::Choice,
     true,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"pci", "usb"}},
    {"interface/source/address", "domain", Kind::CNumber},
    {"interface/source/address", "bus", Kind::CNumber},
    {"interface/source/address", "slot", Kind::CNumber},
    {"interface/source/address", "function", Kind::CNumber},
    {"auth", "username", Kind::Any, true},
    {"auth/secret",
     "type",
     Kind::Choice,
     true,
     unsupported,
     unsupported,
     {"ceph", "iscsi", "volume", "tls", "vtpm"}},
    {"encryption",
     "format",
     Kind::Choice,
     true,
     unsupported,
     ErrorCode::XmlError,
     {"default", "qcow", "luks", "luks2"}},
    {"encryption",
     "engine",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"qemu", "librbd"}},
    {"encryption/secret", "type", Kind::Choice, true, unsupported, ErrorCode::XmlError, {"passphrase"}},
    {"encryption/secret", "uuid", Kind::Uuid},
    {"auth/secret", "uuid", Kind::Uuid},
    {"reconnect", "enabled", Kind::Choice, true, ErrorCode::XmlError, ErrorCode::XmlError, {"yes", "no"}},
    {"reconnect", "timeout", Kind::Number},
    {"seclabel", "relabel", Kind::Choice, false, ErrorCode::XmlError, ErrorCode::XmlError, {"yes", "no"}},
    {"domain/seclabel",
     "type",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"default", "none", "dynamic", "static"}},
    {"source/seclabel",
     "labelskip",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"yes", "no"}},
    {"disk/boot", "order", Kind::Any, true},
    {"interface/boot", "order", Kind::Any, true},
    {"hostdev/boot", "order", Kind::Any, true},
    {"redirdev/boot", "order", Kind::Any, true},
    {"vcpupin", "vcpu", Kind::Number, true},
    {"vcpupin", "cpuset", Kind::CpuSet, true, invalid},
    {"emulatorpin", "cpuset", Kind::CpuSet, true, invalid},
    {"iothreadpin", "iothread", Kind::Number, true},
    {"iothreadpin", "cpuset", Kind::CpuSet, true, invalid},
    {"vcpusched", "vcpus", Kind::CpuSet, true, invalid},
    {"iothreadsched", "iothreads", Kind::CpuSet, true, invalid},
    {"cputune/shares", nullptr, Kind::Number},
    {"cputune/period", nullptr, Kind::Number},
    {"cputune/global_period", nullptr, Kind::Number},
    {"cputune/emulator_period", nullptr, Kind::Number},
    {"cputune/iothread_period", nullptr, Kind::Number},
    {"numatune/memory", "nodeset", Kind::CpuSet, false, invalid},
    {"numatune/memory",
     "mode",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"strict", "preferred", "interleave", "restrictive"}},
    {"numatune/memory",
     "placement",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"static", "auto"}},
    {"numatune/memnode", "cellid", Kind::Number, true},
    {"numatune/memnode", "nodeset", Kind::CpuSet, true, invalid},
    {"numatune/memnode",
     "mode",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"strict", "preferred", "interleave", "restrictive"}},
    {"numa/cell/cache", "level", Kind::Number, true},
    {"cell/cache/size", "value", Kind::Number, true},
    {"cell/cache/line", "value", Kind::Number, true},
    {"teaming", "type", Kind::Choice, true, unsupported, unsupported, {"persistent", "transient"}},
    {"interface/ip", "address", Kind::Any, true},
    {"interface/ip", "prefix", Kind::Number},
    {"source/ip", "address", Kind::Any, true},
    {"source/ip", "prefix", Kind::Number},
    {"virtualport",
     "type",
     Kind::Choice,
     false,
     unsupported,
     unsupported,
     {"none", "802.1Qbg", "802.1Qbh", "openvswitch", "midonet"}},
    {"parameters", "managerid", Kind::Number},
    {"parameters", "typeid", Kind::Number},
    {"parameters", "typeidversion", Kind::Number},
    {"parameters", "instanceid", Kind::Uuid},
    {"parameters", "interfaceid", Kind::Uuid},
    {"vlan/tag", "id", Kind::Number, true},
    {"filterref", "filter", Kind::Any, true},
    {"bandwidth/inbound", "average", Kind::Number},
    {"bandwidth/inbound", "peak", Kind::Number},
    {"bandwidth/inbound", "burst", Kind::Number},
    {"bandwidth/outbound", "average", Kind::Number},
    {"bandwidth/outbound", "peak", Kind::Number},
    {"bandwidth/outbound", "burst", Kind::Number},
    {"blkiotune/weight", nullptr, Kind::Number},
    {"blkiotune/device/weight", nullptr, Kind::Number},
    {"defaultiothread", "thread_pool_min", Kind::Number},
    {"defaultiothread", "thread_pool_max", Kind::Number},
    {"memory/target/node", nullptr, Kind::Number},
    {"memory",
     "access",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"shared", "private"}},
    {"filesystem",
     "accessmode",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"passthrough", "mapped", "squash"}},
    {"filesystem",
     "type",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"mount", "block", "file", "template", "ram", "bind", "volume"}},
    {"filesystem", "fmode", Kind::Number},
    {"filesystem", "dmode", Kind::Number},
    {"interface", "managed", Kind::Choice, false, ErrorCode::XmlError, ErrorCode::XmlError, {"yes", "no"}},
    {"shmem", "role", Kind::Choice, false, ErrorCode::XmlError, ErrorCode::XmlError, {"master", "peer"}},
    {"shmem/msi", "vectors", Kind::Number},
    {"shmem/msi", "ioeventfd", Kind::Choice, false, ErrorCode::XmlError, ErrorCode::XmlError, {"on", "off"}},
    {"keywrap/cipher", "name", Kind::Choice, true, ErrorCode::XmlError, ErrorCode::XmlError, {"aes", "dea"}},
    {"keywrap/cipher", "state", Kind::Choice, true, ErrorCode::XmlError, ErrorCode::XmlError, {"on", "off"}},
    {"lease/key", nullptr, Kind::Any, true},
    {"idmap/uid", "start", Kind::Number, true},
    {"idmap/uid", "target", Kind::Number, true},
    {"idmap/uid", "count", Kind::Number, true},
    {"idmap/gid", "start", Kind::Number, true},
    {"idmap/gid", "target", Kind::Number, true},
    {"idmap/gid", "count", Kind::Number, true},
    {"disk",
     "snapshot",
     Kind::Choice,
     false,
     unsupported,
     unsupported,
     {"no", "internal", "external", "manual", "default"}},
    {"disk/transient",
     "shareBacking",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"yes", "no"}},
};

bool matches(pugi::xml_node element, std::string_view path) {
    for (;;) {
        auto slash = path.rfind('/');
        if (path.substr(slash == path.npos ? 0 : slash + 1) != element.name()) return false;
        if (slash == path.npos) return true;
        path = path.substr(0, slash);
        element = element.parent();
    }
}

bool is_valid(const Rule& rule, std::string_view value) {
    std::uint64_t number = 0;
    switch (rule.kind) {
    case Kind::Any: return true;
    case Kind::Number: return xml::read_value(value, number) && number <= UINT32_MAX;
    case Kind::CNumber: return xml::read_c_number(value, UINT32_MAX, number);
    case Kind::Choice: return std::ranges::find(rule.choices, value) != rule.choices.end();
    case Kind::Uuid: return vireo::Uuid::parse(value).has_value();
    case Kind::CpuSet: return is_cpu_set(value);
    }
    return true;
}

void apply(const Rule& rule, pugi::xml_node element, const xml::Document& document) {
    auto attribute = rule.attribute == nullptr ? pugi::xml_attribute{} : element.attribute(rule.attribute);
    std::string_view value = rule.attribute == nullptr ? element.child_value() : attribute.value();
    bool given = rule.attribute == nullptr ? !value.empty() : static_cast<bool>(attribute);
    if (!given) {
        if (rule.required)
            document.fail(element, nullptr, rule.missing,
                          rule.attribute == nullptr
                              ? std::string{"the element is empty"}
                              : fmt::format("attribute '{}' is missing", rule.attribute));
        return;
    }
    if (!is_valid(rule, value))
        document.fail(element, rule.attribute, rule.wrong,
                      fmt::format("'{}' is none of its values", value.substr(0, 80)));
}
} // namespace

void check_kept(pugi::xml_node element, const xml::Document& document) {
    for (const auto& rule : rules)
        if (rule.path.ends_with(element.name()) && matches(element, rule.path))
            apply(rule, element, document);
    if (std::string_view{element.name()} == "metadata") return;
    for (auto child : element.children())
        if (child.type() == pugi::node_element) check_kept(child, document);
}

} // namespace vireo::model::domain
