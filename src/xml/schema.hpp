// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace vireo::xml {

/// Checks a document against a RELAX NG schema of the host. Each thread compiles a schema once, again when
/// its file changes. Throws XmlInvalidSchema with line and element path of the innermost fault, XmlDetail for
/// text that is not XML, SystemError for a schema that is none. Blocks, for tens of milliseconds the first
/// time: for the pool.
void check_schema(const std::filesystem::path& schema, std::string_view document);

} // namespace vireo::xml
