// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "base/memory_size.hpp"
#include "hypervisor/domain_snapshot.hpp"
#include "hypervisor/guest_requests.hpp"
#include "model/domain/xml.hpp"

#include <memory>
#include <string>

namespace vireo::hypervisor {

/// What readers ask of a definition most often, kept beside its text so that the text need not be parsed.
struct DefinitionSummary {
    MemorySize max_memory, memory;
    std::uint32_t max_vcpus = 0, vcpus = 0;
    std::string os_type = "hvm";
    std::string title;
    bool names_firmware = false; ///< whose variables may have a file of their own
    bool has_secrets = false;    ///< the text with passwords differs from the one that everybody may see
    friend bool operator==(const DefinitionSummary&, const DefinitionSummary&) = default;
};

/// A definition as text, formatted once: what a driver keeps of it at rest.
struct Definition {
    std::shared_ptr<const DefinitionText> text;
    DefinitionSummary summary;
    explicit operator bool() const { return text != nullptr; }
    /// With passwords: what is parsed to work with it.
    const std::string& complete() const { return text->text(true); }
};
Definition format_text(const model::domain::Domain& domain, bool live);

/// Parses what a client sent: a long text in the pool, so that the loop goes on. When unknown parts are to be
/// refused, it must also fit the schema that is installed on the host, if any. Throws as
/// `model::domain::parse`, and `xml::check_schema`.
awaitable<model::domain::Domain>
parse_definition(std::string xml, model::domain::Unknown unknown = model::domain::Unknown::Ignore);

/// Parses a text of ours with its passwords, in the same way.
awaitable<model::domain::Domain> parse_text(std::shared_ptr<const DefinitionText> text,
                                            model::domain::Scope scope);

/// Tells the snapshot what the definition says.
void take_summary(DomainSnapshot& snapshot, const DefinitionSummary& summary);

/// Which descriptions a change means for a domain that is so now. Throws OperationInvalid where one of them
/// is not there: live while it does not run, persistent of a transient one.
Impact resolve(Impact asked, const DomainSnapshot& domain);

} // namespace vireo::hypervisor
