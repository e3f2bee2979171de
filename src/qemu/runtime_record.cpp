// SPDX-License-Identifier: Apache-2.0
#include "qemu/runtime_record.hpp"

#include "model/domain/xml.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

namespace {
using hypervisor::DefinitionText;

json::object to_json(const Text& definition) {
    const auto& summary = definition.summary;
    json::object object{{"max_memory", summary.max_memory.in_kib()},
                        {"memory", summary.memory.in_kib()},
                        {"max_vcpus", summary.max_vcpus},
                        {"vcpus", summary.vcpus},
                        {"os", summary.os_type}};
    if (!summary.title.empty()) object["title"] = summary.title;
    if (summary.names_firmware) object["firmware"] = true;
    if (summary.has_secrets) object["secrets"] = true;
    json::array disks;
    for (const auto& disk : definition.text->disks) disks.push_back(json::array{disk.target, disk.source});
    object["disks"] = std::move(disks);
    return object;
}

json::object to_json(const PendingJob& job) {
    return {{"kind", name_of(job.kind)},
            {"part", job.part},
            {"file", job.file},
            {"running", job.running},
            {"whole", job.whole}};
}

json::object to_json(const RunRecord& run) {
    json::object object{{"phase", name_of(run.phase)},
                        {"id", run.id},
                        {"boot", run.boot},
                        {"pid", run.process.pid},
                        {"start_time", run.process.start_time},
                        {"state", static_cast<std::int32_t>(run.state.state)},
                        {"reason", run.state.reason}};
    if (run.reboot_wanted) object["reboot"] = true;
    if (run.autodestroy) object["autodestroy"] = true;
    if (!run.ports.empty()) object["ports"] = json::array(run.ports.begin(), run.ports.end());
    if (!run.changing.empty()) object["changing"] = json::array(run.changing.begin(), run.changing.end());
    if (run.clock_start) object["clock_start"] = *run.clock_start;
    if (run.agent_patience) // negative: for ever
        object["agent_patience"] = run.agent_patience->limit ? run.agent_patience->limit->count() : -1;
    if (run.job) object["job"] = to_json(*run.job);
    return object;
}

std::int64_t number(const json::object& from, std::string_view key) {
    auto found = json::find_number(from, key);
    if (!found) throw error(ErrorCode::InternalError, fmt::format("its member '{}' is missing", key));
    return *found;
}

std::string text(const json::object& from, std::string_view key) {
    return std::string{json::find_text(from, key).value_or("")};
}

bool flag(const json::object& from, std::string_view key) {
    return json::find_flag(from, key).value_or(false);
}

Summary summary_from(const json::object& from) {
    Summary summary;
    summary.max_memory = MemorySize::kib(static_cast<std::uint64_t>(number(from, "max_memory")));
    summary.memory = MemorySize::kib(static_cast<std::uint64_t>(number(from, "memory")));
    summary.max_vcpus = static_cast<std::uint32_t>(number(from, "max_vcpus"));
    summary.vcpus = static_cast<std::uint32_t>(number(from, "vcpus"));
    summary.os_type = text(from, "os");
    summary.title = text(from, "title");
    summary.names_firmware = flag(from, "firmware");
    summary.has_secrets = flag(from, "secrets");
    return summary;
}

PendingJob job_from(const json::object& from) {
    auto kind = from_name<PendingJob::Kind>(text(from, "kind"));
    if (!kind) throw error(ErrorCode::InternalError, "the kind of its job is unknown");
    return {*kind, text(from, "part"), text(from, "file"), flag(from, "running"), flag(from, "whole")};
}

RunRecord run_from(const json::object& from) {
    RunRecord run;
    auto phase = from_name<Phase>(text(from, "phase"));
    if (!phase) throw error(ErrorCode::InternalError, "its phase is unknown");
    run.phase = *phase;
    run.id = static_cast<std::int32_t>(number(from, "id"));
    run.boot = text(from, "boot");
    run.process.pid = static_cast<pid_t>(number(from, "pid"));
    run.process.start_time = static_cast<std::uint64_t>(number(from, "start_time"));
    run.state = {static_cast<hypervisor::DomainState>(number(from, "state")),
                 static_cast<std::int32_t>(number(from, "reason"))};
    run.reboot_wanted = flag(from, "reboot");
    run.autodestroy = flag(from, "autodestroy");
    if (const auto* ports = json::find_array(from, "ports"))
        for (const auto& port : *ports)
            if (port.is_int64()) run.ports.push_back(static_cast<std::int32_t>(port.get_int64()));
    if (const auto* changing = json::find_array(from, "changing"))
        for (const auto& alias : *changing)
            if (alias.is_string()) run.changing.emplace_back(std::string_view{alias.get_string()});
    run.clock_start = json::find_number(from, "clock_start");
    if (auto seconds = json::find_number(from, "agent_patience")) {
        run.agent_patience.emplace();
        if (*seconds >= 0) run.agent_patience->limit = std::chrono::seconds{*seconds};
    }
    if (const auto* job = json::find_object(from, "job")) run.job = job_from(*job);
    return run;
}

/// Nothing where a record does not tell of them.
std::optional<std::vector<hypervisor::DiskSummary>> disks_from(const json::object& from) {
    const auto* list = json::find_array(from, "disks");
    if (!list) return std::nullopt;
    std::vector<hypervisor::DiskSummary> disks;
    disks.reserve(list->size());
    for (const auto& each : *list) {
        const auto* pair = each.if_array();
        if (!pair || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_string())
            return std::nullopt;
        disks.push_back({std::string{(*pair)[0].get_string()}, std::string{(*pair)[1].get_string()}});
    }
    return disks;
}

/// The texts of one XML document of the store, which is the one with passwords. Without a whole summary, or
/// where the open text is another one, it is parsed.
Text text_from(std::string xml, const json::object* known, bool live) {
    if (xml.empty()) return {};
    auto summary = known != nullptr ? summary_from(*known) : Summary{};
    auto disks = known != nullptr ? disks_from(*known) : std::nullopt;
    if (!disks || summary.has_secrets) {
        using model::domain::Scope;
        return format_text(model::domain::parse(xml, live ? Scope::Live : Scope::Definition), live);
    }
    DefinitionText definition{std::move(xml), {}, std::move(*disks)};
    return {std::make_shared<const DefinitionText>(std::move(definition)), std::move(summary)};
}
} // namespace

