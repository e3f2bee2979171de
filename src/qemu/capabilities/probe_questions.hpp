// SPDX-License-Identifier: Apache-2.0
// The longer questions of a probe, and how answers of QMP are read: nothing is taken for granted.
#pragma once

#include "qemu/capabilities/capabilities.hpp"
#include "qemu/monitor/monitor.hpp"
#include "json/json.hpp"

namespace vireo::qemu {

/// A member of an object; empty when there is none of this type.
std::string text_of(const json::value& answer, std::string_view key);
/// Whether a member of an object is true.
bool flag_of(const json::value& answer, std::string_view key);
/// Calls `visit` for each object of a list; what is no list of objects has none.
void for_each_object(const json::value& answer, auto visit) {
    const auto* list = answer.if_array();
    if (list == nullptr) return;
    for (const auto& item : *list)
        if (item.is_object()) visit(item);
}
/// The names in a list, whose items are texts or objects with a member `name`.
std::vector<std::string> names_in(const json::value& answer);
/// Those that a command answers with.
awaitable<std::vector<std::string>> names_told_by(Monitor& monitor, std::string command,
                                                  std::chrono::milliseconds deadline);

/// The CPUs that the emulator offers; of x86 also what each of them consists of. Versions of a model
/// ("EPYC-v2") are only listed.
awaitable<std::vector<CpuModel>> ask_cpu_models(Monitor& monitor, std::string arch,
                                                std::chrono::milliseconds deadline);
/// What `-display` takes, from QEMU's description of its own protocol.
awaitable<std::vector<std::string>> ask_displays(Monitor& monitor, std::chrono::milliseconds deadline);

} // namespace vireo::qemu
