// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/doubled.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

namespace vireo::model::domain {

namespace {
/// Elements that only hold others together, by their local names: those of QEMU's namespace have any prefix.
constexpr std::string_view containers[] = {"blkiotune",     "capabilities", "commandline", "cputune",
                                           "devices",       "features",     "idmap",       "keywrap",
                                           "memoryBacking", "os",           "override"};

bool is_container(std::string_view name) {
    name = name.substr(name.rfind(':') + 1);
    return std::ranges::find(containers, name) != std::end(containers);
}

void move_children(pugi::xml_node from, pugi::xml_node to) {
    for (auto child = from.first_child(); child; child = from.first_child()) to.append_move(child);
}
} // namespace

void merge_doubled(pugi::xml_node domain) {
    std::map<std::string_view, pugi::xml_node> first;
    for (auto element : domain.children()) {
        if (element.type() != pugi::node_element || !is_container(element.name())) continue;
        auto [known, is_new] = first.emplace(element.name(), element);
        if (!is_new) move_children(element, known->second);
    }
}

} // namespace vireo::model::domain
