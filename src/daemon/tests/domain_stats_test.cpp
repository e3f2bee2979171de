// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain_stats.hpp"

#include "daemon/tests/fake_driver.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

namespace vireo::daemon {

std::map<std::string, protocol::TypedValue> by_name(const protocol::DomainStatsRecord& record) {
    std::map<std::string, protocol::TypedValue> values;
    for (const auto& parameter : record.params) values[parameter.field] = parameter.value;
    return values;
}

TEST(DomainStats, HaveLibvirtsNamesAndTypes) {
    hypervisor::DomainSnapshot domain;
    domain.name = "web";
    domain.id = 1;
    domain.state = hypervisor::RunningReason::Booted;
    domain.process = ::getpid();
    domain.memory = domain.max_memory = MemorySize::mib(64);
    domain.vcpus = domain.max_vcpus = 2;
    auto values = by_name(stats_of(domain, known_stats));
    EXPECT_EQ(values.at("state.state"), protocol::TypedValue{std::int32_t{1}});
    EXPECT_EQ(values.at("state.reason"), protocol::TypedValue{std::int32_t{1}});
    EXPECT_EQ(values.at("balloon.maximum"), protocol::TypedValue{std::uint64_t{65536}});
    EXPECT_EQ(values.at("vcpu.current"), protocol::TypedValue{std::uint32_t{2}});
    EXPECT_TRUE(std::holds_alternative<std::uint64_t>(values.at("cpu.time")));
}

TEST(DomainStats, HoldOnlyWhatIsAskedFor) {
    hypervisor::DomainSnapshot stopped;
    EXPECT_EQ(stats_of(stopped, 1).params.size(), 2U);
    EXPECT_EQ(stats_of(stopped, 2).params.size(), 0U); // a guest that does not run uses no time
}

TEST(DomainStats, TellOfTheDisksOfADomainThatDoesNotRun) {
    hypervisor::DefinitionText definition;
    definition.disks = {{"vda", "/a.img"}, {"sda", ""}};
    hypervisor::DomainSnapshot domain;
    domain.persistent_definition = std::make_shared<const hypervisor::DefinitionText>(definition);
    auto values = by_name(stats_of(domain, 32));
    EXPECT_EQ(values.size(), 4u);
    EXPECT_EQ(values.at("block.count"), protocol::TypedValue{std::uint32_t{2}});
    EXPECT_EQ(values.at("block.0.name"), protocol::TypedValue{std::string{"vda"}});
    EXPECT_EQ(values.at("block.0.path"), protocol::TypedValue{std::string{"/a.img"}});
    EXPECT_EQ(values.at("block.1.name"), protocol::TypedValue{std::string{"sda"}});
    domain.id = 1;
    EXPECT_EQ(stats_of(domain, 32).params.size(), 0u) << "its driver knows more";
}

/// Its guests never answer.
class SilentDriver final : public FakeDriver {
public:
    std::size_t under_way = 0;
    std::uint32_t statistics_groups() const override { return 4; }
    awaitable<std::vector<protocol::TypedParameter>> statistics(Uuid, std::string, std::uint32_t) override {
        struct Guard {
            std::size_t& count;
            ~Guard() { --count; }
        } guard{++under_way};
        asio::steady_timer never{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
        co_await never.async_wait(asio::use_awaitable);
        co_return std::vector<protocol::TypedParameter>{};
    }
};

TEST(DomainStats, AreNotWrittenAnyMoreWhenTheClientHasGone) {
    asio::io_context loop;
    SilentDriver driver;
    auto snapshot = driver.domains().find(driver.add("web", 1));
    ASSERT_TRUE(snapshot);
    std::vector<hypervisor::DomainSnapshotPtr> domains{snapshot};
    asio::cancellation_signal client_goes;
    std::size_t asked = 0, left = 0;
    bool ended = false;
    auto at_end = [&](const std::exception_ptr& failure, const MeasuredRecords&) {
        ended = failure != nullptr;
        left = driver.under_way;
    };
    asio::co_spawn(loop, measure_running(driver, domains, 4, true),
                   asio::bind_cancellation_slot(client_goes.slot(), at_end));
    while (driver.under_way == 0 && loop.run_one() > 0) {}
    asked = driver.under_way;
    client_goes.emit(asio::cancellation_type::terminal);
    while (!ended && loop.run_one() > 0) {}
    EXPECT_EQ(asked, 1u);
    EXPECT_TRUE(ended);
    EXPECT_EQ(left, 0u);
}

} // namespace vireo::daemon
