// SPDX-License-Identifier: Apache-2.0
#include "daemon/save_calls.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
enum SaveFlag : std::uint32_t { BypassCache = 1, Running = 2, Paused = 4, ResetNvram = 8 };
enum DumpFlag : std::uint32_t { Crash = 1, Live = 2, DumpBypassCache = 4, Reset = 8, MemoryOnly = 16 };
constexpr std::uint32_t save_flags_known = BypassCache | Running | Paused;
constexpr std::uint32_t dump_flags_known = Crash | Live | DumpBypassCache | Reset | MemoryOnly;
constexpr std::uint32_t secrets_flag = 1;                                  // virDomainSaveImageXMLFlags
constexpr std::uint32_t completed_flag = 1, keep_flag = 2;                 // virDomainGetJobStatsFlags
constexpr std::uint32_t queue_flag = 1U << 31;                             // ours (`vireo debug jobs`)
constexpr std::uint32_t last_dump_format = 4;                              // virDomainCoreDumpFormat
constexpr std::string_view file_parameter = "file", xml_parameter = "xml"; // virDomainSaveParams

Error invalid(const std::string& what) { return {ErrorCode::InvalidArgument, ErrorDomain::Domain, what}; }

/// Whether it shall run afterwards; none: as before.
std::optional<bool> wish(std::uint32_t flags) {
    if ((flags & Running) != 0 && (flags & Paused) != 0)
        throw invalid("a guest cannot both run and be paused afterwards");
    if ((flags & (Running | Paused)) == 0) return std::nullopt;
    return (flags & Running) != 0;
}

/// Clients make paths absolute; the daemon's own directory is nobody's business.
std::string require_file(std::string path) {
    if (!path.starts_with('/')) throw invalid(fmt::format("'{}' is not an absolute path of a file", path));
    return path;
}

hypervisor::SaveOptions save_options(std::string file, std::optional<std::string> xml, std::uint32_t flags) {
    check_flags(flags, save_flags_known, "virDomainSaveFlags");
    hypervisor::SaveOptions options;
    options.file = require_file(std::move(file));
    options.xml = std::move(xml);
    options.bypass_cache = (flags & BypassCache) != 0;
    options.running = wish(flags);
    return options;
}

hypervisor::RestoreOptions restore_options(std::string file, std::optional<std::string> xml,
                                           std::uint32_t flags) {
    check_flags(flags, save_flags_known | ResetNvram, "virDomainRestoreFlags");
    hypervisor::RestoreOptions options;
    options.file = require_file(std::move(file));
    options.xml = std::move(xml);
    options.bypass_cache = (flags & BypassCache) != 0;
    options.running = wish(flags);
    options.reset_nvram = (flags & ResetNvram) != 0;
    return options;
}

hypervisor::SavedChange change_of(std::optional<std::string> xml, std::uint32_t flags,
                                  std::string_view call) {
    check_flags(flags, Running | Paused, call);
    return {std::move(xml), wish(flags)};
}

/// The file and the XML among the parameters of a save or a restore.
struct Named {
    std::optional<std::string> file, xml;
};
template <class List> Named named(const List& parameters) {
    Named found;
    for (const auto& [name, value] : parameters) {
        auto* place = name == file_parameter ? &found.file : name == xml_parameter ? &found.xml : nullptr;
        const auto* text = std::get_if<std::string>(&value);
        if (place == nullptr || text == nullptr)
            throw invalid(fmt::format("the parameter '{}' is unknown or no text", name));
        if (*place) throw invalid(fmt::format("the parameter '{}' is given twice", name));
        *place = *text;
    }
    return found;
}

hypervisor::DumpOptions dump_options(std::string file, std::uint32_t format, std::uint32_t flags) {
    check_flags(flags, dump_flags_known, "virDomainCoreDump");
    auto has = [flags](std::uint32_t bit) { return (flags & bit) != 0; };
    if (has(Crash) && has(Live)) throw invalid("a guest that goes on meanwhile cannot end with its dump");
    if (has(Crash) && has(Reset)) throw invalid("a guest that ends with its dump cannot begin anew");
    if (has(Live) && has(Reset)) throw invalid("a guest that goes on meanwhile cannot begin anew");
    if (format > last_dump_format) throw invalid(fmt::format("there is no dump format {}", format));
    hypervisor::DumpOptions options;
    options.file = require_file(std::move(file));
    options.format = static_cast<hypervisor::DumpFormat>(format);
    options.crash = has(Crash);
    options.live = has(Live);
    options.bypass_cache = has(DumpBypassCache);
    options.reset = has(Reset);
    options.memory_only = has(MemoryOnly);
    return options;
}
} // namespace

awaitable<void> SaveCalls::save(Session& session, protocol::DomainSaveArgs args) {
    auto options = save_options(std::move(args.to), std::nullopt, 0);
    return driver_of(session).save_guest(args.dom.uuid, args.dom.name, std::move(options));
}

