// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/definition.hpp"

#include "async/blocking.hpp"
#include "base/error.hpp"
#include "model/domain/edit.hpp"
#include "model/domain/xml.hpp"
#include "xml/schema.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace vireo::hypervisor {

namespace {
/// Of a text that is parsed on the loop: a few milliseconds.
constexpr std::size_t quick_text = 256U << 10;

DefinitionSummary summarize(const model::domain::Domain& domain) {
    DefinitionSummary summary;
    summary.max_memory = domain.memory;
    summary.memory = domain.current_memory;
    summary.max_vcpus = domain.vcpus.maximum;
    summary.vcpus = current_vcpus(domain);
    summary.os_type = name_of(domain.os.type);
    summary.title = domain.title;
    summary.names_firmware = domain.os.firmware || domain.os.loader || domain.os.nvram;
    return summary;
}
} // namespace

Definition format_text(const model::domain::Domain& domain, bool live) {
    DefinitionText definition;
    definition.open = model::domain::format(domain, {.secure = false, .live = live});
    definition.open.shrink_to_fit(); // it stays
    definition.disks.reserve(domain.devices.disks.size());
    for (const auto& disk : domain.devices.disks) definition.disks.push_back({disk.target, disk.source});
    auto complete = model::domain::format(domain, {.secure = true, .live = live});
    if (complete != definition.open) {
        complete.shrink_to_fit();
        definition.with_secrets = std::move(complete);
    }
    auto summary = summarize(domain);
    summary.has_secrets = !definition.with_secrets.empty();
    return {std::make_shared<const DefinitionText>(std::move(definition)), std::move(summary)};
}

namespace {
/// Of libvirt, where it is installed: what its tools check documents with.
const std::filesystem::path domain_schema{"/usr/share/libvirt/schemas/domain.rng"};

void check_schema_of_host(std::string_view xml) {
    std::error_code ignored;
    if (std::filesystem::exists(domain_schema, ignored)) xml::check_schema(domain_schema, xml);
}
} // namespace

awaitable<model::domain::Domain> parse_definition(std::string xml, model::domain::Unknown unknown) {
    using model::domain::Scope;
    if (unknown == model::domain::Unknown::Refuse) {
        auto check = [&xml] { check_schema_of_host(xml); };
        co_await async::blocking(std::move(check));
    }
    if (xml.size() <= quick_text) co_return model::domain::parse(xml, Scope::Definition, unknown);
    auto parse = [text = std::move(xml), unknown] {
        return model::domain::parse(text, Scope::Definition, unknown);
    };
    co_return co_await async::blocking(std::move(parse));
}

awaitable<model::domain::Domain> parse_text(std::shared_ptr<const DefinitionText> text,
                                            model::domain::Scope scope) {
    auto parse = [text, scope] { return model::domain::parse(text->text(true), scope); };
    if (text->text(true).size() <= quick_text) co_return parse();
    co_return co_await async::blocking(std::move(parse));
}

void take_summary(DomainSnapshot& snapshot, const DefinitionSummary& summary) {
    snapshot.max_memory = summary.max_memory;
    snapshot.memory = summary.memory;
    snapshot.max_vcpus = summary.max_vcpus;
    snapshot.vcpus = summary.vcpus;
    snapshot.os_type = summary.os_type;
    snapshot.title = summary.title;
}

Impact resolve(Impact asked, const DomainSnapshot& domain) {
    if (!asked.live && !asked.persistent) (domain.active() ? asked.live : asked.persistent) = true;
    if (asked.live && !domain.active())
        throw Error{ErrorCode::OperationInvalid, ErrorDomain::Domain,
                    fmt::format("domain '{}' is not running", domain.name)};
    if (asked.persistent && !domain.persistent)
        throw Error{
            ErrorCode::OperationInvalid, ErrorDomain::Domain,
            fmt::format("domain '{}' is transient: it has no definition for its next start", domain.name)};
    return asked;
}

} // namespace vireo::hypervisor
