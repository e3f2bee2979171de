// SPDX-License-Identifier: Apache-2.0
// The commands that talk to a guest's emulator, and to its agent, in their own language.
#include "cli/descriptors.hpp"
#include "cli/pretty_json.hpp"
#include "cli/watch.hpp"
#include "protocol/qemu.hpp"

namespace vireo::cli {

namespace {
using enum OptionKind;

awaitable<std::string> ask_monitor(Shell& shell, client::Domain domain, const Arguments& arguments,
                                   std::string command) {
    auto flags = arguments.bits({{"hmp", 1}}); // virDomainQemuMonitorCommandFlags
    if (!arguments.has("pass-fds"))
        co_return (co_await domain.call(protocol::qemu_domain_monitor_command, command, flags)).result;
    auto daemon = co_await shell.connection();
    protocol::QemuDomainMonitorCommandWithFilesArgs args{domain.handle(), std::move(command), flags};
    auto descriptors = descriptors_in(arguments.text("pass-fds"));
    auto answer = co_await daemon->call_with_descriptors(protocol::qemu_domain_monitor_command_with_files,
                                                         args, std::move(descriptors));
    co_return answer.result;
}

awaitable<void> monitor_command(Shell& shell, const Arguments& arguments) {
    arguments.exclude("hmp", "pretty");
    arguments.exclude("hmp", "return-value");
    auto domain = co_await shell.domain_of(arguments);
    auto command = fmt::format("{}", fmt::join(arguments.rest(), " "));
    auto answer = co_await ask_monitor(shell, domain, arguments, std::move(command));
    if (arguments.has("hmp")) co_return shell.show("output", answer, answer + '\n');
    bool bare = arguments.has("return-value");
    if (bare) answer = member_of(answer, "return");
    auto line = bare ? answer : answer + '\n';
    shell.show_json(answer, arguments.has("pretty") ? pretty_json(answer) : line);
}

awaitable<void> agent_command(Shell& shell, const Arguments& arguments) {
    constexpr std::int32_t for_ever = -2, not_at_all = 0; // virDomainQemuAgentCommandTimeoutValues
    for (auto [one, other] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"timeout", "async"}, {"timeout", "block"}, {"async", "block"}})
        arguments.exclude(one, other);
    auto timeout = arguments.number("timeout", 1).value_or(arguments.has("async") ? not_at_all : for_ever);
    auto domain = co_await shell.domain_of(arguments);
    auto command = fmt::format("{}", fmt::join(arguments.rest(), " "));
    auto answer = co_await domain.call(protocol::qemu_domain_agent_command, std::move(command), timeout, 0U);
    if (!answer.result) co_return;
    auto line = *answer.result + '\n';
    shell.show_json(*answer.result, arguments.has("pretty") ? pretty_json(*answer.result) : line);
}

void take_monitor_event(Watch& watch, const protocol::QemuDomainMonitorEventMsg& event, bool pretty) {
    Record record;
    record.add("event", event.event, "").add("domain", event.dom.name, "").add("seconds", event.seconds, "");
    record.add("microseconds", event.micros, "");
    record.add("details", event.details ? Value{*event.details} : Value{}, "");
    auto details = event.details.value_or("<null>");
    if (pretty && event.details) details = pretty_json(details);
    watch.take(fmt::format("event {} at {}.{:06} for domain '{}': {}", event.event, event.seconds,
                           event.micros, event.dom.name, details),
               std::move(record));
}

awaitable<void> monitor_event(Shell& shell, const Arguments& arguments) {
    auto watch = std::make_shared<Watch>(shell, co_await asio::this_coro::executor, arguments);
    auto daemon = co_await shell.connection();
    protocol::QemuConnectDomainMonitorEventRegisterArgs args;
    args.event = arguments.optional_text("event");
    args.flags =
        arguments.bits({{"regex", 1}, {"no-case", 2}}); // virConnectDomainQemuMonitorEventRegisterFlags
    if (auto name = arguments.optional_text("domain"))
        args.dom = (co_await shell.find_domain(*name)).handle();
    bool pretty = arguments.has("pretty");
    daemon->on_event(protocol::qemu_domain_monitor_event,
                     [watch, pretty](const auto& event) { take_monitor_event(*watch, event, pretty); });
    auto subscription = co_await daemon->call(protocol::qemu_connect_domain_monitor_event_register, args);
    co_await watch->run(daemon);
    co_await daemon->call_with(protocol::qemu_connect_domain_monitor_event_deregister,
                               subscription.callback_id);
}
} // namespace

std::vector<Command> hypervisor_commands() {
    const Option pretty{"pretty", Flag, "indent the JSON"};
    return {
        {"qemu-agent-command",
         "send a command to the agent in a guest",
         "",
         {running_domain_option,
          {"timeout", NamedNumber, "seconds that it may take"},
          {"async", Flag, "do not wait for the answer"},
          {"block", Flag, "wait for ever"},
          pretty,
          {"cmd", RequiredRest, "the command, in JSON"}},
         agent_command},
        {"qemu-monitor-command",
         "send a command to a guest's QEMU",
         "What it changes there is behind the daemon's back.",
         {running_domain_option,
          {"hmp", Flag, "a command for people, not in JSON"},
          pretty,
          {"return-value", Flag, "only what the command returned"},
          {"pass-fds", NamedText, "hand these file descriptors (N,M,...) over with it"},
          {"cmd", RequiredRest, "the command"}},
         monitor_command},
        {"qemu-monitor-event",
         "wait for events of a guest's QEMU",
         "",
         {{"domain", Text, "only those of this domain (name, id or UUID)", Completes::Domain},
          {"event", Text, "only those with this name"},
          pretty,
          {"loop", Flag, "go on after the first one, until the timeout or ^C"},
          {"timeout", Number, "give up after this many seconds"},
          {"regex", Flag, "the name is a regular expression"},
          {"no-case", Flag, "the name may be in small letters"},
          {"timestamp", Flag, "begin each line with the time"}},
         monitor_event},
    };
}

} // namespace vireo::cli
