// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon.hpp"

#include "async/watchdog.hpp"
#include "base/log.hpp"
#include "base/rollback.hpp"
#include "daemon/idle_alarm.hpp"
#include "daemon/live_configuration.hpp"
#include "daemon/own_memory.hpp"
#include "daemon/places.hpp"
#include "daemon/service_manager.hpp"
#include "daemon/sockets.hpp"
#include "qemu/driver.hpp"
#include "store/store.hpp"
#include "testdriver/driver.hpp"

#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

namespace vireo::daemon {

namespace {
constexpr log::Source log{"daemon"};

/// Asks for all descriptors that we may have, and returns how many clients each socket for guests' managers
/// may have: all of them together leave half of the descriptors to guests and to the store.
std::size_t claim_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        throw std::system_error(errno, std::generic_category(), "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        throw std::system_error(errno, std::generic_category(), "setrlimit");
    return limit.rlim_max / 4;
}

configuration::Files configuration_files(const Options& options, const Places& places) {
    bool named = !options.configuration.empty();
    return {.daemon = named ? options.configuration : places.configuration / "libvirtd.conf",
            .qemu = places.configuration / "qemu.conf",
            .daemon_required = named};
}

/// Of the installed system (machine-id(5)). Throws Error when it has none.
Uuid read_machine_id() {
    constexpr auto* path = "/etc/machine-id";
    std::ifstream file{path};
    std::string text;
    std::getline(file, text);
    if (auto uuid = Uuid::parse(text); uuid && !uuid->is_nil()) return *uuid;
    throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Conf,
                fmt::format("host_uuid_source: {} holds no identity; set host_uuid", path));
}

qemu::DriverOptions driver_options(const configuration::Configuration& configured, bool session) {
    const auto& daemon = configured.daemon;
    qemu::DriverOptions options;
    if (session) options.uri = "qemu:///session";
    options.host_uuid = daemon.host_uuid;
    if (options.host_uuid.is_nil() && daemon.uuid_from_machine_id) options.host_uuid = read_machine_id();
    const auto& guests = configured.qemu;
    options.vnc_listen = guests.vnc_listen;
    options.spice_listen = guests.spice_listen;
    options.display_ports = {guests.display_ports.first, guests.display_ports.last};
    options.websocket_ports = {guests.websocket_ports.first, guests.websocket_ports.last};
    options.largest_core = guests.largest_core;
    options.bounds_logs = guests.bounds_logs;
    options.save_packing = guests.save_packing;
    options.dump_packing = guests.dump_packing;
    return options;
}

/// All that lives while the daemon serves, in the order in which one needs the other.
class Daemon {
public:
    Daemon(const Options& options, std::vector<ActivatedSocket> activated)
        : options_{options}, activated_{std::move(activated)}, places_{find_places(options)},
          claim_{claim_places()}, pid_file_{claim_pid_file()},
          configuration_{configuration_files(options, places_), options.verbose},
          store_{executor(), places_.directories.state / "vireo.db"},
          capabilities_{places_.directories.cache / "capabilities"},
          qemu_{executor(), places_.directories, store_, capabilities_,
                driver_options(configuration_.current(), places_.session)},
          drivers_{{"qemu", &qemu_}, {"test", &test_}}, table_{drivers_, host_name()}, server_{executor()},
          admin_server_{executor()}, most_clients_{claim_descriptors()},
          sockets_{server_, admin_server_, table_, places_.directories.run, places_.session, most_clients_},
          background_{executor()}, watchers_{executor()}, stop_signals_{loop_, SIGTERM, SIGINT},
          reload_signals_{loop_, SIGHUP}, idle_alarm_{executor(), options.timeout},
          memory_return_{executor()}, end_{executor(), asio::steady_timer::time_point::max()} {
        auto& administration = table_.administration();
        const auto& limits = configuration_.current().daemon;
        const auto& clients = limits.clients;
        const auto& administrators = limits.administrators;
        administration.servers = {
            {"libvirtd", &server_, most_clients_, limits.unauthenticated_clients, clients.least_workers,
             std::max(clients.least_workers, clients.most_workers), limits.priority_workers},
            {"admin", &admin_server_, most_clients_, limits.unauthenticated_clients,
             administrators.least_workers,
             std::max(administrators.least_workers, administrators.most_workers)}};
        size_workers(administration.servers);
        administration.set_timeout = [this](auto patience) {
            idle_alarm_.set_patience(patience);
            look_whether_busy();
        };
    }

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
        auto claim = daemon::claim(places_.directories.run);
        ::umask(0077); // definitions hold passwords: what is made from now on is nobody else's
        return claim;
    }
    Fd claim_pid_file() { return options_.pid_file.empty() ? Fd{} : claim_file(options_.pid_file); }
    std::string host_name() const {
        return options_.host_name.empty() ? configuration_.current().daemon.host_name : options_.host_name;
    }

