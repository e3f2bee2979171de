// SPDX-License-Identifier: Apache-2.0
#include "daemon/tests/client.hpp"
#include "protocol/domain_devices.hpp"
#include "protocol/domain_tuning.hpp"

namespace vireo::daemon {

namespace {
protocol::DomainBlockStatsFlagsArgs all_disks_of(const Uuid& domain) {
    protocol::DomainBlockStatsFlagsArgs args;
    args.dom = {"web", domain, 7};
    args.nparams = 16;
    return args;
}
} // namespace

TEST(Statistics, OfAllDisksAreTheirSums) {
    run([](Client& client) -> awaitable<void> {
        co_await client.open();
        auto args = all_disks_of(client.driver.add("web", 7));
        client.driver.figures = {{"block.count", std::uint32_t{2}},
                                 {"block.0.rd.bytes", std::uint64_t{3}},
                                 {"block.1.rd.bytes", std::uint64_t{4}}};
        auto answer = co_await client.ask(protocol::domain_block_stats_flags, std::move(args));
        EXPECT_EQ(answer.params.size(), 1U);
        if (!answer.params.empty()) {
            EXPECT_EQ(answer.params[0].value, protocol::TypedValue{std::int64_t{7}});
        }
    });
}

/// A QEMU that refuses the question leaves none.
TEST(Statistics, OfDisksThatCouldNotBeAskedForAreNone) {
    run([](Client& client) -> awaitable<void> {
        co_await client.open();
        auto args = all_disks_of(client.driver.add("web", 7));
        auto answer = co_await client.ask(protocol::domain_block_stats_flags, args);
        EXPECT_TRUE(answer.params.empty());
        args.path = "vda";
        auto code = co_await client.refused(protocol::domain_block_stats_flags, std::move(args));
        EXPECT_EQ(code, static_cast<std::int32_t>(ErrorCode::InvalidArgument));
    });
}

} // namespace vireo::daemon
