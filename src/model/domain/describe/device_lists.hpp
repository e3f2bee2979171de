// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/domain.hpp"

// The kinds of devices, taken from the description of <devices>: whoever wants something of every kind asks
// here.

namespace vireo::model::domain {

/// The visitor of <devices> alone that passes on each list of devices.
template <class Visit> class DeviceLists {
public:
    static constexpr bool reads = false;
    explicit DeviceLists(Visit& visit) : visit_{&visit} {}

    void open() const {}
    template <class List> DeviceLists& child(const char* element, List& list) {
        if constexpr (!std::is_same_v<std::remove_const_t<List>, std::string>) (*visit_)(element, list);
        return *this;
    }
    template <class List> DeviceLists& children(const char* element, List& list) {
        (*visit_)(element, list);
        return *this;
    }
    DeviceLists& kept(const char*, const xml::Kept&) { return *this; }
    DeviceLists& single(const char*, ErrorCode = ErrorCode::XmlError) { return *this; }

private:
    Visit* visit_;
};

/// Calls `visit(element, list)` for each kind of device: a vector, or an optional where a domain has one at
/// most.
void for_each_list(Of<Devices> auto& devices, auto visit) {
    DeviceLists<decltype(visit)> lists{visit};
    describe(lists, devices);
}

/// Both kinds of list as one.
template <class T> T& add_to(std::vector<T>& list) { return list.emplace_back(); }
template <class T> T& add_to(std::optional<T>& list) { return list.emplace(); }
template <class T> void for_each_in(std::vector<T>& list, auto visit) { std::ranges::for_each(list, visit); }
template <class T> void for_each_in(const std::vector<T>& list, auto visit) {
    std::ranges::for_each(list, visit);
}
void for_each_in(auto& at_most_one, auto visit)
    requires requires { at_most_one.has_value(); }
{
    if (at_most_one) visit(*at_most_one);
}

/// Calls `visit(element, device)` for every device.
void for_each_device(Of<Devices> auto& devices, auto visit) {
    for_each_list(devices, [&](const char* element, auto& list) {
        for_each_in(list, [&](auto& device) { visit(element, device); });
    });
}

/// Calls `visit` with the info of every device that has one.
void for_each_info(Of<Devices> auto& devices, auto visit) {
    for_each_device(devices, [&](const char*, auto& device) {
        if constexpr (requires { device.info; }) visit(device.info);
    });
}

} // namespace vireo::model::domain
