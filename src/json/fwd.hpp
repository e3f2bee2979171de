// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>

namespace vireo::json {
using boost::json::array;
using boost::json::object;
using boost::json::value;
} // namespace vireo::json
