// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain_stats.hpp"

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

} // namespace vireo::daemon
