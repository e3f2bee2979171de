// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace vireo::store {

/// Whether changes are lost in a write-ahead log of SQLite that it would read without a word: it ends at the
/// first frame with a wrong checksum, as it must for a transaction that was being written when the power
/// failed. Only the last transaction can be such a one, since each is on disk before the next is begun. So
/// two ends of transactions behind a wrong frame tell that it was damaged afterwards. Damage of the last
/// transaction itself looks like the loss of power, and is not noticed. False also where there is no log, or
/// none that belongs to a database. Blocks. Throws system_error.
bool is_log_damaged(const std::filesystem::path& log);

} // namespace vireo::store
