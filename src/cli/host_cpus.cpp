// SPDX-License-Identifier: Apache-2.0
// The commands about the host's processors, and those that its hypervisor can make.
#include "cli/cpu_descriptions.hpp"
#include "cli/cpu_set.hpp"
#include "cli/shell.hpp"
#include "protocol/connect.hpp"
#include "protocol/node.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/steady_timer.hpp>

namespace vireo::cli {

namespace {
using enum OptionKind;

/// What virsh says about virCPUCompareResult. Whether such a CPU can be had.
struct Verdict {
    std::string_view name;
    std::string text;
    bool good;
};
Verdict verdict_on(std::int32_t result, const std::string& file, std::string_view by) {
    switch (result) {
    case 1: return {"identical", fmt::format("CPU described in {} is identical to {}", file, by), true};
    case 2: {
        auto subject = std::string{by};
        subject.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(subject.front())));
        return {"superset", fmt::format("{} is a superset of CPU described in {}", subject, file), true};
    }
    default:
        return {"incompatible", fmt::format("CPU described in {} is incompatible with {}", file, by), false};
    }
}

void show_verdict(Shell& shell, const Verdict& verdict) {
    shell.show("result", verdict.name, verdict.text + '\n');
    if (!verdict.good) shell.mark_failed();
}

std::uint32_t compare_flags(const Arguments& arguments) { // virConnectCompareCPUFlags
    return arguments.bits({{"error", 1}, {"validate", 2}});
}
std::uint32_t baseline_flags(const Arguments& arguments) { // virConnectBaselineCPUFlags
    return arguments.bits({{"features", 1}, {"migratable", 2}});
}

awaitable<void> cpu_compare(Shell& shell, const Arguments& arguments) {
    auto file = arguments.text("file");
    auto cpu = cpu_descriptions_in(file).front();
    auto daemon = co_await shell.connection();
    auto answer =
        co_await explain(fmt::format("failed to compare the host's CPU with {}", file),
                         daemon->call_with(protocol::connect_compare_cpu, cpu, compare_flags(arguments)));
    show_verdict(shell, verdict_on(answer.result, file, "host CPU"));
}

awaitable<void> hypervisor_cpu_compare(Shell& shell, const Arguments& arguments) {
    auto file = arguments.text("file");
    auto cpu = cpu_descriptions_in(file).front();
    auto daemon = co_await shell.connection();
    auto answer = co_await explain(
        fmt::format("failed to compare the hypervisor's CPU with {}", file),
        daemon->call_with(protocol::connect_compare_hypervisor_cpu, arguments.optional_text("emulator"),
                          arguments.optional_text("arch"), arguments.optional_text("machine"),
                          arguments.optional_text("virttype"), cpu, compare_flags(arguments)));
    show_verdict(shell, verdict_on(answer.result, file, "the CPU provided by hypervisor on the host"));
}

using CpuList = decltype(protocol::ConnectBaselineCpuArgs::xml_cp_us);

CpuList cpus_in(const std::string& file) {
    auto found = cpu_descriptions_in(file);
    return {found.begin(), found.end()};
}

awaitable<void> cpu_baseline(Shell& shell, const Arguments& arguments) {
    auto cpus = cpus_in(arguments.text("file"));
    auto daemon = co_await shell.connection();
    auto answer = co_await daemon->call_with(protocol::connect_baseline_cpu, std::move(cpus),
                                             baseline_flags(arguments));
    shell.show_text("cpu", answer.cpu);
}

/// A file of CPUs, or the name of one model.
CpuList cpus_asked_for(const Arguments& arguments) {
    arguments.exclude("file", "model");
    if (auto file = arguments.optional_text("file")) return cpus_in(*file);
    auto model = arguments.optional_text("model");
    if (!model) throw usage_error("either --file or --model is needed");
    if (model->find_first_of("<>&") != model->npos)
        throw usage_error(fmt::format("'{}' is no name of a model", *model));
    CpuList cpus;
    cpus.push_back(fmt::format("<cpu><model>{}</model></cpu>", *model));
    return cpus;
}

awaitable<void> hypervisor_cpu_baseline(Shell& shell, const Arguments& arguments) {
    auto cpus = cpus_asked_for(arguments);
    auto daemon = co_await shell.connection();
    auto answer = co_await daemon->call_with(
        protocol::connect_baseline_hypervisor_cpu, arguments.optional_text("emulator"),
        arguments.optional_text("arch"), arguments.optional_text("machine"),
        arguments.optional_text("virttype"), std::move(cpus), baseline_flags(arguments));
    shell.show_text("cpu", answer.cpu);
}

awaitable<void> cpu_models(Shell& shell, const Arguments& arguments) {
    auto daemon = co_await shell.connection();
    auto answer = co_await explain(
        "failed to get the names of CPU models",
        daemon->call_with(protocol::connect_get_cpu_model_names, arguments.text("arch"), 1, 0U));
    std::vector<std::string> models(answer.models.begin(), answer.models.end());
    shell.show("models", models,
               models.empty() ? "all CPU models are accepted\n"
                              : fmt::format("{}\n", fmt::join(models, "\n")));
}

