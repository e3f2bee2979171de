// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/procedure.hpp"

#include <span>

namespace vireo::protocol {

/// Every procedure and event of a program, in the order of their numbers.
std::span<const ProcedureInfo> procedures_of(Program program);
/// The one with this number, if the program has it.
const ProcedureInfo* find_procedure(Program program, std::int32_t number);

} // namespace vireo::protocol
