// SPDX-License-Identifier: Apache-2.0
#include "qemu/saving/state_files.hpp"

#include "async/blocking.hpp"
#include "base/log.hpp"
#include "qemu/error.hpp"
#include "store/files.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <csignal>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu.saving"};

std::system_error failed(std::string_view what, const std::filesystem::path& path) {
    return {errno, std::generic_category(), fmt::format("cannot {} '{}'", what, path.native())};
}

struct Pipe {
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
        read = Fd{ends[0]};
        write = Fd{ends[1]};
    }
    Fd read, write;
};

Fd duplicate(const Fd& file) {
    Fd copy{::fcntl(file.get(), F_DUPFD_CLOEXEC, 3)};
    if (!copy) throw std::system_error(errno, std::generic_category(), "cannot pass on a file");
    return copy;
}

/// A new file's own name is free until it is whole.
bool is_replaced(const std::filesystem::path& file) {
    auto type = std::filesystem::status(file).type();
    return type == std::filesystem::file_type::not_found || type == std::filesystem::file_type::regular;
}

/// A name beside the one that the file will have.
std::filesystem::path part_of(const std::filesystem::path& file) {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != sizeof number)
        throw std::system_error(errno, std::generic_category(), "cannot draw a number");
    return file.parent_path() / fmt::format(".{}.part-{:016x}", file.filename().native(), number);
}

