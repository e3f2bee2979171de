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

TEST(GuestDomain, HasANetworkByPasstWhenPlannedSo) {
    auto plan = make_plan();
    EXPECT_EQ(domain_xml(plan).find("passt"), std::string::npos);
    plan.passt = true;
    auto xml = domain_xml(plan);
    EXPECT_NE(xml.find("<backend type='passt'/>"), xml.npos) << xml;
    EXPECT_EQ(forwards_of(xml), plan.forwards);
}

TEST(GuestDomain, SharesFoldersByTheRightsOfItsEmulator) {
    auto plan = make_plan();
    plan.mounts = {{"/srv", "/data"}, {"/home/ann/a & b", "/work"}};
    auto of_user = model::domain::parse(domain_xml(plan)).devices.filesystems;
    ASSERT_EQ(of_user.size(), 2U);
    EXPECT_EQ(of_user[1].source, "/home/ann/a & b");
    EXPECT_EQ(of_user[1].target, mount_tag(1));
    EXPECT_EQ(of_user[1].access, model::domain::FilesystemAccess::Squash);
    plan.keep_owners = true;
    auto of_root = model::domain::parse(domain_xml(plan)).devices.filesystems;
    EXPECT_EQ(of_root.at(0).access, model::domain::FilesystemAccess::Mapped);
    EXPECT_EQ(model::domain::unsupported(model::domain::parse(domain_xml(plan))), std::vector<std::string>{});
}

TEST(DomainCapabilities, SayWhetherTheyAreKvms) {
    EXPECT_TRUE(offers_kvm("<domainCapabilities><domain>kvm</domain></domainCapabilities>"));
    EXPECT_FALSE(offers_kvm("<domainCapabilities><domain>qemu</domain></domainCapabilities>"));
    EXPECT_THROW(offers_kvm("<domainCapabilities>"), Error);
}

} // namespace vireo::launch
