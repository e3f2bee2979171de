// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vireo::testdriver {

/// The domain that runs when the driver is new. Name, uuid, size and devices are those of libvirt's driver of
/// this kind, which tests of clients rely on.
extern const std::string_view example_domain;
/// What the driver's host can run.
extern const std::string_view example_capabilities;

} // namespace vireo::testdriver
