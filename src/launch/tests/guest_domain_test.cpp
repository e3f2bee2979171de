// SPDX-License-Identifier: Apache-2.0
#include "launch/guest_domain.hpp"

#include "base/error.hpp"
#include "model/domain/xml.hpp"
#include "model/metadata.hpp"

#include <gtest/gtest.h>

namespace vireo::launch {

GuestPlan make_plan() {
    GuestPlan plan;
    plan.name = "web";
    plan.uuid = Uuid::generate();
    plan.cpus = 2;
    plan.memory = MemorySize::mib(512);
    plan.disk = "/home/ann/a & b/disk.qcow2";
    plan.seed = "/home/ann/a & b/seed.iso";
    plan.console_log = "/home/ann/a & b/console.log";
    plan.forwards = {{40022, 22}, {8080, 80}};
    plan.metadata = {"/home/ann/a & b", "ann", "/images/it's \"one\".qcow2"};
    return plan;
}

TEST(GuestDomain, IsAnOrdinaryOneThatCanBeRunWhole) {
    auto plan = make_plan();
    auto domain = model::domain::parse(domain_xml(plan), model::domain::Scope::Definition,
                                       model::domain::Unknown::Refuse);
    EXPECT_EQ(domain.name, "web");
    EXPECT_EQ(domain.uuid, plan.uuid);
    EXPECT_EQ(domain.vcpus.maximum, 2U);
    EXPECT_EQ(domain.memory, MemorySize::mib(512));
    ASSERT_EQ(domain.devices.disks.size(), 2U);
    EXPECT_EQ(domain.devices.disks[0].source, plan.disk);
    EXPECT_FALSE(domain.devices.disks[0].readonly);
    EXPECT_TRUE(domain.devices.disks[1].readonly);
    EXPECT_EQ(domain.devices.serials.at(0).source.log_file, plan.console_log);
    EXPECT_EQ(model::domain::unsupported(domain), std::vector<std::string>{});
}

TEST(GuestDomain, RemembersInItsMetadataWhatWasMade) {
    auto plan = make_plan();
    auto domain = model::domain::parse(domain_xml(plan));
    auto element = model::find_metadata(domain.metadata, metadata_uri);
    ASSERT_TRUE(element);
    auto metadata = parse_metadata(*element);
    ASSERT_TRUE(metadata);
    EXPECT_EQ(metadata->folder, plan.metadata.folder);
    EXPECT_EQ(metadata->user, "ann");
    EXPECT_EQ(metadata->image, plan.metadata.image);
}

TEST(GuestDomain, TellsItsForwardedPorts) {
    auto xml = domain_xml(make_plan());
    EXPECT_EQ(forwards_of(xml), (std::vector<Forward>{{40022, 22}, {8080, 80}}));
    EXPECT_NE(xml.find("<portForward proto='tcp' address='127.0.0.1'>"), xml.npos) << xml;
}

TEST(Metadata, OfAnotherKindIsNone) {
    for (const auto* text : {"", "<launch", "<launch/>", "<launch folder='here'/>", "<other folder='/x'/>"})
        EXPECT_FALSE(parse_metadata(text)) << text;
}

TEST(Forward, IsTwoPortsOrOne) {
    EXPECT_EQ(parse_forward("8080:80"), (Forward{8080, 80}));
    EXPECT_EQ(parse_forward("80"), (Forward{80, 80}));
    for (const auto* text : {"", "a", "0:1", "1:", ":1", "1:2:3", "65536:1", "80x"})
        EXPECT_THROW(parse_forward(text), Error) << text;
}

TEST(Capabilities, OfferKvmByArchitecture) {
    const std::string with =
        "<capabilities><guest><arch name='x86_64'><domain type='qemu'/><domain type='kvm'/></arch>"
        "</guest><guest><arch name='aarch64'><domain type='qemu'/></arch></guest></capabilities>";
    EXPECT_TRUE(offers_kvm(with, "x86_64"));
    EXPECT_FALSE(offers_kvm(with, "aarch64"));
    EXPECT_FALSE(offers_kvm(with, "s390x"));
}

} // namespace vireo::launch
