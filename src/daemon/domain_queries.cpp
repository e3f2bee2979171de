// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain_calls.hpp"

#include "async/blocking.hpp"
#include "async/process.hpp"
#include "base/error.hpp"
#include "daemon/domain_list.hpp"
#include "daemon/domain_stats.hpp"
#include "daemon/sliced_list.hpp"
#include "model/domain/xml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::daemon {

namespace {
enum XmlFlag : std::uint32_t { Secure = 1, InactiveXml = 2, UpdateCpu = 4, Migratable = 8 };
constexpr std::uint32_t impact_flags = 3; // VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG

/// Those that match, as they are now, in the order of their names.
std::vector<hypervisor::DomainSnapshotPtr> select(const hypervisor::DomainRegistry& domains,
                                                  const DomainFilter& filter) {
    std::vector<hypervisor::DomainSnapshotPtr> found;
    domains.for_each([&](const auto& domain) {
        if (filter.matches(*domain)) found.push_back(domain);
    });
    return found;
}

template <class Names, class Name> void append_up_to(Names& names, std::int32_t most, Name&& name) {
    if (names.size() < Names::limit && std::cmp_less(names.size(), most))
        names.push_back(std::forward<Name>(name));
}

void require_not_negative(std::int32_t most, std::string_view call) {
    if (most < 0)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Domain,
                    fmt::format("{} is asked for {} names", call, most));
}

/// A definition, or what runs, as the definition that another host is to be given: with passwords, without
/// what belongs to this run.
protocol::DomainGetXmlDescRet format_migratable(const hypervisor::DefinitionText& definition) {
    auto domain = model::domain::parse(definition.text(true));
    return {model::domain::format(domain, {.secure = true, .migratable = true})};
}

awaitable<protocol::DomainGetXmlDescRet>
format_in_pool(std::shared_ptr<const hypervisor::DefinitionText> definition) {
    auto format = [definition] { return format_migratable(*definition); };
    co_return co_await async::blocking(std::move(format));
}

/// Of a text that is parsed and formatted on the loop: about a millisecond.
constexpr std::size_t quick_text = 64U << 10;

rpc::NowOrLater<protocol::DomainGetXmlDescRet>
migratable(const std::shared_ptr<const hypervisor::DefinitionText>& definition) {
    if (definition->text(true).size() <= quick_text) return format_migratable(*definition);
    return format_in_pool(definition);
}

Error not_found(const std::string& what) {
    return {ErrorCode::NoDomain, ErrorDomain::Qemu, fmt::format("Domain not found: no domain {}", what)};
}
} // namespace

protocol::DomainLookupByIdRet DomainQueries::lookup_by_id(Session& session,
                                                          protocol::DomainLookupByIdArgs args) {
    if (auto found = driver_of(session).domains().find_by_id(args.id)) return {handle_of(*found)};
    throw not_found(fmt::format("runs with id {}", args.id));
}

protocol::DomainLookupByNameRet DomainQueries::lookup_by_name(Session& session,
                                                              protocol::DomainLookupByNameArgs args) {
    if (auto found = driver_of(session).domains().find_by_name(args.name)) return {handle_of(*found)};
    throw not_found(fmt::format("is named '{}'", args.name));
}

protocol::DomainLookupByUuidRet DomainQueries::lookup_by_uuid(Session& session,
                                                              protocol::DomainLookupByUuidArgs args) {
    if (auto found = driver_of(session).domains().find(args.uuid)) return {handle_of(*found)};
    throw not_found(fmt::format("has uuid {}", args.uuid.text()));
}

awaitable<xdr::Encoded<protocol::ConnectListAllDomainsRet>>
DomainQueries::list_all(Session& session, protocol::ConnectListAllDomainsArgs args) {
    using Answer = protocol::ConnectListAllDomainsRet;
    auto found = select(driver_of(session).domains(), DomainFilter{args.flags});
    SlicedList<Answer> list{args.need_results != 0 ? found.size() : 0, decltype(Answer::domains)::limit};
    if (args.need_results != 0)
        for (const auto& domain : found) {
            list.add(handle_of(*domain));
            if (list.is_late()) co_await list.pause();
        }
    list.add(static_cast<std::uint32_t>(found.size()));
    co_return list.take();
}