awaitable<void> SaveCalls::save_flags(Session& session, protocol::DomainSaveFlagsArgs args) {
    auto options = save_options(std::move(args.to), std::move(args.dxml), args.flags);
    return driver_of(session).save_guest(args.dom.uuid, args.dom.name, std::move(options));
}

awaitable<void> SaveCalls::save_params(Session& session, protocol::DomainSaveParamsArgs args) {
    check_flags(args.flags, save_flags_known, "virDomainSaveParams");
    auto given = named(args.params);
    if (!given.file) { // where none is named, it is the domain's own
        if (given.xml) throw invalid("a description can be given for a file that is named only");
        hypervisor::SaveOptions options;
        options.bypass_cache = (args.flags & BypassCache) != 0;
        options.running = wish(args.flags);
        return driver_of(session).save_guest(args.dom.uuid, args.dom.name, std::move(options));
    }
    auto options = save_options(std::move(*given.file), std::move(given.xml), args.flags);
    return driver_of(session).save_guest(args.dom.uuid, args.dom.name, std::move(options));
}

awaitable<void> SaveCalls::restore(Session& session, protocol::DomainRestoreArgs args) {
    return driver_of(session).restore_guest(restore_options(std::move(args.from), std::nullopt, 0));
}

awaitable<void> SaveCalls::restore_flags(Session& session, protocol::DomainRestoreFlagsArgs args) {
    auto options = restore_options(std::move(args.from), std::move(args.dxml), args.flags);
    return driver_of(session).restore_guest(std::move(options));
}

awaitable<void> SaveCalls::restore_params(Session& session, protocol::DomainRestoreParamsArgs args) {
    auto given = named(args.params);
    if (!given.file) throw invalid("the parameter 'file' is missing");
    auto options = restore_options(std::move(*given.file), std::move(given.xml), args.flags);
    return driver_of(session).restore_guest(std::move(options));
}

awaitable<protocol::DomainSaveImageGetXmlDescRet>
SaveCalls::image_xml(Session& session, protocol::DomainSaveImageGetXmlDescArgs args) {
    check_flags(args.flags, secrets_flag, "virDomainSaveImageGetXMLDesc");
    bool secrets = (args.flags & secrets_flag) != 0;
    auto xml = co_await driver_of(session).saved_xml(require_file(std::move(args.file)), secrets);
    protocol::DomainSaveImageGetXmlDescRet answer{std::move(xml)};
    co_return answer;
}

awaitable<void> SaveCalls::define_image(Session& session, protocol::DomainSaveImageDefineXmlArgs args) {
    auto change = change_of(std::move(args.dxml), args.flags, "virDomainSaveImageDefineXML");
    return driver_of(session).change_saved(require_file(std::move(args.file)), std::move(change));
}

awaitable<void> SaveCalls::managed_save(Session& session, protocol::DomainManagedSaveArgs args) {
    check_flags(args.flags, save_flags_known, "virDomainManagedSave");
    hypervisor::SaveOptions options;
    options.bypass_cache = (args.flags & BypassCache) != 0;
    options.running = wish(args.flags);
    return driver_of(session).save_guest(args.dom.uuid, args.dom.name, std::move(options));
}

protocol::DomainHasManagedSaveImageRet
SaveCalls::has_managed_save(Session& session, protocol::DomainHasManagedSaveImageArgs args) {
    check_flags(args.flags, 0, "virDomainHasManagedSaveImage");
    return {require_domain(session, args.dom)->managed_save};
}

awaitable<void> SaveCalls::remove_managed_save(Session& session, protocol::DomainManagedSaveRemoveArgs args) {
    check_flags(args.flags, 0, "virDomainManagedSaveRemove");
    return driver_of(session).remove_managed_save(args.dom.uuid, args.dom.name);
}

awaitable<protocol::DomainManagedSaveGetXmlDescRet>
SaveCalls::managed_xml(Session& session, protocol::DomainManagedSaveGetXmlDescArgs args) {
    check_flags(args.flags, secrets_flag, "virDomainManagedSaveGetXMLDesc");
    bool secrets = (args.flags & secrets_flag) != 0;
    auto xml = co_await driver_of(session).managed_save_xml(args.dom.uuid, args.dom.name, secrets);
    protocol::DomainManagedSaveGetXmlDescRet answer{std::move(xml)};
    co_return answer;
}

awaitable<void> SaveCalls::define_managed(Session& session, protocol::DomainManagedSaveDefineXmlArgs args) {
    auto change = change_of(std::move(args.dxml), args.flags, "virDomainManagedSaveDefineXML");
    return driver_of(session).change_managed_save(args.dom.uuid, args.dom.name, std::move(change));
}

awaitable<void> SaveCalls::dump(Session& session, protocol::DomainCoreDumpArgs args) {
    auto options = dump_options(std::move(args.to), 0, args.flags);
    return driver_of(session).dump_core(args.dom.uuid, args.dom.name, std::move(options));
}

awaitable<void> SaveCalls::dump_format(Session& session, protocol::DomainCoreDumpWithFormatArgs args) {
    auto options = dump_options(std::move(args.to), args.dumpformat, args.flags);
    return driver_of(session).dump_core(args.dom.uuid, args.dom.name, std::move(options));
}

