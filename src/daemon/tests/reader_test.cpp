// SPDX-License-Identifier: Apache-2.0
#include "daemon/tests/client.hpp"
#include "protocol/every_procedure.hpp"
#include "protocol/programs.hpp"

namespace vireo::daemon {

namespace {
struct Call {
    protocol::Program program;
    std::int32_t number;
    std::string arguments; // nothing set
};

template <class Args, class Ret>
void add(std::vector<Call>& calls, const protocol::Procedure<Args, Ret>& procedure) {
    Call call{procedure.program, procedure.number, {}};
    xdr::encode(call.arguments, Args{});
    calls.push_back(std::move(call));
}
template <class Message> void add(std::vector<Call>&, const protocol::Event<Message>&) {}

/// Every call that the sockets for guests' managers answer, with arguments that say nothing.
std::vector<Call> every_call(const rpc::Dispatcher& dispatcher) {
    std::vector<Call> calls;
    auto add_all = [&](const auto&... entry) {
        (add(calls, entry), ...);
        return 0;
    };
    protocol::with_remote_program(add_all);
    protocol::with_qemu_program(add_all);
    protocol::with_lxc_program(add_all);
    std::erase_if(calls, [&](const Call& call) { return !dispatcher.implements(call.program, call.number); });
    return calls;
}

/// What a call that only looks is called. Beside the table of access rules, which it is there to check.
bool only_looks(std::string_view name) {
    for (std::string_view word :
         {"_GET_", "LOOKUP", "LIST_", "NUM_OF", "_IS_", "_HAS_", "SUPPORTS_FEATURE", "_NUM", "CONNECT_OPEN",
          "CONNECT_CLOSE", "AUTH_LIST", "EVENT_", "CLOSE_CALLBACK", "_INTERFACE_ADDRESSES", "XML_TO_NATIVE",
          "COMPARE_CPU", "BASELINE_CPU", "_STATS"})
        if (name.find(word) != name.npos) return true;
    return false;
}
} // namespace

TEST(Reader, MayOnlyLook) {
    std::size_t looked = 0, refused = 0;
    auto test = [&](Client& client) -> awaitable<void> {
        co_await client.open();
        Drivers none;
        DispatchTable table{none};
        for (const auto& [program, number, arguments] : every_call(table.hypervisor())) {
            auto name = protocol::find_procedure(program, number)->name;
            std::string bytes;
            rpc::FrameWriter frame{bytes, {program, 1, number, rpc::MessageType::Call, 7, MessageStatus::Ok}};
            frame.write_bytes(arguments);
            frame.finish();
            co_await client.peer.send(std::move(bytes));
            auto reply = co_await client.peer.receive();
            bool denied = reply.header.status == MessageStatus::Error &&
                          xdr::decode<protocol::RemoteError>(reply.body).code == 29;
            ++(denied ? refused : looked);
            EXPECT_TRUE(denied || only_looks(name)) << name << " is open to readers";
            EXPECT_EQ(client.driver.asked, "") << name;
        }
    };
    run(test, true);
    EXPECT_GT(looked, 30U);
    EXPECT_GT(refused, 20U);
}

} // namespace vireo::daemon