awaitable<xdr::Encoded<protocol::ConnectGetAllDomainStatsRet>>
DomainQueries::all_stats(Session& session, protocol::ConnectGetAllDomainStatsArgs args) {
    using Answer = protocol::ConnectGetAllDomainStatsRet;
    constexpr std::uint32_t filter_flags = 255, no_wait = 1U << 29, backing_chain = 1U << 30,
                            enforce = 1U << 31;
    check_flags(args.flags, filter_flags | no_wait | backing_chain | enforce, "virConnectGetAllDomainStats");
    auto& driver = driver_of(session);
    auto known = known_stats | driver.statistics_groups();
    if ((args.flags & enforce) != 0 && (args.stats & ~known) != 0)
        throw Error(ErrorCode::ArgumentUnsupported, ErrorDomain::Domain,
                    fmt::format("statistics {:#x} are not supported yet", args.stats & ~known));
    auto groups = args.stats == 0 ? known : args.stats & known;
    std::vector<hypervisor::DomainSnapshotPtr> found;
    for (const auto& handle : args.doms) found.push_back(require_domain(session, handle));
    if (args.doms.empty()) found = select(driver.domains(), DomainFilter{args.flags & filter_flags});
    SlicedList<Answer> list{found.size(), decltype(Answer::ret_stats)::limit};
    auto measured = co_await measure_running(driver, found, groups, (args.flags & no_wait) == 0);
    for (const auto& domain : found) {
        auto record = measured.find(domain->uuid);
        list.add(record != measured.end() ? record->second : stats_of(*domain, groups));
        if (list.is_late()) co_await list.pause();
    }
    co_return list.take();
}

protocol::ConnectListDomainsRet DomainQueries::list_ids(Session& session,
                                                        protocol::ConnectListDomainsArgs args) {
    require_not_negative(args.maxids, "virConnectListDomains");
    protocol::ConnectListDomainsRet answer;
    driver_of(session).domains().for_each([&](const auto& domain) {
        if (domain->active()) append_up_to(answer.ids, args.maxids, domain->id);
    });
    return answer;
}

protocol::ConnectNumOfDomainsRet DomainQueries::count_active(Session& session) {
    protocol::ConnectNumOfDomainsRet answer;
    driver_of(session).domains().for_each([&](const auto& domain) { answer.num += domain->active(); });
    return answer;
}

protocol::ConnectListDefinedDomainsRet
DomainQueries::list_defined(Session& session, protocol::ConnectListDefinedDomainsArgs args) {
    require_not_negative(args.maxnames, "virConnectListDefinedDomains");
    protocol::ConnectListDefinedDomainsRet answer;
    driver_of(session).domains().for_each([&](const auto& domain) {
        if (!domain->active()) append_up_to(answer.names, args.maxnames, domain->name);
    });
    return answer;
}

protocol::ConnectNumOfDefinedDomainsRet DomainQueries::count_defined(Session& session) {
    protocol::ConnectNumOfDefinedDomainsRet answer;
    driver_of(session).domains().for_each([&](const auto& domain) { answer.num += !domain->active(); });
    return answer;
}

protocol::DomainGetInfoRet DomainQueries::info(Session& session, protocol::DomainGetInfoArgs args) {
    auto domain = require_domain(session, args.dom);
    protocol::DomainGetInfoRet answer;
    answer.state = static_cast<std::uint8_t>(domain->state.state);
    answer.max_mem = domain->max_memory.in_kib();
    answer.memory = domain->memory.in_kib();
    answer.nr_virt_cpu = static_cast<std::uint16_t>(domain->vcpus);
    if (domain->process > 0)
        answer.cpu_time = static_cast<std::uint64_t>(
            async::cpu_time(domain->process).value_or(std::chrono::nanoseconds{}).count());
    return answer;
}

protocol::DomainGetStateRet DomainQueries::state(Session& session, protocol::DomainGetStateArgs args) {
    check_flags(args.flags, 0, "virDomainGetState");
    auto domain = require_domain(session, args.dom);
    return {static_cast<std::int32_t>(domain->state.state), domain->state.reason};
}

rpc::NowOrLater<protocol::DomainGetXmlDescRet> DomainQueries::xml(Session& session,
                                                                  protocol::DomainGetXmlDescArgs args) {
    check_flags(args.flags, Secure | InactiveXml | UpdateCpu | Migratable, "virDomainGetXMLDesc");
    auto domain = require_domain(session, args.dom);
    bool inactive = (args.flags & InactiveXml) != 0 || !domain->live_definition;
    const auto& definition =
        inactive && domain->persistent_definition ? domain->persistent_definition : domain->live_definition;
    if ((args.flags & Migratable) != 0) return migratable(definition);
    return protocol::DomainGetXmlDescRet{definition->text((args.flags & Secure) != 0)};
}

protocol::DomainGetAutostartRet DomainQueries::autostart(Session& session,
                                                         protocol::DomainGetAutostartArgs args) {
    return {require_domain(session, args.dom)->autostart};
}

