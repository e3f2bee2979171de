// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/database.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>

namespace vireo::store {

/// What opening found.
struct Opening {
    std::unique_ptr<Database> database;
    std::size_t damaged_rows = 0; // set aside in the table `damaged_record`
    /// The file was damaged or missing, and rebuilt from what was left and from the copy; or its log was
    /// damaged, and ended there.
    bool recovered = false;
};

/// Where the copy of the last clean start is kept.
std::filesystem::path copy_of(const std::filesystem::path& file);

/// Opens the database, which is new when neither it nor its copy exists. A damaged one is set aside (it stays
/// as FILE.damaged-N) and replaced by one that holds each record that can still be read, and for all others
/// what the copy has. That is logged as an error: changes since the copy may be lost. Throws Error,
/// system_error.
Opening open_or_recover(const std::filesystem::path& file);

} // namespace vireo::store
