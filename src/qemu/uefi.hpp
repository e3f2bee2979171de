// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"
#include "qemu/capabilities/firmware.hpp"

#include <filesystem>
#include <vector>

namespace vireo::qemu {

/// Names the firmware of a domain that leaves it to us (<os firmware='efi'>), and the file of its variables
/// where that is not named. Throws OperationFailed when no installed firmware is what is asked for.
void choose_firmware(model::domain::Domain& domain, const std::vector<Firmware>& installed,
                     const std::filesystem::path& nvram_directory);

/// The file of this definition's variables: the one that it names, or that choose_firmware will name. Empty
/// where its firmware keeps none.
std::filesystem::path nvram_file(const model::domain::Domain& domain,
                                 const std::filesystem::path& nvram_directory);

/// Names the file of the variables in a definition that names its firmware's code, but not this file.
void name_variables(model::domain::Domain& domain, const std::filesystem::path& nvram_directory);

/// Makes the file of the variables from its template, unless it is there (or is to be as new). Blocks: for
/// the pool. Throws OperationFailed, SystemError.
void prepare_nvram(const model::domain::Domain& domain, bool reset);

} // namespace vireo::qemu