protocol::DomainGetOsTypeRet DomainQueries::os_type(Session& session, protocol::DomainGetOsTypeArgs args) {
    return {require_domain(session, args.dom)->os_type};
}

protocol::DomainGetMaxMemoryRet DomainQueries::max_memory(Session& session,
                                                          protocol::DomainGetMaxMemoryArgs args) {
    return {require_domain(session, args.dom)->max_memory.in_kib()};
}

protocol::DomainGetMaxVcpusRet DomainQueries::max_vcpus(Session& session,
                                                        protocol::DomainGetMaxVcpusArgs args) {
    return {static_cast<std::int32_t>(require_domain(session, args.dom)->max_vcpus)};
}

protocol::DomainIsActiveRet DomainQueries::is_active(Session& session, protocol::DomainIsActiveArgs args) {
    return {require_domain(session, args.dom)->active()};
}

protocol::DomainIsPersistentRet DomainQueries::is_persistent(Session& session,
                                                             protocol::DomainIsPersistentArgs args) {
    return {require_domain(session, args.dom)->persistent};
}

protocol::DomainIsUpdatedRet DomainQueries::is_updated(Session& session, protocol::DomainIsUpdatedArgs args) {
    require_domain(session, args.dom);
    return {0}; // a definition that changed is stored before the call that changed it is answered
}

// ---- what no domain has yet
// ----------------------------------------------------------------------------------------

protocol::DomainSnapshotNumRet DomainQueries::snapshot_count(Session& session,
                                                             protocol::DomainSnapshotNumArgs args) {
    require_domain(session, args.dom);
    return {0};
}

protocol::NodeGetSecurityModelRet DomainQueries::security_model(Session& session) {
    connection_of(session);
    protocol::NodeGetSecurityModelRet answer;
    for (char c : std::string_view{"none"}) answer.model.push_back(c);
    answer.doi.push_back('0');
    return answer;
}

protocol::DomainGetSecurityLabelRet DomainQueries::security_label(Session& session,
                                                                  protocol::DomainGetSecurityLabelArgs args) {
    require_domain(session, args.dom);
    return {};
}

protocol::DomainGetMessagesRet DomainQueries::messages(Session& session,
                                                       protocol::DomainGetMessagesArgs args) {
    check_flags(args.flags, impact_flags, "virDomainGetMessages");
    require_domain(session, args.dom);
    return {};
}

void DomainQueries::bind(rpc::Dispatcher& dispatcher) {
    using Q = DomainQueries;
    dispatcher.on<&Q::lookup_by_id>(protocol::domain_lookup_by_id, *this);
    dispatcher.on<&Q::lookup_by_name>(protocol::domain_lookup_by_name, *this);
    dispatcher.on<&Q::lookup_by_uuid>(protocol::domain_lookup_by_uuid, *this);
    dispatcher.on<&Q::list_all>(protocol::connect_list_all_domains, *this);
    dispatcher.on<&Q::all_stats>(protocol::connect_get_all_domain_stats, *this);
    dispatcher.on<&Q::list_ids>(protocol::connect_list_domains, *this);
    dispatcher.on<&Q::count_active>(protocol::connect_num_of_domains, *this);
    dispatcher.on<&Q::list_defined>(protocol::connect_list_defined_domains, *this);
    dispatcher.on<&Q::count_defined>(protocol::connect_num_of_defined_domains, *this);
    dispatcher.on<&Q::info>(protocol::domain_get_info, *this);
    dispatcher.on<&Q::state>(protocol::domain_get_state, *this);
    dispatcher.on<&Q::xml>(protocol::domain_get_xml_desc, *this);
    dispatcher.on<&Q::autostart>(protocol::domain_get_autostart, *this);
    dispatcher.on<&Q::os_type>(protocol::domain_get_os_type, *this);
    dispatcher.on<&Q::max_memory>(protocol::domain_get_max_memory, *this);
    dispatcher.on<&Q::max_vcpus>(protocol::domain_get_max_vcpus, *this);
    dispatcher.on<&Q::is_active>(protocol::domain_is_active, *this);
    dispatcher.on<&Q::is_persistent>(protocol::domain_is_persistent, *this);
    dispatcher.on<&Q::is_updated>(protocol::domain_is_updated, *this);
    dispatcher.on<&Q::snapshot_count>(protocol::domain_snapshot_num, *this);
    dispatcher.on<&Q::security_model>(protocol::node_get_security_model, *this);
    dispatcher.on<&Q::security_label>(protocol::domain_get_security_label, *this);
    dispatcher.on<&Q::messages>(protocol::domain_get_messages, *this);
}

} // namespace vireo::daemon
