// SPDX-License-Identifier: Apache-2.0
#include "cli/cpu_descriptions.hpp"

#include "cli/shell.hpp"

#include <pugixml.hpp>

#include <sstream>

namespace vireo::cli {

namespace {
std::string text_of(pugi::xml_node node) {
    std::ostringstream text;
    node.print(text, "", pugi::format_raw);
    return text.str();
}

/// The model that a hypervisor makes of the host's, as a description of its own.
std::string description_of_mode(pugi::xml_node mode) {
    pugi::xml_document document;
    auto cpu = document.append_child("cpu");
    for (auto child : mode.children()) cpu.append_copy(child);
    return text_of(cpu);
}
} // namespace

std::vector<std::string> cpu_descriptions_in(const std::string& path) {
    auto content = content_of(path);
    pugi::xml_document document;
    document.load_string(content.c_str(), pugi::parse_default | pugi::parse_fragment); // several may follow
    std::vector<std::string> found;
    for (auto node : document.select_nodes("/cpu | /domain/cpu | /capabilities/host/cpu"))
        found.push_back(text_of(node.node()));
    for (auto node :
         document.select_nodes("/domainCapabilities/cpu/mode[@name='host-model' and @supported='yes']"))
        found.push_back(description_of_mode(node.node()));
    if (found.empty())
        throw usage_error(
            fmt::format("file '{}' has no <cpu> element, and no XML of a domain, of capabilities "
                        "or of domain capabilities with one",
                        path));
    return found;
}

} // namespace vireo::cli