    /// Whatever fails on the way: what was begun is ended in order, since a loop with work left never ends.
    awaitable<void> live(std::function<void()> ready) {
        std::exception_ptr failure;
        try {
            co_await serve_until_end(std::move(ready));
        } catch (...) { failure = std::current_exception(); }
        memory_return_.stop();
        qemu_.release_callers();
        for (auto* server : {&server_, &admin_server_}) server->on_clients_changed([] {});
        co_await watchers_.stop();
        co_await server_.stop();
        co_await admin_server_.stop();
        co_await qemu_.stop();
        co_await store_.close();
        co_await background_.join();
        remove_pid_file();
        if (failure) std::rethrow_exception(failure);
    }

    awaitable<void> serve_until_end(std::function<void()> ready) {
        co_await qemu_.recover();
        sockets_.listen(configuration_.current().daemon, std::move(activated_));
        watchers_.spawn(watch_stop_signals());
        watchers_.spawn(watch_reload_signals());
        watchers_.spawn(watch_idleness());
        ready();
        notify_service_manager("READY=1");
        log.info("ready: {} domains, clients connect to {}", qemu_.domains().size(), sockets_.address());
        background_.spawn(store_.keep_copy()); // a disk too full for it is no reason to end
        co_await end_.async_wait(asio::as_tuple(asio::use_awaitable));
        notify_service_manager("STOPPING=1");
        log.info("stopping {}; guests run on", reason_);
    }

    void end(std::string reason) {
        reason_ = std::move(reason);
        end_.expires_at(asio::steady_timer::time_point::min()); // also where nobody waits yet
    }

    awaitable<void> watch_stop_signals() {
        auto number = co_await stop_signals_.async_wait(asio::use_awaitable);
        end(fmt::format("on signal {}", number));
    }

    awaitable<void> watch_reload_signals() {
        LiveConfiguration::Apply apply = [this](const auto& next) { sockets_.apply(next.daemon); };
        while (true) {
            co_await reload_signals_.async_wait(asio::use_awaitable);
            notify_reloading();
            co_await configuration_.reload(apply);
            notify_service_manager("READY=1");
        }
    }

    bool is_busy() const {
        bool guests = false;
        qemu_.domains().for_each([&guests](const auto& domain) { guests |= domain->active(); });
        return guests || server_.session_count() > 0 || admin_server_.session_count() > 0;
    }

    void look_whether_busy() {
        if (idle_alarm_.patience()) idle_alarm_.set_busy(is_busy());
    }

    awaitable<void> watch_idleness() {
        auto subscription = qemu_.events().subscribe([this](const hypervisor::DomainEvent& event) {
            if (std::holds_alternative<hypervisor::DomainLifecycle>(event.what)) look_whether_busy();
        });
        for (auto* server : {&server_, &admin_server_})
            server->on_clients_changed([this] {
                look_whether_busy();
                memory_return_.was_busy();
            });
        look_whether_busy();
        memory_return_.was_busy(); // with the start
        co_await idle_alarm_.wait();
        end(fmt::format("after {} s without clients and running guests",
                        std::chrono::duration_cast<std::chrono::seconds>(*idle_alarm_.patience()).count()));
    }

    void remove_pid_file() {
        std::error_code ignored; // whoever looks finds a process that is gone
        if (pid_file_) std::filesystem::remove(options_.pid_file, ignored);
    }

    const Options& options_;
    std::vector<ActivatedSocket> activated_;
    asio::io_context loop_{1};
    Places places_;
    Fd claim_, pid_file_;
    LiveConfiguration configuration_;
    store::Store store_;
    qemu::CapabilitiesCache capabilities_;
    qemu::QemuDriver qemu_;
    testdriver::TestDriver test_;
    Drivers drivers_;
    DispatchTable table_;
    rpc::Server server_, admin_server_;
    std::size_t most_clients_;
    Sockets sockets_;
    async::TaskGroup background_, watchers_;
    asio::signal_set stop_signals_, reload_signals_;
    IdleAlarm idle_alarm_;
    MemoryReturn memory_return_;
    asio::steady_timer end_;
    std::string reason_;
};
} // namespace

void serve(const Options& options, std::vector<ActivatedSocket> activated,
           const std::function<void()>& ready) {
    share_one_heap();
    std::signal(SIGPIPE, SIG_IGN); // a client that left is an error of send(2)
    Daemon daemon{options, std::move(activated)};
    daemon.run(ready);
}

} // namespace vireo::daemon
