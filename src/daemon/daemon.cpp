// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon.hpp"

#include "async/watchdog.hpp"
#include "base/log.hpp"
#include "daemon/places.hpp"
#include "daemon/service_manager.hpp"
#include "qemu/driver.hpp"
#include "store/store.hpp"

#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

namespace vireo::daemon {

namespace {
constexpr log::Source log{"daemon"};
constexpr std::size_t most_clients = 5000, most_administrators = 32;

/// Asks for all descriptors that we may have, and returns how many clients each socket for guests' managers
/// may have: all of them together leave half of the descriptors to guests and to the store.
std::size_t claim_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        throw std::system_error(errno, std::generic_category(), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        throw std::system_error(errno, std::generic_category(), "setrlimit");
    return std::min<std::size_t>(most_clients, limit.rlim_max / 4);
}

/// All that lives while the daemon serves, in the order in which one needs the other.
class Daemon {
public:
    explicit Daemon(const Options& options)
        : places_{places_below(options.root)}, claim_{claim_places()},
          store_{executor(), places_.state / "vireo.db"}, capabilities_{places_.cache / "capabilities"},
          qemu_{executor(), places_, store_, capabilities_, {}}, drivers_{{"qemu", &qemu_}}, table_{drivers_},
          server_{executor()}, background_{executor()}, signals_{loop_, SIGTERM, SIGINT} {}

    void run(const std::function<void()>& ready) {
        std::exception_ptr failure;
        auto done = [&](const std::exception_ptr& error) { failure = error; };
        asio::co_spawn(loop_, live(ready), done);
        async::run_watched(loop_);
        if (failure) std::rethrow_exception(failure);
    }

private:
    asio::any_io_executor executor() { return loop_.get_executor(); }
    Fd claim_places() {
        ::umask(0022);
        create_places(places_);
        auto claim = daemon::claim(places_.run);
        ::umask(0077); // definitions hold passwords: what is made from now on is nobody else's
        return claim;
    }

    /// Whatever fails on the way: what was begun is ended in order, since a loop with work left never ends.
    awaitable<void> live(std::function<void()> ready) {
        std::exception_ptr failure;
        try {
            co_await serve_until_signal(std::move(ready));
        } catch (...) { failure = std::current_exception(); }
        qemu_.release_callers();
        co_await server_.stop();
        co_await qemu_.stop();
        co_await store_.close();
        co_await background_.join();
        if (failure) std::rethrow_exception(failure);
    }

    awaitable<void> serve_until_signal(std::function<void()> ready) {
        co_await qemu_.recover();
        listen();
        ready();
        notify_service_manager("READY=1");
        log.info("ready: {} domains, clients connect to {}", qemu_.domains().size(),
                 (places_.run / "libvirt-sock").native());
        background_.spawn(store_.keep_copy()); // a disk too full for it is no reason to end
        auto number = co_await signals_.async_wait(asio::use_awaitable);
        notify_service_manager("STOPPING=1");
        log.info("stopping on signal {}; guests run on", number);
    }

    void listen() {
        // Polkit does not decide here yet: who may write is a question of the socket's mode alone.
        auto clients = claim_descriptors();
        server_.listen({.path = places_.run / "libvirt-sock", .mode = 0700, .most_clients = clients},
                       table_.hypervisor());
        server_.listen({.path = places_.run / "libvirt-sock-ro",
                        .mode = 0777,
                        .read_only = true,
                        .most_clients = clients},
                       table_.hypervisor());
        server_.listen(
            {.path = places_.run / "libvirt-admin-sock", .mode = 0700, .most_clients = most_administrators},
            table_.admin());
    }

    asio::io_context loop_{1};
    hypervisor::Directories places_;
    Fd claim_;
    store::Store store_;
    qemu::CapabilitiesCache capabilities_;
    qemu::QemuDriver qemu_;
    Drivers drivers_;
    DispatchTable table_;
    rpc::Server server_;
    async::TaskGroup background_;
    asio::signal_set signals_;
};
} // namespace

void serve(const Options& options, const std::function<void()>& ready) {
    std::signal(SIGPIPE, SIG_IGN); // a client that left is an error of send(2)
    Daemon daemon{options};
    daemon.run(ready);
}

} // namespace vireo::daemon
