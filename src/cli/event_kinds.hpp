// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/connection.hpp"
#include "protocol/common.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace vireo::cli {

/// Gets the domain and what follows its name in the line that is shown (may be empty).
using EventPrinter = std::function<void(const protocol::DomainHandle& domain, const std::string& details)>;

/// A kind of event of domains. Its place in the list is its number (virDomainEventID).
struct EventKind {
    std::string_view name;
    void (*listen)(client::Connection& connection, EventPrinter print);
};
std::span<const EventKind> event_kinds();

} // namespace vireo::cli