store::Record to_record(const Uuid& uuid, const Durable& durable) {
    store::Record record{
        .kind = std::string{domain_kind}, .uuid = uuid, .name = durable.name, .autostart = durable.autostart};
    json::object runtime;
    if (durable.definition) {
        record.definition = durable.definition.complete();
        runtime["definition"] = to_json(durable.definition);
    }
    if (durable.live) {
        record.live = durable.live.complete();
        runtime["live"] = to_json(durable.live);
    }
    if (durable.run) runtime["run"] = to_json(*durable.run);
    record.runtime = json::print(runtime);
    return record;
}

Durable durable_from(store::Record record) {
    Durable durable;
    durable.name = std::move(record.name);
    durable.autostart = record.autostart;
    json::object runtime;
    if (!record.runtime.empty()) {
        auto document = json::parse(record.runtime);
        if (!document || !document->is_object())
            throw error(ErrorCode::InternalError, "its runtime part is not a JSON object");
        runtime = std::move(document->get_object());
    }
    durable.definition =
        text_from(std::move(record.definition), json::find_object(runtime, "definition"), false);
    durable.live = text_from(std::move(record.live), json::find_object(runtime, "live"), true);
    if (const auto* run = json::find_object(runtime, "run")) durable.run = run_from(*run);
    return durable;
}

store::Record to_record(const DriverRecord& driver) {
    json::object runtime{{"next_id", driver.next_id}, {"autostarted_boot", driver.autostarted_boot}};
    return {.kind = std::string{driver_kind},
            .uuid = {},
            .name = "driver",
            .autostart = false,
            .runtime = json::print(runtime)};
}

DriverRecord driver_from(const store::Record& record) {
    auto document = json::parse(record.runtime);
    if (!document || !document->is_object())
        throw error(ErrorCode::InternalError, "the driver's own record is not a JSON object");
    DriverRecord driver;
    driver.next_id = static_cast<std::int32_t>(number(document->get_object(), "next_id"));
    driver.autostarted_boot = text(document->get_object(), "autostarted_boot");
    return driver;
}

} // namespace vireo::qemu
