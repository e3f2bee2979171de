// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/byte_channel.hpp"

#include <memory>
#include <string_view>

namespace vireo::testdriver {

inline constexpr std::string_view picture_type = "image/png";
/// What every screen shows, to be read.
std::unique_ptr<async::ByteChannel> open_picture();

} // namespace vireo::testdriver
