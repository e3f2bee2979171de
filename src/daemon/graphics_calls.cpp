// SPDX-License-Identifier: Apache-2.0
#include "daemon/graphics_calls.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
constexpr std::uint32_t skip_authentication_flag = 1;
} // namespace

awaitable<void> GraphicsCalls::open(rpc::Session& session, protocol::DomainOpenGraphicsArgs args,
                                    std::vector<Fd> descriptors) {
    check_flags(args.flags, skip_authentication_flag, "virDomainOpenGraphics");
    auto domain = require_domain(session, args.dom);
    if (descriptors.size() != 1)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Domain,
                    fmt::format("{}: the display needs one socket of the client, not {}", domain->name,
                                descriptors.size()));
    co_await driver_of(session).attach_graphics(domain->uuid, domain->name, args.idx,
                                                std::move(descriptors.front()),
                                                args.flags == skip_authentication_flag);
}

awaitable<rpc::WithDescriptors<protocol::Nothing>>
GraphicsCalls::open_descriptor(rpc::Session& session, protocol::DomainOpenGraphicsFdArgs args) {
    check_flags(args.flags, skip_authentication_flag, "virDomainOpenGraphicsFD");
    auto domain = require_domain(session, args.dom);
    rpc::WithDescriptors<protocol::Nothing> answer;
    auto socket = co_await driver_of(session).open_graphics(domain->uuid, domain->name, args.idx,
                                                            args.flags == skip_authentication_flag);
    answer.descriptors.push_back(std::move(socket));
    co_return answer;
}

void GraphicsCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = GraphicsCalls;
    dispatcher.on<&C::open>(protocol::domain_open_graphics, *this);
    dispatcher.on<&C::open_descriptor>(protocol::domain_open_graphics_fd, *this);
}

} // namespace vireo::daemon
