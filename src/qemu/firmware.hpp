// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vireo::qemu {

/// One installed firmware, as its file says (firmware.json of QEMU's interoperability documents). Only
/// firmware in flash memory is listed.
struct FirmwareDescriptor {
    struct Target {
        std::string architecture;
        std::vector<std::string> machines; ///< patterns of fnmatch(3)
    };
    std::filesystem::path file;
    bool uefi = false;
    std::string code,
        variables_template; ///< paths; the template is empty when the firmware keeps no variables
    std::vector<Target> targets;
    std::vector<std::string> features;
    bool has(std::string_view feature) const;
};

/// The descriptors of these directories, the strongest first: by file name, and a file hides those of the
/// same name in later directories. What is no descriptor is left out, with a line in the log. Blocks: for the
/// pool.
std::vector<FirmwareDescriptor> read_firmware(const std::vector<std::filesystem::path>& directories);
/// Where the administrator's and the distributor's descriptors are.
std::vector<std::filesystem::path> firmware_directories();

/// Names the firmware of a domain that leaves it to us (<os firmware='efi'>), and the file of its variables
/// where that is not named. Throws OperationFailed when no installed firmware is what is asked for.
void choose_firmware(model::domain::Domain& domain, const std::vector<FirmwareDescriptor>& installed,
                     const std::filesystem::path& nvram_directory);

/// Makes the file of the variables from its template, unless it is there (or is to be as new). Blocks: for
/// the pool. Throws OperationFailed, SystemError.
void prepare_nvram(const model::domain::Domain& domain, bool reset);

} // namespace vireo::qemu