protocol::DomainGetJobInfoRet SaveCalls::job_info(Session& session, protocol::DomainGetJobInfoArgs args) {
    auto job = driver_of(session).job(args.dom.uuid, args.dom.name, false, true);
    protocol::DomainGetJobInfoRet answer;
    answer.type = static_cast<std::int32_t>(job.type);
    answer.time_elapsed = static_cast<std::uint64_t>(job.elapsed.count());
    answer.data_total = answer.mem_total = job.total;
    answer.data_processed = answer.mem_processed = job.processed;
    answer.data_remaining = answer.mem_remaining = job.remaining;
    return answer;
}

protocol::DomainGetJobStatsRet SaveCalls::job_stats(Session& session, protocol::DomainGetJobStatsArgs args) {
    if (args.flags == queue_flag) return queue(session, args.dom);
    check_flags(args.flags, completed_flag | keep_flag, "virDomainGetJobStats");
    bool completed = (args.flags & completed_flag) != 0, keep = (args.flags & keep_flag) != 0;
    if (keep && !completed) throw invalid("what is kept is a job that came to its end: ask for that");
    auto job = driver_of(session).job(args.dom.uuid, args.dom.name, completed, keep);
    protocol::DomainGetJobStatsRet answer;
    answer.type = static_cast<std::int32_t>(job.type);
    for (auto& parameter : parameters_of(job)) answer.params.push_back(std::move(parameter));
    return answer;
}

/// "queue.0.name" and so on of those who have the domain and those who wait for it, as far as an answer holds
/// them.
protocol::DomainGetJobStatsRet SaveCalls::queue(Session& session, const protocol::DomainHandle& domain) {
    constexpr std::size_t most = 12;
    protocol::DomainGetJobStatsRet answer;
    auto jobs = driver_of(session).queue(domain.uuid, domain.name);
    answer.params.push_back({"queue.count", static_cast<std::uint32_t>(jobs.size())});
    for (std::size_t i = 0; i < std::min(jobs.size(), most); ++i) {
        auto add = [&](std::string_view what, protocol::TypedValue value) {
            answer.params.push_back({fmt::format("queue.{}.{}", i, what), std::move(value)});
        };
        add("name", jobs[i].name);
        add("kind", jobs[i].kind);
        add("waits", protocol::Boolean{jobs[i].waits});
        add("age", static_cast<std::uint64_t>(jobs[i].age.count()));
    }
    return answer;
}

awaitable<void> SaveCalls::abort(Session& session, protocol::DomainAbortJobArgs args) {
    return driver_of(session).abort_job(args.dom.uuid, args.dom.name);
}

awaitable<void> SaveCalls::abort_flags(Session& session, protocol::DomainAbortJobFlagsArgs args) {
    check_flags(args.flags, 1, "virDomainAbortJobFlags"); // VIR_DOMAIN_ABORT_JOB_POSTCOPY
    if (args.flags != 0)
        throw Error(ErrorCode::OperationInvalid, ErrorDomain::Domain,
                    fmt::format("domain '{}' is on no way to another host", args.dom.name));
    return driver_of(session).abort_job(args.dom.uuid, args.dom.name);
}

void SaveCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = SaveCalls;
    dispatcher.on<&C::save>(protocol::domain_save, *this);
    dispatcher.on<&C::save_flags>(protocol::domain_save_flags, *this);
    dispatcher.on<&C::save_params>(protocol::domain_save_params, *this);
    dispatcher.on<&C::restore>(protocol::domain_restore, *this);
    dispatcher.on<&C::restore_flags>(protocol::domain_restore_flags, *this);
    dispatcher.on<&C::restore_params>(protocol::domain_restore_params, *this);
    dispatcher.on<&C::image_xml>(protocol::domain_save_image_get_xml_desc, *this);
    dispatcher.on<&C::define_image>(protocol::domain_save_image_define_xml, *this);
    dispatcher.on<&C::managed_save>(protocol::domain_managed_save, *this);
    dispatcher.on<&C::has_managed_save>(protocol::domain_has_managed_save_image, *this);
    dispatcher.on<&C::remove_managed_save>(protocol::domain_managed_save_remove, *this);
    dispatcher.on<&C::managed_xml>(protocol::domain_managed_save_get_xml_desc, *this);
    dispatcher.on<&C::define_managed>(protocol::domain_managed_save_define_xml, *this);
    dispatcher.on<&C::dump>(protocol::domain_core_dump, *this);
    dispatcher.on<&C::dump_format>(protocol::domain_core_dump_with_format, *this);
    dispatcher.on<&C::job_info>(protocol::domain_get_job_info, *this);
    dispatcher.on<&C::job_stats>(protocol::domain_get_job_stats, *this);
    dispatcher.on<&C::abort>(protocol::domain_abort_job, *this);
    dispatcher.on<&C::abort_flags>(protocol::domain_abort_job_flags, *this);
}

} // namespace vireo::daemon
