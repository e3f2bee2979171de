// SPDX-License-Identifier: Apache-2.0
// What is done to a running guest from outside: keys, an NMI, waking it, and commands of its monitor.
#include "base/log.hpp"
#include "model/domain/xml.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/keys/keymap.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::DomainState;

namespace {
constexpr log::Source log{"qemu"};
/// Pressed together (virDomainSendKey's limit).
constexpr std::size_t most_keys = 16;

json::object key_arguments(const hypervisor::KeyPress& press) {
    auto set = codeset_of(press.codeset);
    json::array keys;
    for (auto code : press.keys) {
        json::object key{{"type", "number"}, {"data", require_qnum(set, code)}};
        keys.push_back(std::move(key));
    }
    json::object arguments{{"keys", std::move(keys)}};
    if (press.hold.count() > 0) arguments["hold-time"] = press.hold.count();
    return arguments;
}
} // namespace

awaitable<QemuDriver::Model> QemuDriver::read_live(DomainPtr domain) {
    require_active(*domain);
    return hypervisor::parse_text(domain->durable.live.text, model::domain::Scope::Live);
}

awaitable<void> QemuDriver::send_key(Uuid uuid, std::string name, hypervisor::KeyPress keys) {
    auto domain = require(uuid, name);
    if (keys.keys.empty() || keys.keys.size() > most_keys)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("{} keys cannot be pressed together: 1 to {}", keys.keys.size(), most_keys));
    auto arguments = key_arguments(keys);
    auto job = co_await begin(domain, async::JobKind::Modify, "send_key");
    co_await job.run(press(domain, std::move(arguments)));
}

awaitable<void> QemuDriver::press(DomainPtr domain, json::object arguments) {
    auto monitor = co_await require_monitor(domain);
    co_await monitor->execute("send-key", std::move(arguments), options_.monitor_deadline);
}

awaitable<void> QemuDriver::inject_nmi(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "inject_nmi");
    co_await job.run(command(domain, "inject-nmi"));
}

awaitable<void> QemuDriver::pm_wakeup(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "pm_wakeup");
    require_active(*domain);
    if (domain->state.state != DomainState::PmSuspended)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' does not sleep", domain->durable.name));
    co_await job.run(command(domain, "system_wakeup"));
}

awaitable<std::string> QemuDriver::monitor_command(Uuid uuid, std::string name, std::string command,
                                                   bool human, std::vector<Fd> files) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "monitor_command");
    co_return co_await job.run(run_by_hand(domain, std::move(command), human, std::move(files)));
}

awaitable<std::string> QemuDriver::run_by_hand(DomainPtr domain, std::string command, bool human,
                                               std::vector<Fd> files) {
    auto monitor = co_await require_monitor(domain);
    if (!std::exchange(domain->run->commanded_by_hand, true))
        log.warning("{}: its monitor gets commands by hand, which may change what is known of it",
                    domain->durable.name);
    json::object message;
    if (human) {
        json::object arguments{{"command-line", command}};
        message = {{"execute", "human-monitor-command"}, {"arguments", std::move(arguments)}};
    } else {
        auto document = json::parse(command);
        if (!document || !document->is_object())
            throw error(ErrorCode::InvalidArgument,
                        fmt::format("a command of the monitor is an object of JSON such as "
                                    "{{\"execute\": \"query-status\"}}{}",
                                    document ? "" : ": " + document.error()));
        message = std::move(document->get_object());
    }
    auto answer = co_await monitor->pass_on(std::move(message), std::move(files), options_.monitor_deadline);
    if (!human) co_return json::print(answer);
    if (auto text = json::find_text(answer, "return")) co_return std::string{*text};
    const auto* refusal = json::find_object(answer, "error");
    throw error(ErrorCode::OperationFailed,
                fmt::format("QEMU did not run '{}': {}", command,
                            refusal != nullptr ? json::find_text(*refusal, "desc").value_or("no reason given")
                                               : "it gave no text"));
}

} // namespace vireo::qemu