awaitable<void> nodecpumap(Shell& shell, const Arguments& arguments) {
    auto daemon = co_await shell.connection();
    auto map = co_await explain("failed to get the map of the host's processors",
                                daemon->call_with(protocol::node_get_cpu_map, 1, 1, 0U));
    auto present = static_cast<std::size_t>(map.ret);
    auto list = cpu_list(map.cpumap.data, present);
    Record record;
    record.add("present", present, fmt::format("{:<15} {}", "CPUs present:", present));
    record.add("online", map.online, fmt::format("{:<15} {}", "CPUs online:", map.online));
    record.add("map", list,
               fmt::format("{:<15} {}", "CPU map:",
                           arguments.has("pretty") ? list : cpu_letters(map.cpumap.data, present)));
    shell.show(record);
}

using Times = std::map<std::string, std::uint64_t, std::less<>>;

awaitable<Times> cpu_times(std::shared_ptr<client::Connection> daemon, std::int32_t cpu) {
    auto headline = "failed to get the processor statistics of the host";
    auto count = co_await explain(headline, daemon->call_with(protocol::node_get_cpu_stats, cpu, 0, 0U));
    auto answer =
        co_await explain(headline, daemon->call_with(protocol::node_get_cpu_stats, cpu, count.nparams, 0U));
    Times times;
    for (const auto& [field, value] : answer.params) {
        auto name = field == "kernel" ? "system" : field;
        times[name] = value;
    }
    co_return times;
}

constexpr auto time_names = std::to_array<std::string_view>({"user", "system", "idle", "iowait", "intr"});

Record percent_record(const Times& before, const Times& after) {
    std::map<std::string_view, double> spent;
    double all = 0;
    for (auto name : time_names)
        if (auto now = after.find(name); now != after.end()) {
            auto then = before.find(name);
            spent[name] = static_cast<double>(now->second) -
                          (then == before.end() ? 0 : static_cast<double>(then->second));
            all += spent[name];
        }
    if (all <= 0) all = 1;
    Record record;
    auto add = [&](std::string_view name, double part) {
        record.add(name, part, fmt::format("{:<15} {:>5.1f}%", fmt::format("{}:", name), part));
    };
    add("usage", 100 * (spent["user"] + spent["system"]) / all);
    for (auto name : time_names)
        if (after.contains(name)) add(name, 100 * spent[name] / all);
    return record;
}

awaitable<void> nodecpustats(Shell& shell, const Arguments& arguments) {
    constexpr std::int32_t all_cpus = -1;
    auto cpu = arguments.number("cpu", all_cpus).value_or(all_cpus);
    auto daemon = co_await shell.connection();
    auto times = co_await cpu_times(daemon, cpu);
    if (arguments.has("percent")) {
        asio::steady_timer second{co_await asio::this_coro::executor, std::chrono::seconds{1}};
        co_await second.async_wait(asio::use_awaitable);
        auto later = co_await cpu_times(daemon, cpu);
        co_return shell.show(percent_record(times, later));
    }
    Record record;
    for (auto name : time_names)
        if (auto found = times.find(name); found != times.end())
            record.add(name, found->second,
                       fmt::format("{:<15} {:>20}", fmt::format("{}:", name), found->second));
    shell.show(record);
}
} // namespace

std::vector<Command> host_cpu_commands() {
    const Option file{"file", Positional, "file with XML descriptions of CPUs"};
    const Option virttype{"virttype", Text, "kind of virtualization, such as kvm"},
        emulator{"emulator", Text, "path of the emulator"}, arch{"arch", Text, "architecture"},
        machine{"machine", Text, "machine type"};
    const Option features{"features", Flag, "with the features that the model implies"},
        migratable{"migratable", Flag, "without features that cannot migrate"};
    const Option error{"error", Flag, "fail when it is incompatible, and say why"},
        validate{"validate", Flag, "check the XML against its schema"};
    return {
        {"cpu-baseline",
         "the CPU that several hosts have in common",
         "",
         {file, features, migratable},
         cpu_baseline},
        {"cpu-compare", "whether the host has what a CPU needs", "", {file, error, validate}, cpu_compare},
        {"cpu-models",
         "names of CPU models",
         "",
         {{"arch", Positional, "architecture, such as x86_64"}},
         cpu_models},
        {"hypervisor-cpu-baseline",
         "the CPU that hypervisors on several hosts can make",
         "",
         {{"file", Text, "file with XML descriptions of CPUs"},
          virttype,
          emulator,
          arch,
          machine,
          features,
          migratable,
          {"model", Text, "name of a CPU model, instead of a file"}},
         hypervisor_cpu_baseline},
        {"hypervisor-cpu-compare",
         "whether the hypervisor can make a CPU",
         "",
         {file, virttype, emulator, arch, machine, error, validate},
         hypervisor_cpu_compare},
        {"nodecpumap", "which processors the host has", "", {{"pretty", Flag, "as ranges"}}, nodecpumap},
        {"nodecpustats",
         "what the host's processors did",
         "",
         {{"cpu", Number, "only this one; they count from 0"},
          {"percent", Flag, "shares of the second that follows"}},
         nodecpustats},
    };
}

} // namespace vireo::cli
