// SPDX-License-Identifier: Apache-2.0
// Memory, vcpus, interfaces and threads: what QEMU tells of them, and what the kernel does.
#include "qemu/statistics/sources.hpp"

#include "async/blocking.hpp"
#include "qemu/statistics/process_times.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>

namespace vireo::qemu {

using namespace model::domain;

namespace {
const json::array& list_of(const json::value& answer) {
    static const json::array none;
    const auto* list = answer.if_array();
    return list != nullptr ? *list : none;
}

/// A figure of the guest's balloon; QEMU says -1 for what the guest has not told.
std::optional<std::uint64_t> figure(const json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    if (value == nullptr || !value->is_number() || value->is_double()) return std::nullopt;
    if (value->is_int64() && value->get_int64() < 0) return std::nullopt;
    auto number = value->is_uint64() ? value->get_uint64() : static_cast<std::uint64_t>(value->get_int64());
    if (number == UINT64_MAX) return std::nullopt;
    return number;
}

struct BalloonFigure {
    std::string_view of_qemu, name;
    std::uint64_t unit; ///< what one of libvirt's is of QEMU's
};
constexpr std::uint64_t kib = 1024;
constexpr auto balloon_figures = std::to_array<BalloonFigure>({
    {"stat-swap-in", "swap_in", kib},
    {"stat-swap-out", "swap_out", kib},
    {"stat-major-faults", "major_fault", 1},
    {"stat-minor-faults", "minor_fault", 1},
    {"stat-free-memory", "unused", kib},
    {"stat-total-memory", "available", kib},
    {"stat-available-memory", "usable", kib},
    {"stat-disk-caches", "disk_caches", kib},
    {"stat-htlb-pgalloc", "hugetlb_pgalloc", 1},
    {"stat-htlb-pgfail", "hugetlb_pgfail", 1},
});

/// What the host has counted on its end of a cable is the other direction for the guest.
struct Counter {
    std::string_view name, of_host;
};
constexpr auto counters = std::to_array<Counter>({
    {"rx.bytes", "tx_bytes"},
    {"rx.pkts", "tx_packets"},
    {"rx.errs", "tx_errors"},
    {"rx.drop", "tx_dropped"},
    {"tx.bytes", "rx_bytes"},
    {"tx.pkts", "rx_packets"},
    {"tx.errs", "rx_errors"},
    {"tx.drop", "rx_dropped"},
});

std::optional<std::uint64_t> read_counter(std::string_view device, std::string_view counter) {
    std::ifstream file{fmt::format("/sys/class/net/{}/statistics/{}", device, counter)};
    std::uint64_t value = 0;
    if (file >> value) return value;
    return std::nullopt;
}
} // namespace

/// No guest has monitors of its caches (resctrl).
awaitable<void> add_processor(const Subject& subject, Statistics& statistics) {
    auto work = [process = subject.process] { return poll_times(process); };
    auto [success, failure] = co_await async::blocking(std::move(work));
    statistics.add("cpu.cache.monitor.count", std::uint32_t{0});
    statistics.add("cpu.haltpoll.success.time", static_cast<std::uint64_t>(success.count()));
    statistics.add("cpu.haltpoll.fail.time", static_cast<std::uint64_t>(failure.count()));
}

awaitable<void> add_balloon(const Subject& subject, Statistics& statistics) {
    const auto& balloon = subject.live.devices.memory_balloon;
    if (balloon && balloon->model != BalloonModel::None) {
        json::object arguments{{"path", "/machine/peripheral/" + balloon->info.alias},
                               {"property", "guest-stats"}};
        auto answer = co_await subject.monitor->execute("qom-get", std::move(arguments), subject.deadline);
        const auto* object = answer.if_object();
        const auto* told = object != nullptr ? json::find_object(*object, "stats") : nullptr;
        for (const auto& [of_qemu, name, unit] : balloon_figures)
            if (auto value = told != nullptr ? figure(*told, of_qemu) : std::nullopt)
                statistics.add(fmt::format("balloon.{}", name), *value / unit);
        if (auto time = object != nullptr ? figure(*object, "last-update") : std::nullopt)
            statistics.add("balloon.last-update", *time);
    }
    auto work = [process = subject.process] { return resident_kib(process); };
    if (auto resident = co_await async::blocking(std::move(work))) statistics.add("balloon.rss", *resident);
}

awaitable<std::vector<VcpuThread>> vcpu_threads(const Subject& subject) {
    auto answer = co_await subject.monitor->execute("query-cpus-fast", subject.deadline);
    std::vector<VcpuThread> threads;
    for (const auto& item : list_of(answer)) {
        const auto* object = item.if_object();
        if (object == nullptr) continue;
        auto number = json::find_number(*object, "cpu-index"),
             thread = json::find_number(*object, "thread-id");
        if (number && thread && *number >= 0)
            threads.push_back({static_cast<std::uint32_t>(*number), static_cast<pid_t>(*thread)});
    }
    co_return threads;
}

awaitable<void> add_vcpus(const Subject& subject, Statistics& statistics) {
    constexpr std::int32_t running = 1; // virVcpuState
    auto threads = co_await vcpu_threads(subject);
    auto work = [process = subject.process, &threads] {
        std::vector<std::optional<ThreadTimes>> all;
        for (const auto& vcpu : threads) all.push_back(thread_times(process, vcpu.thread));
        return all;
    };
    auto times = co_await async::blocking(std::move(work));
    for (std::size_t i = 0; i < threads.size(); ++i) {
        if (!times[i]) continue;
        auto prefix = fmt::format("vcpu.{}.", threads[i].number);
        statistics.add(prefix + "state", running);
        statistics.add(prefix + "time", static_cast<std::uint64_t>(times[i]->used.count()));
        statistics.add(prefix + "wait", static_cast<std::uint64_t>(times[i]->wait.count()));
        statistics.add(prefix + "delay", static_cast<std::uint64_t>(times[i]->delay.count()));
    }
}

awaitable<void> add_interfaces(const Subject& subject, Statistics& statistics) {
    const auto& interfaces = subject.live.devices.interfaces;
    std::vector<std::string> devices;
    for (const auto& interface : interfaces) devices.push_back(interface.target);
    auto work = [&devices] {
        std::vector<std::vector<std::optional<std::uint64_t>>> all;
        for (const auto& device : devices) {
            auto& values = all.emplace_back();
            for (const auto& counter : counters)
                values.push_back(device.empty() ? std::nullopt : read_counter(device, counter.of_host));
        }
        return all;
    };
    auto values = co_await async::blocking(std::move(work));
    statistics.add("net.count", static_cast<std::uint32_t>(interfaces.size()));
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (devices[i].empty()) continue; // nothing of the host's
        statistics.add(fmt::format("net.{}.name", i), devices[i]);
        for (std::size_t k = 0; k < counters.size(); ++k)
            if (values[i][k]) statistics.add(fmt::format("net.{}.{}", i, counters[k].name), *values[i][k]);
    }
}

