// SPDX-License-Identifier: Apache-2.0
#include "qemu/console.hpp"

#include "base/fd.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/unix_socket.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// A pty whose other end is closed says so by EIO.
bool is_end(const boost::system::error_code& error) {
    return error == asio::error::eof || error == boost::system::errc::io_error;
}

/// A descriptor or socket of asio's as a channel.
template <class Stream> class StreamChannel : public async::ByteChannel {
public:
    explicit StreamChannel(Stream stream) : stream_{std::move(stream)} {}

    awaitable<std::size_t> read(std::span<char> space) override {
        boost::system::error_code error;
        auto count = co_await stream_.async_read_some(asio::buffer(space.data(), space.size()),
                                                      asio::redirect_error(asio::use_awaitable, error));
        if (is_end(error)) co_return 0;
        if (error) throw boost::system::system_error(error);
        co_return count;
    }
    awaitable<void> write(std::string_view bytes) override {
        co_await asio::async_write(stream_, asio::buffer(bytes), asio::use_awaitable);
    }
    void close() noexcept override {
        boost::system::error_code ignored; // closing reports what is lost anyway
        stream_.close(ignored);
    }

private:
    Stream stream_;
};

/// What the user of a console gets: the channel itself may be closed by whoever takes the console over.
class OwnedChannel : public async::ByteChannel {
public:
    explicit OwnedChannel(std::shared_ptr<async::ByteChannel> shared) : shared_{std::move(shared)} {}
    OwnedChannel(const OwnedChannel&) = delete;
    OwnedChannel& operator=(const OwnedChannel&) = delete;
    ~OwnedChannel() override { shared_->close(); }

    awaitable<std::size_t> read(std::span<char> space) override { return shared_->read(space); }
    awaitable<void> write(std::string_view bytes) override { return shared_->write(bytes); }
    void close() noexcept override { shared_->close(); }

private:
    std::shared_ptr<async::ByteChannel> shared_;
};

template <class Device>
const CharacterSource* find_source(const std::vector<Device>& devices, std::string_view alias) {
    for (const auto& device : devices)
        if (alias.empty() || device.info.alias == alias) return &device.source;
    return nullptr;
}
} // namespace

ConsoleSource source_of(const CharacterSource& source, std::string_view kind, std::string_view domain) {
    bool open = source.type == CharacterType::Pty ||
                (source.type == CharacterType::Unix && source.mode != SocketMode::Connect);
    if (!open || source.path.empty())
        throw error(ErrorCode::OperationUnsupported,
                    fmt::format("the {} of domain '{}' is of type '{}'; one that can be opened is a pty "
                                "or a listening unix socket",
                                kind, domain, name_of(source.type)));
    return {source.type, source.path, kind};
}

ConsoleSource require_console(const Domain& domain, std::string_view alias) {
    const auto* source = find_source(domain.devices.consoles, alias);
    if (source == nullptr) source = find_source(domain.devices.serials, alias);
    if (source == nullptr)
        throw error(ErrorCode::InvalidArgument,
                    alias.empty() ? fmt::format("domain '{}' has no console", domain.name)
                                  : fmt::format("domain '{}' has no console '{}'", domain.name, alias));
    return source_of(*source, "console", domain.name);
}

const Channel& require_channel(const Domain& domain, std::string_view name) {
    for (const auto& channel : domain.devices.channels) {
        bool meant = name.empty() || channel.info.alias == name || channel.name == name;
        if (meant && channel.target == ChannelTarget::Virtio) return channel;
    }
    throw error(ErrorCode::InvalidArgument,
                name.empty() ? fmt::format("domain '{}' has no channel", domain.name)
                             : fmt::format("domain '{}' has no channel '{}'", domain.name, name));
}

std::shared_ptr<async::ByteChannel> open_console_channel(const asio::any_io_executor& executor,
                                                         const ConsoleSource& source) {
    if (source.type == CharacterType::Unix) {
        asio::local::stream_protocol::socket socket{executor};
        // not by asio, which waits for a listener that takes nobody
        socket.assign(asio::local::stream_protocol{}, connect_to(source.path).release());
        return std::make_shared<StreamChannel<asio::local::stream_protocol::socket>>(std::move(socket));
    }
    int pty = ::open(source.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (pty < 0)
        throw std::system_error(errno, std::generic_category(), fmt::format("cannot open '{}'", source.path));
    asio::posix::stream_descriptor descriptor{executor, pty};
    return std::make_shared<StreamChannel<asio::posix::stream_descriptor>>(std::move(descriptor));
}

std::unique_ptr<async::ByteChannel> own_channel(std::shared_ptr<async::ByteChannel> shared) {
    return std::make_unique<OwnedChannel>(std::move(shared));
}

std::unique_ptr<async::ByteChannel> QemuDriver::open_device(const ManagedDomain& domain,
                                                            const ConsoleSource& source, bool force) {
    std::erase_if(consoles_, [](const auto& console) { return console.second.expired(); });
    auto& present = consoles_[source.path];
    if (auto user = present.lock()) {
        if (!force)
            throw error(ErrorCode::OperationFailed,
                        fmt::format("the {} of domain '{}' is in use; a forced opening takes it over",
                                    source.kind, domain.durable.name));
        user->close();
    }
    auto channel = open_console_channel(executor_, source);
    present = channel;
    return own_channel(channel);
}

awaitable<std::unique_ptr<async::ByteChannel>> QemuDriver::open_console(Uuid uuid, std::string name,
                                                                        hypervisor::ConsoleOptions options) {
    auto domain = require(uuid, name);
    auto live = co_await read_live(domain);
    require_active(*domain);
    co_return open_device(*domain, require_console(live, options.device), options.force);
}

awaitable<std::unique_ptr<async::ByteChannel>> QemuDriver::open_channel(Uuid uuid, std::string name,
                                                                        hypervisor::ConsoleOptions options) {
    auto domain = require(uuid, name);
    auto live = co_await read_live(domain);
    require_active(*domain);
    const auto& channel = require_channel(live, options.device);
    if (domain->run->agent && channel.info.alias == domain->run->agent_channel)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("channel '{}' of domain '{}' is the guest agent's: its commands are passed on "
                        "one by one",
                        channel.name, domain->durable.name));
    co_return open_device(*domain, source_of(channel.source, "channel", live.name), options.force);
}

} // namespace vireo::qemu
