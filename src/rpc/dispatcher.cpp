// SPDX-License-Identifier: Apache-2.0
#include "rpc/dispatcher.hpp"

#include "base/error.hpp"
#include "protocol/programs.hpp"

#include <fmt/format.h>

namespace vireo::rpc {

Dispatcher::Dispatcher(std::vector<protocol::Program> programs) {
    for (auto program : programs) handlers_[program].resize(protocol::procedures_of(program).size() + 1);
}

void Dispatcher::add(protocol::Program program, std::int32_t number, Handler handler) {
    handlers_.at(program).at(static_cast<std::size_t>(number)) =
        std::make_unique<const Handler>(std::move(handler));
}

bool Dispatcher::implements(protocol::Program program, std::int32_t number) const {
    auto found = handlers_.find(program);
    return found != handlers_.end() && number > 0 &&
           static_cast<std::size_t>(number) < found->second.size() &&
           found->second[static_cast<std::size_t>(number)] != nullptr;
}

const Handler& Dispatcher::require(protocol::Program program, std::int32_t number) const {
    if (implements(program, number)) return *handlers_.at(program)[static_cast<std::size_t>(number)];
    const auto* known = protocol::find_procedure(program, number);
    if (!known || known->is_event)
        throw Error(ErrorCode::Rpc, ErrorDomain::Rpc, fmt::format("unknown procedure: {}", number));
    throw Error(ErrorCode::NoSupport, ErrorDomain::Remote,
                fmt::format("{} is not supported by this version of vireod", known->name));
}

} // namespace vireo::rpc
