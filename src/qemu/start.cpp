// SPDX-License-Identifier: Apache-2.0
// How a guest starts: everything that can be decided without touching the host is decided first, then the
// intent goes to the disk, then the steps of `boot` make things, each noted in `Launch` or `Run`, and at last
// the outcome goes to the disk. When a step fails, `abandon` gives back what there is by then; when the
// daemon dies, the next one does, from the record and the run directory.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "host/kvm_probe.hpp"
#include "host/topology.hpp"
#include "launcher/launch.hpp"
#include "model/domain/cpu_set.hpp"
#include "model/domain/edit.hpp"
#include "model/domain/xml.hpp"
#include "qemu/capabilities/cpu.hpp"
#include "qemu/command_line/aliases.hpp"
#include "qemu/command_line/command_line.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/devices/run_places.hpp"
#include "qemu/display_ports.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/guest_log.hpp"
#include "qemu/io_throttle.hpp"
#include "qemu/passt.hpp"
#include "qemu/statistics/sources.hpp"
#include "qemu/tap.hpp"
#include "qemu/uefi.hpp"
#include "json/json.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <csignal>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr log::Source log{"qemu"};
constexpr std::string_view monitor_socket = "monitor.sock", identity_file = "identity";

/// The monitor's listening socket: we make it, QEMU gets it, and whoever runs the daemon later connects to
/// its path.
Fd listen_at(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto text = path.native();
    if (text.size() >= sizeof address.sun_path)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("the path '{}' is too long for a socket ({} bytes at most)", text,
                                sizeof address.sun_path - 1));
    text.copy(address.sun_path, text.size());
    auto fail = [&path](const char* what) {
        throw std::system_error(errno, std::generic_category(), fmt::format("{} '{}'", what, path.native()));
    };
    Fd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) fail("cannot make the socket");
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("cannot bind");
    if (::chmod(path.c_str(), 0600) != 0) fail("cannot protect");
    constexpr int waiting_daemons = 8; // of which all but the last are dead
    if (::listen(socket.get(), waiting_daemons) != 0) fail("cannot listen at");
    return socket;
}

/// Where displays listen that do not say it themselves: clients read it in the live definition.
void set_listen_places(Domain& domain, const DriverOptions& options, const std::filesystem::path& directory) {
    for (auto& graphics : domain.devices.graphics) {
        bool is_spice = graphics.type == GraphicsType::Spice;
        if (graphics.type != GraphicsType::Vnc && !is_spice) continue;
        for (auto& listen : graphics.listens) {
            if (listen.type == ListenType::Address && listen.address.empty())
                listen.address = is_spice ? options.spice_listen : options.vnc_listen;
            if (listen.type == ListenType::Socket && listen.socket.empty())
                listen.socket = (directory / (is_spice ? "spice.sock" : "vnc.sock")).native();
        }
    }
}

void require_possible_memory(const Domain& domain) {
    const auto& backing = domain.memory_backing;
    if (backing && backing->huge_pages && backing->source != MemorySource::Memfd)
        throw error(ErrorCode::ConfigUnsupported, "huge pages are given through <source type='memfd'/> only");
}

/// Memory that is a file is in a folder of its run, and ends with it.
void prepare_memory(const Domain& domain, const std::filesystem::path& run_directory) {
    if (domain.memory_backing || (domain.cpu && !domain.cpu->numa.empty()))
        std::filesystem::create_directory(run_directory / "memory");
}

/// What went wrong at which step, and what QEMU said about it.
Error explain(const std::exception_ptr& failure, std::string_view name, std::string_view step,
              const std::string& said) {
    auto code = ErrorCode::InternalError;
    auto domain = ErrorDomain::Qemu;
    std::string reason;
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        code = error.code;
        domain = error.domain == ErrorDomain::None ? ErrorDomain::Qemu : error.domain;
        reason = error.what();
    } catch (const std::system_error& error) {
        code = ErrorCode::SystemError;
        reason = error.what();
    } catch (const std::exception& error) { reason = error.what(); }
    auto text = fmt::format("cannot start domain '{}': {}: {}", name, step, reason);
    if (!said.empty()) text += "; QEMU's log says: " + said;
    return {code, domain, text};
}

bool was_cancelled(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (const std::exception&) { return false; }
}
} // namespace

