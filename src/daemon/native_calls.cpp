// SPDX-License-Identifier: Apache-2.0
#include "daemon/native_calls.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

awaitable<protocol::ConnectDomainXmlToNativeRet>
NativeCalls::to_native(rpc::Session& session, protocol::ConnectDomainXmlToNativeArgs args) {
    check_flags(args.flags, 0, "virConnectDomainXMLToNative");
    auto text = co_await driver_of(session).native_from_xml(std::move(args.native_format),
                                                            std::move(args.domain_xml));
    protocol::ConnectDomainXmlToNativeRet answer{std::move(text)};
    co_return answer;
}

protocol::ConnectDomainXmlFromNativeRet
NativeCalls::from_native(rpc::Session& session, protocol::ConnectDomainXmlFromNativeArgs args) {
    check_flags(args.flags, 0, "virConnectDomainXMLFromNative");
    throw Error(ErrorCode::NoSupport, ErrorDomain::None,
                fmt::format("the {} driver reads definitions as XML only, not as '{}'",
                            driver_of(session).type(), args.native_format));
}

void NativeCalls::bind(rpc::Dispatcher& dispatcher) {
    dispatcher.on<&NativeCalls::to_native>(protocol::connect_domain_xml_to_native, *this);
    dispatcher.on<&NativeCalls::from_native>(protocol::connect_domain_xml_from_native, *this);
}

} // namespace vireo::daemon
