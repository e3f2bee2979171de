// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/probe_questions.hpp"

#include "qemu/capabilities/cpu_names.hpp"

#include <functional>
#include <map>

namespace vireo::qemu {

namespace {
using Milliseconds = std::chrono::milliseconds;

CpuModel cpu_model_of(const json::value& item) {
    CpuModel model{text_of(item, "name"), flag_of(item, "deprecated"), {}};
    if (const auto* missing = json::find_array(item.get_object(), "unavailable-features")) {
        model.tells_blockers = true;
        for (const auto& feature : *missing)
            if (const auto* name = feature.if_string())
                model.blockers.emplace_back(name->data(), name->size());
    }
    return model;
}

/// "EPYC-v2" is a version of "EPYC".
bool is_version(std::string_view model) {
    auto end = model.find_last_not_of("0123456789");
    return end != model.npos && end + 1 < model.size() && end > 0 && model.substr(end - 1, 2) == "-v";
}

/// Reads the answer to query-cpu-model-expansion: each property of the CPU, whatever the accelerator can do.
void take_expansion(CpuModel& into, const json::value& answer) {
    const auto* object = answer.if_object();
    const auto* model = object != nullptr ? json::find_object(*object, "model") : nullptr;
    const auto* properties = model != nullptr ? json::find_object(*model, "props") : nullptr;
    if (properties == nullptr) return;
    into.vendor = json::find_text(*properties, "vendor").value_or("");
    for (auto name : cpu_feature_names())
        if (json::find_flag(*properties, name).value_or(false)) into.features.emplace_back(name);
}

/// Without what is behind the model's name no CPU can be compared with it; "host" needs KVM.
awaitable<void> expand(Monitor& monitor, CpuModel& model, Milliseconds deadline) {
    json::object arguments{{"type", "full"}, {"model", json::object{{"name", model.name}}}};
    auto answer = co_await monitor.execute("query-cpu-model-expansion", std::move(arguments), deadline);
    take_expansion(model, answer);
}

using Schema = std::map<std::string, const json::value*, std::less<>>;

const json::value* entry_of(const Schema& schema, std::string_view name) {
    auto found = schema.find(name);
    return found == schema.end() ? nullptr : found->second;
}

/// The choices of the member that tells the kinds of `type` apart.
std::vector<std::string> kinds_of(const Schema& schema, const json::value& type) {
    auto tag = text_of(type, "tag");
    const auto* members = json::find_array(type.get_object(), "members");
    if (members == nullptr) return {};
    for (const auto& member : *members) {
        if (text_of(member, "name") != tag) continue;
        const auto* choice = entry_of(schema, text_of(member, "type"));
        const auto* values = choice == nullptr ? nullptr : json::find_array(choice->get_object(), "values");
        if (values != nullptr) return names_in(*values);
    }
    return {};
}
} // namespace

std::string text_of(const json::value& answer, std::string_view key) {
    const auto* object = answer.if_object();
    return object == nullptr ? std::string{} : std::string{json::find_text(*object, key).value_or("")};
}

bool flag_of(const json::value& answer, std::string_view key) {
    const auto* object = answer.if_object();
    return object != nullptr && json::find_flag(*object, key).value_or(false);
}

std::vector<std::string> names_in(const json::value& answer) {
    std::vector<std::string> names;
    const auto* list = answer.if_array();
    if (list == nullptr) return names;
    for (const auto& item : *list) {
        const auto* text = item.if_string();
        names.push_back(text != nullptr ? std::string{text->data(), text->size()} : text_of(item, "name"));
    }
    return names;
}

awaitable<std::vector<std::string>> names_told_by(Monitor& monitor, std::string command,
                                                  Milliseconds deadline) {
    auto answer = co_await monitor.execute(std::move(command), deadline);
    co_return names_in(answer);
}

awaitable<std::vector<CpuModel>> ask_cpu_models(Monitor& monitor, std::string arch, Milliseconds deadline) {
    std::vector<CpuModel> models;
    auto answer = co_await monitor.execute("query-cpu-definitions", deadline);
    for_each_object(answer, [&](const json::value& item) { models.push_back(cpu_model_of(item)); });
    if (!is_x86(arch)) co_return models;
    for (auto& model : models)
        if (model.name != "host" && !is_version(model.name)) co_await expand(monitor, model, deadline);
    co_return models;
}

awaitable<std::vector<std::string>> ask_displays(Monitor& monitor, Milliseconds deadline) {
    auto answer = co_await monitor.execute("query-qmp-schema", deadline);
    Schema schema;
    for_each_object(answer, [&](const json::value& item) { schema.emplace(text_of(item, "name"), &item); });
    const auto* command = entry_of(schema, "query-display-options");
    const auto* options = command == nullptr ? nullptr : entry_of(schema, text_of(*command, "ret-type"));
    co_return options == nullptr ? std::vector<std::string>{} : kinds_of(schema, *options);
}

} // namespace vireo::qemu