/// What a start has decided and made so far.
struct QemuDriver::Launch {
    Launch(Model model, StartOptions options, IncomingPtr incoming)
        : model{std::move(model)}, options{options}, incoming{std::move(incoming)} {}
    Model model; ///< becomes the live one step by step
    StartOptions options;
    IncomingPtr incoming; ///< null: it boots
    RunPtr run;
    CommandLine line;
    GuestLog log;
    Fd listener;                        ///< of the monitor
    std::map<std::size_t, Fd> networks; ///< taps and connections to passt, by the interface's index
    std::string_view step = "preparing it";
};

awaitable<void> QemuDriver::start_guest(DomainPtr domain, std::shared_ptr<const Model> definition,
                                        StartOptions options, IncomingPtr incoming) {
    auto launch = std::make_shared<Launch>(*definition, options, std::move(incoming));
    domain->starting = true;
    std::exception_ptr failure;
    try {
        co_await boot(domain, launch);
    } catch (...) { failure = std::current_exception(); }
    if (!failure) {
        // from here on it is a guest like others, whatever fails
        if (launch->incoming) co_await settle_soon(domain, launch->run);
        co_return;
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto read = [launch] { return launch->log.said(); };
    if (launch->run) co_await abandon(domain, launch->run);
    auto said = co_await async::blocking(std::move(read));
    domain->starting = false;
    publish(domain); // a transient one is forgotten
    if (was_cancelled(failure)) std::rethrow_exception(failure);
    auto error = explain(failure, launch->model.name, launch->step, said);
    log.warning("{}", error.what());
    throw error;
}

awaitable<void> QemuDriver::boot(DomainPtr domain, std::shared_ptr<Launch> launch) {
    co_await plan(domain, launch);
    launch->step = "preparing the host";
    co_await prepare_host(launch);
    launch->step = "starting QEMU";
    co_await spawn_guest(launch);
    launch->step = "configuring QEMU";
    co_await configure(domain, launch);
    launch->step = "remembering it";
    co_await announce(domain, launch);
}

void QemuDriver::require_supported(const Model& model, Concern concern) {
    auto missing = unsupported(model, concern);
    if (!missing.empty())
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("this version cannot run: {}", fmt::join(missing, ", ")));
}

/// Decides everything, and writes down what is going to happen.
awaitable<void> QemuDriver::plan(DomainPtr domain, std::shared_ptr<Launch> launch) {
    auto& model = launch->model;
    require_supported(model, Concern::Run);
    require_possible_memory(model);
    check_controllers(model);
    auto capabilities = co_await capabilities_.get(model.devices.emulator);
    co_await require_kvm(model);
    if (model.cpu && model.type != VirtType::Kvm) expand_host_model(*model.cpu, *capabilities);
    auto run = std::make_shared<Run>(executor_);
    run->record.id = record_.next_id++;
    run->record.boot = async::boot_id();
    run->record.autodestroy = launch->options.autodestroy;
    run->directory = run_directory(run->record.id);
    run->actions = actions_of(model);
    launch->run = run;
    model.id = run->record.id;
    assign_aliases(model);
    set_channel_paths(model, run->directory);
    close_ports(model);
    number_disk_nodes(model);
    if (model.clock.offset == ClockOffset::Variable)
        run->record.clock_start = std::strtoll(model.clock.adjustment.value_or("0").c_str(), nullptr, 10);
    choose_ports(model, run->record);
    set_listen_places(model, options_, run->directory);
    auto context = context_of(*run);
    context.now = std::chrono::system_clock::now();
    auto read = [] { return read_firmwares(); };
    auto installed = co_await async::blocking(std::move(read));
    auto read_nodes = [] { return host::read_numa_nodes(); };
    context.host_nodes = co_await async::blocking(std::move(read_nodes));
    choose_firmware(model, installed, context.nvram_directory);
    launch->line = build_command_line(model, *capabilities, context);
    if (launch->incoming) launch->line.arguments.insert(launch->line.arguments.end(), {"-incoming", "defer"});
    DurableChange intent{[&](Durable& next) {
        next.name = model.name;
        next.run = run->record;
    }};
    co_await save(domain, std::move(intent), true);
}

