// SPDX-License-Identifier: Apache-2.0
#include "daemon/connect_calls.hpp"

#include "base/error.hpp"
#include "host/topology.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace vireo::daemon {

namespace {
/// The last one is of a client that would start a daemon if there were none; it is no public flag.
constexpr std::uint32_t read_only_flag = 1, no_aliases_flag = 2, autostart_flag = 4;

/// Numbers of CONNECT_SUPPORTS_FEATURE that hold for this daemon, whatever driver is opened.
enum class Feature : std::int32_t {
    DescriptorPassing = 8,
    TypedParameterStrings = 9,
    ProgramKeepalive = 10,
    MigratableXml = 11,
    EventCallbacksOfOneDomain = 14,
    CloseCallback = 15,
};

/// "qemu:///system" taken apart.
struct Uri {
    std::string_view scheme, path;
};
Uri parse_uri(std::string_view text) {
    auto end = text.find(':');
    if (end == std::string_view::npos)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc,
                    fmt::format("'{}' is not a URI such as qemu:///system", text));
    auto rest = text.substr(end + 1);
    if (rest.starts_with("//")) {
        auto path = rest.find('/', 2);
        rest = path == std::string_view::npos ? "" : rest.substr(path);
    }
    auto scheme = text.substr(0, end);
    return {scheme.substr(0, scheme.find('+')), rest.substr(0, rest.find('?'))};
}

/// Every driver knows which paths it serves.
void check_path(const hypervisor::Driver& driver, std::string_view path) {
    if (!driver.serves(path))
        throw Error(
            ErrorCode::InternalError, ErrorDomain::Rpc,
            fmt::format("this daemon does not serve the path '{}': connect to {}", path, driver.uri()));
}

std::string choices_of(const Drivers& drivers) {
    std::string choices;
    for (const auto& [scheme, driver] : drivers) choices.append(choices.empty() ? "" : ", ").append(scheme);
    return choices;
}
} // namespace

protocol::AuthListRet ConnectCalls::auth_list() { return {{protocol::AuthType::None}}; }

void ConnectCalls::open(rpc::Session& session, protocol::ConnectOpenArgs args) {
    check_flags(args.flags, read_only_flag | no_aliases_flag | autostart_flag, "virConnectOpen");
    if (session.data()) throw Error(ErrorCode::Rpc, ErrorDomain::Rpc, "the connection is open already");
    if (drivers_.empty())
        throw Error(ErrorCode::NoConnect, ErrorDomain::Rpc, "this daemon has no hypervisor driver");
    auto* driver = drivers_.begin()->second;
    if (args.name && !args.name->empty()) {
        auto uri = parse_uri(*args.name);
        auto found = drivers_.find(uri.scheme);
        if (found == drivers_.end())
            throw Error(ErrorCode::NoConnect, ErrorDomain::Rpc,
                        fmt::format("no driver of this daemon serves '{}': it has {}", *args.name,
                                    choices_of(drivers_)));
        driver = found->second;
        check_path(*driver, uri.path);
    }
    if ((args.flags & read_only_flag) != 0) session.restrict_to_reading();
    session.set_data(std::make_unique<Connection>(session, *driver));
}

void ConnectCalls::close(rpc::Session&) {} // the client hangs up next; what it holds ends with the session

protocol::ConnectSupportsFeatureRet
ConnectCalls::supports_feature(rpc::Session& session, protocol::ConnectSupportsFeatureArgs args) {
    using enum Feature;
    auto feature = static_cast<Feature>(args.feature);
    if (feature == ProgramKeepalive) { // asked before the connection is open
        session.start_keepalive();
        return {1};
    }
    connection_of(session);
    static constexpr std::array supported{DescriptorPassing, TypedParameterStrings, MigratableXml,
                                          EventCallbacksOfOneDomain, CloseCallback};
    return {std::ranges::find(supported, feature) != supported.end() ? 1 : 0};
}

protocol::ConnectGetTypeRet ConnectCalls::type(rpc::Session& session) { return {driver_of(session).type()}; }
protocol::ConnectGetUriRet ConnectCalls::uri(rpc::Session& session) { return {driver_of(session).uri()}; }

protocol::ConnectGetLibVersionRet ConnectCalls::lib_version(rpc::Session& session) {
    connection_of(session);
    return {compatible_version};
}

protocol::ConnectGetHostnameRet ConnectCalls::hostname(rpc::Session& session) {
    connection_of(session);
    if (!host_name_.empty()) return {host_name_};
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0)
        throw std::system_error(errno, std::generic_category(), "gethostname");
    return {name.data()};
}

/// A unix socket never leaves the host.
protocol::ConnectIsSecureRet ConnectCalls::is_secure(rpc::Session&) { return {1}; }

awaitable<protocol::ConnectGetVersionRet> ConnectCalls::version(rpc::Session& session) {
    protocol::ConnectGetVersionRet answer{co_await driver_of(session).version()};
    co_return answer;
}

awaitable<protocol::ConnectGetCapabilitiesRet> ConnectCalls::capabilities(rpc::Session& session) {
    protocol::ConnectGetCapabilitiesRet answer;
    answer.capabilities = co_await driver_of(session).capabilities();
    co_return answer;
}

awaitable<protocol::ConnectGetMaxVcpusRet> ConnectCalls::max_vcpus(rpc::Session& session,
                                                                   protocol::ConnectGetMaxVcpusArgs args) {
    auto type = std::move(args.type).value_or("");
    protocol::ConnectGetMaxVcpusRet answer{co_await driver_of(session).max_vcpus(std::move(type))};
    co_return answer;
}

protocol::NodeGetInfoRet ConnectCalls::node_info(rpc::Session& session) {
    connection_of(session);
    static const auto info = host::node_info(host::read_topology()); // the same as long as the host runs
    protocol::NodeGetInfoRet answer;
    std::ranges::copy_n(info.model.begin(),
                        static_cast<std::ptrdiff_t>(std::min(info.model.size(), answer.model.size() - 1)),
                        answer.model.begin());
    answer.memory = info.memory.in_kib();
    answer.cpus = static_cast<std::int32_t>(info.cpus);
    answer.mhz = static_cast<std::int32_t>(info.mhz);
    answer.nodes = static_cast<std::int32_t>(info.nodes);
    answer.sockets = static_cast<std::int32_t>(info.sockets);
    answer.cores = static_cast<std::int32_t>(info.cores);
    answer.threads = static_cast<std::int32_t>(info.threads);
    return answer;
}

void ConnectCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = ConnectCalls;
    dispatcher.on<&C::auth_list>(protocol::auth_list, *this);
    dispatcher.on<&C::open>(protocol::connect_open, *this);
    dispatcher.on<&C::close>(protocol::connect_close, *this);
    dispatcher.on<&C::supports_feature>(protocol::connect_supports_feature, *this);
    dispatcher.on<&C::type>(protocol::connect_get_type, *this);
    dispatcher.on<&C::uri>(protocol::connect_get_uri, *this);
    dispatcher.on<&C::version>(protocol::connect_get_version, *this);
    dispatcher.on<&C::lib_version>(protocol::connect_get_lib_version, *this);
    dispatcher.on<&C::hostname>(protocol::connect_get_hostname, *this);
    dispatcher.on<&C::is_secure>(protocol::connect_is_secure, *this);
    dispatcher.on<&C::capabilities>(protocol::connect_get_capabilities, *this);
    dispatcher.on<&C::max_vcpus>(protocol::connect_get_max_vcpus, *this);
    dispatcher.on<&C::node_info>(protocol::node_get_info, *this);
}

} // namespace vireo::daemon