namespace {
/// "iothread3" is the number 3.
std::optional<std::uint32_t> iothread_number(const json::object& from) {
    constexpr std::string_view prefix = "iothread";
    auto id = json::find_text(from, "id").value_or("");
    std::uint32_t number = 0;
    if (!id.starts_with(prefix)) return std::nullopt;
    id.remove_prefix(prefix.size());
    auto [end, failure] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (failure != std::errc{} || end != id.data() + id.size()) return std::nullopt;
    return number;
}
} // namespace

awaitable<std::vector<IoThread>> io_threads(const Subject& subject) {
    auto answer = co_await subject.monitor->execute("query-iothreads", subject.deadline);
    std::vector<IoThread> threads;
    for (const auto& item : list_of(answer)) {
        const auto* object = item.if_object();
        auto number = object != nullptr ? iothread_number(*object) : std::nullopt;
        auto thread = object != nullptr ? json::find_number(*object, "thread-id") : std::nullopt;
        if (number && thread) threads.push_back({*number, static_cast<pid_t>(*thread)});
    }
    co_return threads;
}

awaitable<void> add_iothreads(const Subject& subject, Statistics& statistics) {
    auto answer = co_await subject.monitor->execute("query-iothreads", subject.deadline);
    const auto& list = list_of(answer);
    if (list.empty()) co_return;
    statistics.add("iothread.count", static_cast<std::uint32_t>(list.size()));
    for (const auto& item : list) {
        const auto* object = item.if_object();
        auto number = object != nullptr ? iothread_number(*object) : std::nullopt;
        if (!number) continue;
        if (auto value = figure(*object, "poll-max-ns"))
            statistics.add(fmt::format("iothread.{}.poll-max-ns", *number), *value);
        if (auto value = figure(*object, "poll-grow"))
            statistics.add(fmt::format("iothread.{}.poll-grow", *number), static_cast<std::uint32_t>(*value));
        if (auto value = figure(*object, "poll-shrink"))
            statistics.add(fmt::format("iothread.{}.poll-shrink", *number),
                           static_cast<std::uint32_t>(*value));
    }
}

awaitable<void> add_dirty_rate(const Subject& subject, Statistics& statistics) {
    auto answer = co_await subject.monitor->execute("query-dirty-rate", subject.deadline);
    const auto* object = answer.if_object();
    if (object == nullptr) co_return;
    constexpr std::int32_t unstarted = 0, measuring = 1, measured = 2; // virDomainDirtyRateStatus
    auto word = json::find_text(*object, "status").value_or("");
    auto status = word == "measured" ? measured : word == "measuring" ? measuring : unstarted;
    statistics.add("dirtyrate.calc_status", status);
    statistics.add("dirtyrate.calc_start_time", json::find_number(*object, "start-time").value_or(0));
    statistics.add("dirtyrate.calc_period",
                   static_cast<std::int32_t>(json::find_number(*object, "calc-time").value_or(0)));
    auto mode = json::find_text(*object, "mode").value_or("");
    if (!mode.empty()) statistics.add("dirtyrate.calc_mode", std::string{mode});
    if (auto rate = json::find_number(*object, "dirty-rate"); rate && status == measured)
        statistics.add("dirtyrate.megabytes_per_second", *rate);
}

} // namespace vireo::qemu