Fd make_part(const StateOutput::Place& place) {
    Fd opened{::open(place.part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (!opened) throw failed("write", place.file);
    return opened;
}

void write_all(int file, std::string_view bytes, const std::filesystem::path& path) {
    while (!bytes.empty()) {
        auto count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw failed("write", path);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

Fd open_device(const std::filesystem::path& file) {
    Fd opened{
        ::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)}; // a pipe may have no reader
    if (!opened || ::fcntl(opened.get(), F_SETFL, 0) != 0) throw failed("write", file);
    return opened;
}

void require_direct(const std::filesystem::path& part) {
    Fd probe{::open(part.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_DIRECT)};
    if (!probe && errno == EINVAL)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("the file system of '{}' cannot be written past the page cache: leave "
                                "--bypass-cache out",
                                part.native()));
}

using Words = std::vector<std::string>;
const Words direct_writer{"dd", "bs=1M", "iflag=fullblock", "oflag=direct", "status=none"};
/// The state need not begin where a disk's block does, so that it is read through the cache and dropped
/// there.
const Words direct_reader{"dd", "bs=1M", "iflag=fullblock,nocache", "status=none"};

/// Both, one behind the other, as one program, of which either's failure is one.
Words piped(const Words& first, const Words& second) {
    return {"bash", "-c",
            fmt::format("set -o pipefail; {} | {}", fmt::join(first, " "), fmt::join(second, " "))};
}

/// Empty: the file itself will do.
Words writer_of(StateFileOptions options) {
    Words packer{std::string{name_of(options.packing)}, "-c"};
    if (options.packing == Packing::Raw) return options.bypass_cache ? direct_writer : Words{};
    return options.bypass_cache ? piped(packer, direct_writer) : packer;
}

Words reader_of(StateFileOptions options) {
    Words unpacker{std::string{name_of(options.packing)}, "-dc"};
    if (options.packing == Packing::Raw) return options.bypass_cache ? direct_reader : Words{};
    return options.bypass_cache ? piped(direct_reader, unpacker) : unpacker;
}

async::ChildProcess start(const asio::any_io_executor& executor, const std::vector<std::string>& arguments,
                          const std::vector<int>& descriptors) {
    try {
        return async::ChildProcess::spawn(executor, arguments, descriptors);
    } catch (const std::system_error& failure) {
        if (failure.code() != std::errc::no_such_file_or_directory) throw;
        throw error(ErrorCode::OperationUnsupported,
                    fmt::format("the program '{}' is not installed on this host", arguments.front()));
    }
}
} // namespace

Filter::Filter(const asio::any_io_executor& executor, const std::vector<std::string>& arguments, int in,
               int out)
    : program_{arguments.front()}, words_{::memfd_create("words", MFD_CLOEXEC)},
      child_{start(executor, arguments, {in, out, words_.get()})} {}

awaitable<void> Filter::finish() {
    auto status = co_await child_.wait();
    if (status.success()) co_return;
    char words[512];
    auto count = ::pread(words_.get(), words, sizeof words, 0);
    std::string_view said{words, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    said = said.substr(0, said.find_last_not_of("\r\n ") + 1);
    throw error(ErrorCode::OperationFailed, fmt::format("'{}' failed with {}{}{}", program_, status.text(),
                                                        said.empty() ? "" : ": ", said));
}

awaitable<void> Filter::kill() {
    child_.kill(SIGKILL);
    co_await child_.wait();
}

awaitable<StateOutput::Place> StateOutput::choose(std::filesystem::path file) {
    auto work = [file] {
        auto whole = std::filesystem::weakly_canonical(file);
        return Place{whole, is_replaced(whole) ? part_of(whole) : whole};
    };
    co_return co_await async::blocking(std::move(work));
}

awaitable<std::shared_ptr<StateOutput>> StateOutput::open(Place place, std::string before,
                                                          StateFileOptions options) {
    auto executor = co_await asio::this_coro::executor;
    auto output = std::make_shared<StateOutput>();
    auto prepare = [output, place, before, direct = options.bypass_cache] {
        output->file_ = place.file;
        output->part_ = place.part;
        output->opened_ = place.part == place.file ? open_device(place.file) : make_part(place);
        try {
            if (direct) require_direct(output->part_);
            write_all(output->opened_.get(), before, output->part_);
        } catch (...) {
            remove_part(output->part_, output->file_);
            throw;
        }
    };
    co_await async::blocking(std::move(prepare));
    auto arguments = writer_of(options);
    std::exception_ptr failure;
    try {
        if (arguments.empty()) {
            output->input_ = duplicate(output->opened_);
        } else {
            Pipe pipe;
            output->filter_.emplace(executor, arguments, pipe.read.get(), output->opened_.get());
            output->input_ = std::move(pipe.write);
        }
    } catch (...) { failure = std::current_exception(); }
    if (!failure) co_return output;
    auto remove = [output] { remove_part(output->part_, output->file_); };
    co_await async::blocking(std::move(remove));
    std::rethrow_exception(failure);
}

awaitable<void> StateOutput::finish(bool marked) {
    if (filter_) co_await filter_->finish();
    filter_.reset();
    auto work = [this, marked] {
        if (marked) mark_finished(opened_.get());
        // a pipe or a terminal has no disk to be on
        if (::fsync(opened_.get()) != 0 && errno != EINVAL && errno != EROFS) throw failed("write", part_);
        opened_.reset();
    };
    co_await async::blocking(std::move(work));
}

awaitable<void> StateOutput::publish() {
    auto work = [part = part_, file = file_] { publish_part(part, file); };
    co_await async::blocking(std::move(work));
}

awaitable<void> StateOutput::abandon() {
    input_.reset();
    if (filter_) co_await filter_->kill();
    filter_.reset();
    opened_.reset();
}

std::string StateOutput::trouble() const {
    struct statvfs found{};
    constexpr std::uint64_t little = 1U << 20;
    if (!opened_ || ::fstatvfs(opened_.get(), &found) != 0) return {};
    if (found.f_blocks == 0 || std::uint64_t{found.f_bavail} * found.f_frsize >= little) return {};
    return fmt::format("no space is left on the file system of '{}'", file_.native());
}

StateInput::StateInput(const asio::any_io_executor& executor, Fd file, StateFileOptions options) {
    auto arguments = reader_of(options);
    if (arguments.empty()) {
        output_ = std::move(file);
        return;
    }
    Pipe pipe;
    filter_.emplace(executor, arguments, file.get(), pipe.write.get());
    output_ = std::move(pipe.read);
}

awaitable<void> StateInput::finish() {
    output_.reset();
    // QEMU may have ended its reading before the last bytes, which the program then cannot get rid of: its
    // status tells nothing.
    if (filter_) co_await filter_->kill();
    filter_.reset();
}

void publish_part(const std::filesystem::path& part, const std::filesystem::path& file) {
    if (part != file && ::rename(part.c_str(), file.c_str()) != 0) throw failed("name", file);
    if (part != file) store::sync_directory_of(file);
}

void remove_part(const std::filesystem::path& part, const std::filesystem::path& file) {
    if (part == file) return; // a device
    if (::unlink(part.c_str()) != 0 && errno != ENOENT)
        log.warning("cannot remove '{}': {}", part.native(), std::generic_category().message(errno));
}

} // namespace vireo::qemu