LaunchContext QemuDriver::context_of(const Run& run) const {
    LaunchContext context;
    context.directory = context.channel_directory = run.directory;
    context.vnc_listen = options_.vnc_listen;
    context.nvram_directory = nvram_directory();
    context.memory_directory = run.directory / "memory";
    return context;
}

awaitable<void> QemuDriver::require_kvm(const Model& model) {
    if (model.type != VirtType::Kvm) co_return;
    auto verdict = co_await host::find_kvm(directories_.cache);
    if (!verdict.usable)
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format("domain type 'kvm' cannot run on this host ({}); type 'qemu' can", verdict.reason));
}

void QemuDriver::choose_ports(Model& model, RunRecord& run) {
    auto choose = [&](std::optional<std::int32_t>& port, PortRange range) {
        port = find_display_port(range, ports_);
        ports_.insert(*port);
        run.ports.push_back(*port);
    };
    for (auto& graphics : model.devices.graphics) {
        bool is_spice = graphics.type == GraphicsType::Spice;
        if (graphics.type != GraphicsType::Vnc && !is_spice) continue;
        bool listens = graphics.listens.empty() || graphics.listens.front().type == ListenType::Address ||
                       graphics.listens.front().type == ListenType::Network;
        if (!listens) continue;
        if (graphics.autoport || graphics.port == -1) choose(graphics.port, options_.display_ports);
        if (graphics.websocket == -1) choose(graphics.websocket, options_.websocket_ports);
    }
}

awaitable<void> QemuDriver::prepare_host(std::shared_ptr<Launch> launch) {
    auto path = log_file(launch->model.name);
    auto prepare = [launch, path] {
        const auto& directory = launch->run->directory;
        if (::mkdir(directory.c_str(), 0700) != 0)
            throw std::system_error(errno, std::generic_category(),
                                    fmt::format("cannot make '{}'", directory.native()));
        prepare_memory(launch->model, directory);
        prepare_nvram(launch->model, launch->options.reset_nvram);
        launch->listener = listen_at(directory / monitor_socket);
        for (const auto& passed : launch->line.descriptors) {
            if (passed.kind != PassedDescriptor::Kind::Tap) continue;
            auto& interface = launch->model.devices.interfaces.at(passed.interface);
            auto tap = open_tap(interface);
            interface.target = tap.name;
            launch->networks[passed.interface] = std::move(tap.descriptor);
        }
        launch->log = GuestLog{path};
        launch->log.begin(launch->line.environment, launch->line.arguments);
    };
    co_await async::blocking(std::move(prepare));
    for (const auto& passed : launch->line.descriptors) {
        if (passed.kind != PassedDescriptor::Kind::Passt) continue;
        auto interface = launch->model.devices.interfaces.at(passed.interface);
        launch->networks[passed.interface] = co_await start_passt(std::move(interface));
    }
}

awaitable<void> QemuDriver::spawn_guest(std::shared_ptr<Launch> launch) {
    auto& run = *launch->run;
    launcher::Plan plan;
    plan.arguments = launch->line.arguments;
    plan.environment = launch->line.environment;
    plan.identity_file = run.directory / identity_file;
    plan.log = launch->log.descriptor();
    plan.limits = {{RLIMIT_CORE, options_.largest_core, options_.largest_core}};
    auto processors = members_of_cpu_set(pinned_cpus(launch->model, ThreadKind::Emulator, 0));
    plan.processors.assign(processors.begin(), processors.end());
    int number = 3;
    for (const auto& passed : launch->line.descriptors) {
        bool is_monitor = passed.kind == PassedDescriptor::Kind::Monitor;
        const auto& descriptor = is_monitor ? launch->listener : launch->networks.at(passed.interface);
        plan.descriptors.push_back({descriptor.get(), number++});
    }
    auto child = co_await launcher::launch(options_.launcher, std::move(plan));
    launch->listener.reset(); // QEMU's alone now: it is closed with it
    launch->networks.clear();
    std::string failure;
    try {
        auto identity = async::identify_process(child.pid());
        if (identity && run.process.take(*identity)) {
            run.record.process = *identity;
            co_return;
        }
    } catch (const std::exception& error) { failure = fmt::format(" ({})", error.what()); }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    child.kill(SIGKILL); // it may well live, where we have no descriptor left to hold it by
    auto status = co_await child.wait();
    throw error(ErrorCode::OperationFailed,
                status.signal == SIGKILL
                    ? fmt::format("its process cannot be followed{}, and was killed", failure)
                    : fmt::format("QEMU ended at once with {}", status.text()));
}

