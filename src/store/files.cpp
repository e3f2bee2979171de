// SPDX-License-Identifier: Apache-2.0
#include "store/files.hpp"

#include "base/fd.hpp"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

namespace vireo::store {

namespace {
void sync(const std::filesystem::path& path, int flags) {
    Fd file{::open(path.c_str(), flags | O_CLOEXEC)};
    if (!file || ::fsync(file.get()) != 0)
        throw std::system_error(errno, std::generic_category(),
                                "cannot write '" + path.string() + "' to disk");
}
} // namespace

void sync_file(const std::filesystem::path& path) { sync(path, O_RDONLY); }
void sync_directory_of(const std::filesystem::path& path) {
    sync(path.parent_path(), O_RDONLY | O_DIRECTORY);
}

} // namespace vireo::store
