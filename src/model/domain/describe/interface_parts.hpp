// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/elements.hpp"

// The larger parts of an <interface>, compiled apart from it.

namespace vireo::model::domain {

/// <source>, <ip>, <route>, <vlan>, <virtualport> and <bandwidth>.
template <class Node> void describe_connection(Node& node, Of<Interface> auto& interface);
/// <filterref>.
template <class Node> void describe_filter(Node& node, Of<Interface> auto& interface);

void read_backend(const xml::Reader& node, std::optional<NetworkBackend>& backend);
/// The frames that may wait for one interrupt. Throws XmlDetail for what is no number.
void read_coalesce(const xml::Reader& frames, std::optional<std::uint32_t>& most);
/// A <teaming> without attributes is none.
void read_teaming(const xml::Reader& node, std::optional<Teaming>& teaming);
/// The one model that libvirt knows in any case of letters gets its usual ones.
void settle_model(std::string& model);
/// Names that a driver made for an earlier run.
void forget_generated(Interface& interface);

/// Checks of these parts; each throws libvirt's error for it.
void check_source(const xml::Reader& node, InterfaceType type);
/// The device that an <address> names, still without its numbers.
HostdevSource source_of_address(const xml::Reader& address);
/// An <ip>, with its addresses in their usual form.
void read_ip(const xml::Reader& node, InterfaceIp& ip);
void check(const xml::Reader& node, const InterfaceRoute& route);
/// Checks the parameters of a port, and generates those that nobody else would.
void settle(const xml::Reader& node, VirtualPort& port, InterfaceType type);
/// Whether a <vlan> is a trunk; one with several tags is.
bool is_trunk(const xml::Reader& node, const Vlan& vlan, const std::string& given);

} // namespace vireo::model::domain