awaitable<void> QemuDriver::configure(DomainPtr domain, std::shared_ptr<Launch> launch) {
    auto run = launch->run;
    auto& model = launch->model;
    auto deadline = options_.monitor_deadline;
    auto listener = listener_of(domain, run);
    run->monitor = co_await Monitor::connect(run->directory / monitor_socket, std::move(listener), deadline);
    auto monitor = run->monitor;
    run->connected.give();
    if (run->actions.on_reboot != LifecycleAction::Restart) {
        json::object arguments{{"reboot", "shutdown"}};
        co_await monitor->execute("set-action", std::move(arguments), deadline);
    }
    for (const auto& interface : model.devices.interfaces) {
        if (interface.link != LinkState::Down) continue;
        json::object unplugged{{"name", interface.info.alias}, {"up", false}};
        co_await monitor->execute("set_link", std::move(unplugged), deadline);
    }
    for (const auto& graphics : model.devices.graphics)
        co_await set_display_password(monitor, graphics, deadline);
    const auto& balloon = model.devices.memory_balloon;
    if (balloon && balloon->model != BalloonModel::None && balloon->stats_period)
        co_await set_balloon_period(monitor, balloon->info.alias,
                                    std::chrono::seconds{*balloon->stats_period});
    for (const auto& disk : model.devices.disks) {
        auto limits = throttle_of(disk);
        if (limits.empty()) continue;
        co_await monitor->execute("block_set_io_throttle", std::move(limits), deadline);
    }
    if (has_pty(model)) set_ptys(model, co_await monitor->execute("query-chardev", deadline));
    Subject subject{monitor, deadline, model, run->process.pid()};
    co_await place_threads(std::move(subject));
    if (launch->incoming) {
        launch->step = "loading its state";
        co_await receive_state(run, launch->incoming);
    } else if (!launch->options.paused) {
        co_await monitor->execute("cont", deadline);
    }
}

awaitable<void> QemuDriver::announce(DomainPtr domain, std::shared_ptr<Launch> launch) {
    auto run = launch->run;
    const auto& incoming = launch->incoming;
    bool paused = launch->options.paused || incoming;
    hypervisor::StateAndReason state{hypervisor::RunningReason::Booted};
    if (paused) state = hypervisor::PausedReason::User;
    if (incoming) {
        state = hypervisor::PausedReason::Migration; // so does libvirt call it
        run->record.job =
            PendingJob{PendingJob::Kind::Restore, incoming->used_up, {}, incoming->running, false};
    }
    run->record.phase = Phase::Running;
    run->record.state = state;
    auto live = format_text(launch->model, true);
    DurableChange outcome{[&](Durable& next) {
        next.live = live;
        next.run = run->record;
    }};
    co_await save(domain, std::move(outcome));
    domain->starting = false;
    domain->run = run;
    run->published = true;
    prepare_agent(run, launch->model);
    run->disk_nodes = DiskNodes{launch->model};
    set_state(domain, state);
    log.info("{}: started as {} (process {})", launch->model.name, run->record.id, run->process.pid());
    if (!paused) tell(domain, hypervisor::ResumedDetail::Unpaused); // libvirt tells both, in this order
    tell(domain, incoming ? hypervisor::StartedDetail::Restored : hypervisor::StartedDetail::Booted);
    if (paused && !incoming) tell(domain, hypervisor::SuspendedDetail::Paused);
    if (incoming && !incoming->running) tell(domain, incoming->why_paused);
    constexpr std::int32_t disconnected = 2, started = 1; // virConnectDomainEventAgentLifecycle…
    if (run->agent) tell(domain, hypervisor::DomainAgentLifecycle{disconnected, started});
    spawn(watch(domain, run));
    take_early_events(domain, run);
}

/// Gives back what a failed start has made.
awaitable<void> QemuDriver::abandon(DomainPtr domain, RunPtr run) {
    if (run->monitor) run->monitor->close();
    run->ending = Ending::Failed;
    if (run->process) {
        run->process.kill(SIGKILL);
        co_await run->process.wait();
    }
    co_await forget_run(domain, run);
}

} // namespace vireo::qemu
