// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/probe.hpp"

#include "async/child_process.hpp"
#include "qemu/capabilities/probe_questions.hpp"
#include "qemu/error.hpp"
#include "qemu/monitor/monitor_event.hpp"
#include "json/json.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <csignal>

namespace vireo::qemu {

namespace {
using Milliseconds = std::chrono::milliseconds;

/// Takes what a child writes to its standard error: a file in memory that cannot grow.
class ErrorText {
public:
    ErrorText() : file_{::memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING)} {
        if (!file_ || ::ftruncate(file_.get(), limit) != 0 ||
            ::fcntl(file_.get(), F_ADD_SEALS, F_SEAL_GROW) != 0)
            throw std::system_error(errno, std::generic_category(), "memfd_create");
    }
    int descriptor() const { return file_.get(); }
    std::string text() const {
        std::string written(limit, '\0');
        auto length = ::pread(file_.get(), written.data(), written.size(), 0);
        written.resize(length < 0 ? 0 : std::min(static_cast<std::size_t>(length), written.find('\0')));
        while (written.ends_with('\n')) written.pop_back();
        return written;
    }

private:
    static constexpr off_t limit = 16384;
    Fd file_;
};

/// "pc-q35-7.2" for "qemu64-x86_64-cpu" of target x86_64 is "qemu64".
std::string cpu_of_type(std::string_view type, std::string_view target) {
    auto suffix = fmt::format("-{}-cpu", target);
    if (type.ends_with(suffix)) type.remove_suffix(suffix.size());
    return std::string{type};
}

std::uint32_t version_of(const json::value& answer) {
    const auto* object = answer.if_object();
    const auto* qemu = object != nullptr ? json::find_object(*object, "qemu") : nullptr;
    if (qemu == nullptr) return 0;
    auto part = [&](const char* name) {
        constexpr std::int64_t limit = 999;
        return static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(json::find_number(*qemu, name).value_or(0), 0, limit));
    };
    return part("major") * 1'000'000 + part("minor") * 1'000 + part("micro");
}

MachineType machine_of(const json::value& item, std::string_view target) {
    MachineType machine;
    machine.name = text_of(item, "name");
    machine.alias = text_of(item, "alias");
    auto cpus = json::find_number(item.get_object(), "cpu-max").value_or(1);
    machine.max_cpus = static_cast<std::uint32_t>(std::clamp<std::int64_t>(cpus, 1, UINT32_MAX));
    machine.is_default = flag_of(item, "is-default");
    machine.deprecated = flag_of(item, "deprecated");
    machine.default_cpu = cpu_of_type(text_of(item, "default-cpu-type"), target);
    machine.ram_id = text_of(item, "default-ram-id");
    return machine;
}

awaitable<std::vector<std::string>> types_of(Monitor& monitor, std::string kind, Milliseconds deadline) {
    json::object arguments{{"implements", kind}, {"abstract", false}};
    auto answer = co_await monitor.execute("qom-list-types", std::move(arguments), deadline);
    auto names = names_in(answer);
    std::ranges::sort(names);
    co_return names;
}

bool knows(const std::vector<std::string>& commands, std::string_view name) {
    return std::ranges::find(commands, name) != commands.end();
}

std::vector<std::string> probe_arguments(const std::string& emulator) {
    // setpriv (util-linux): the binary ends with us, should we be killed meanwhile
    return {"setpriv",     "--pdeathsig",
            "KILL",        emulator,
            "-S",          "-no-user-config",
            "-nodefaults", "-nographic",
            "-machine",    "none,accel=tcg:kvm",
            "-chardev",    "socket,id=monitor,fd=3",
            "-mon",        "chardev=monitor,mode=control"};
}

awaitable<Capabilities> greet_and_ask(Monitor::Socket socket, std::string emulator, Milliseconds deadline) {
    MonitorListener nobody;
    auto monitor = co_await Monitor::greet(std::move(socket), std::move(nobody), deadline);
    co_return co_await ask_capabilities(*monitor, std::move(emulator), deadline);
}
} // namespace

awaitable<Capabilities> ask_capabilities(Monitor& monitor, std::string emulator, Milliseconds deadline) {
    Capabilities result;
    result.emulator = std::move(emulator);
    auto version = co_await monitor.execute("query-version", deadline);
    result.version = version_of(version);
    result.package = text_of(version, "package");
    auto target_answer = co_await monitor.execute("query-target", deadline);
    auto target = text_of(target_answer, "arch");
    result.arch = architecture_of(target);
    auto kvm = co_await monitor.execute("query-kvm", deadline);
    result.has_kvm = flag_of(kvm, "present");
    auto machines = co_await monitor.execute("query-machines", deadline);
    for_each_object(machines,
                    [&](const json::value& item) { result.machines.push_back(machine_of(item, target)); });
    auto commands = co_await names_told_by(monitor, "query-commands", deadline);
    if (knows(commands, "query-cpu-definitions"))
        result.cpu_models = co_await ask_cpu_models(monitor, result.arch, deadline);
    auto accelerators = co_await types_of(monitor, "accel", deadline);
    result.has_tcg = std::ranges::binary_search(accelerators, "tcg-accel");
    result.devices = co_await types_of(monitor, "device", deadline);
    result.objects = co_await types_of(monitor, "user-creatable", deadline);
    result.displays = co_await ask_displays(monitor, deadline);
    if (knows(commands, "query-vnc")) result.displays.emplace_back("vnc");
    if (knows(commands, "query-spice")) result.displays.emplace_back("spice");
    if (knows(commands, "query-tpm-types"))
        result.tpm_backends = co_await names_told_by(monitor, "query-tpm-types", deadline);
    if (result.arch.empty() || result.machines.empty())
        throw error(ErrorCode::OperationFailed, "it has no name or no machine types");
    co_return result;
}

awaitable<Capabilities> probe_capabilities(std::string emulator, Milliseconds deadline) {
    auto executor = co_await asio::this_coro::executor;
    Monitor::Socket ours{executor}, theirs{executor};
    asio::local::connect_pair(ours, theirs);
    ErrorText errors;
    std::vector<int> descriptors{-1, errors.descriptor(), errors.descriptor(), theirs.native_handle()};
    auto arguments = probe_arguments(emulator);
    auto child = async::ChildProcess::spawn(executor, arguments, descriptors);
    theirs.close();
    std::optional<Capabilities> result;
    std::exception_ptr interrupted;
    std::optional<Error> failure;
    try {
        result = co_await greet_and_ask(std::move(ours), emulator, deadline);
    } catch (const Error& problem) { failure = problem; } catch (...) {
        interrupted = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    child.kill(SIGKILL); // it holds nothing that a kill could harm
    co_await child.wait();
    if (interrupted) std::rethrow_exception(interrupted);
    if (failure)
        throw Error(failure->code, failure->domain,
                    fmt::format("cannot find out what {} can do: {}{}{}", emulator, failure->what(),
                                errors.text().empty() ? "" : "; it wrote: ", errors.text()));
    co_return std::move(*result);
}

} // namespace vireo::qemu
