// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "async/child_process.hpp"
#include "base/fd.hpp"
#include "qemu/saving/save_image.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace vireo::qemu {

/// How a guest's state is written or read: packed by a program, past the page cache.
struct StateFileOptions {
    Packing packing = Packing::Raw;
    bool bypass_cache = false;
};

/// A program between QEMU and a file: packs, unpacks, or copies past the page cache. What it complains of
/// goes into a file in memory.
class Filter {
public:
    /// Starts it; its standard input and output are these. Throws OperationUnsupported where it is not
    /// installed.
    Filter(const asio::any_io_executor& executor, const std::vector<std::string>& arguments, int in, int out);
    /// Waits for its end. Throws OperationFailed with its words when it failed.
    awaitable<void> finish();
    /// Ends and reaps it.
    awaitable<void> kill();

private:
    std::string program_;
    Fd words_;
    async::ChildProcess child_;
};

/// A file that a guest's state is being written to. A new or regular file is written beside its name and
/// takes it when it is whole; a device is written where it is. Blocking steps are in the pool.
class StateOutput {
public:
    /// Where it will be, and where it is until it is whole: to be written down before `open` makes anything.
    struct Place {
        std::filesystem::path file, part;
    };
    /// Throws system_error.
    static awaitable<Place> choose(std::filesystem::path file);
    /// Opens the file and writes what goes before the state. Throws system_error.
    static awaitable<std::shared_ptr<StateOutput>> open(Place place, std::string before,
                                                        StateFileOptions options);

    /// Where it is written meanwhile; its own name for a device.
    const std::filesystem::path& part() const { return part_; }
    const std::filesystem::path& file() const { return file_; }
    /// The descriptor that QEMU writes to. Once.
    Fd take_input() { return std::move(input_); }
    /// QEMU has written all, and closed it: waits for the rest of the way, and until it is on disk. `marked`:
    /// it begins with a header that is to say so. Throws OperationFailed, system_error.
    awaitable<void> finish(bool marked);
    /// Gives it its name. Throws system_error.
    awaitable<void> publish();
    /// Stops what is on the way; the file may be removed then.
    awaitable<void> abandon();
    /// Why writing probably failed, in words to go behind a message; empty: not known.
    std::string trouble() const;

private:
    std::filesystem::path file_, part_;
    Fd opened_, input_;
    std::optional<Filter> filter_;
};

/// A file whose state a guest is to go on from.
class StateInput {
public:
    /// `file` stands at the beginning of the state.
    StateInput(const asio::any_io_executor& executor, Fd file, StateFileOptions options);
    Fd take_output() { return std::move(output_); }
    /// QEMU has read all.
    awaitable<void> finish();

private:
    Fd output_;
    std::optional<Filter> filter_;
};

/// Gives a whole file its name. Blocks.
void publish_part(const std::filesystem::path& part, const std::filesystem::path& file);
/// Removes what is left of a save that did not come to its end; logs what cannot be. Blocks.
void remove_part(const std::filesystem::path& part, const std::filesystem::path& file);

} // namespace vireo::qemu
