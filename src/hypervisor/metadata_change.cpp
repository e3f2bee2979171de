// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/metadata_change.hpp"

#include "base/error.hpp"
#include "model/domain/edit.hpp"
#include "model/metadata.hpp"

#include <fmt/format.h>

namespace vireo::hypervisor {

namespace {
Error unknown(MetadataType type) {
    return {ErrorCode::InvalidArgument, ErrorDomain::Domain,
            fmt::format("there is no kind {} of metadata", static_cast<std::int32_t>(type))};
}

void set_element(const MetadataChange& change, std::string& metadata) {
    metadata = change.text ? model::with_metadata(metadata, change.uri, change.prefix, *change.text)
                           : model::without_metadata(metadata, change.uri);
}
} // namespace

void apply(const MetadataChange& change, model::domain::Domain& domain) {
    switch (change.type) {
    case MetadataType::Description: domain.description = change.text.value_or(""); return;
    case MetadataType::Title: return set_title(domain, change.text.value_or(""));
    case MetadataType::Element: return set_element(change, domain.metadata);
    }
    throw unknown(change.type);
}

std::string metadata_of(const model::domain::Domain& domain, MetadataType type, const std::string& uri) {
    auto require = [&](std::optional<std::string> text, std::string_view what) {
        if (text && !text->empty()) return std::move(*text);
        throw Error{ErrorCode::NoDomainMetadata, ErrorDomain::Domain,
                    fmt::format("metadata not found: domain '{}' has no {}", domain.name, what)};
    };
    switch (type) {
    case MetadataType::Description: return require(domain.description, "description");
    case MetadataType::Title: return require(domain.title, "title");
    case MetadataType::Element:
        return require(model::find_metadata(domain.metadata, uri), fmt::format("element of '{}'", uri));
    }
    throw unknown(type);
}

} // namespace vireo::hypervisor
