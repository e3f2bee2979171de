// SPDX-License-Identifier: Apache-2.0
#include "qemu/runtime_record.hpp"

#include "base/error.hpp"
#include "model/domain/xml.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {

namespace {
Durable make_durable() {
    auto model = model::domain::parse(
        "<domain type='qemu'><name>web</name><memory unit='MiB'>64</memory>"
        "<title>a title</title><vcpu current='2'>4</vcpu>"
        "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"
        "<devices><disk><source file='/a'/><target dev='vda'/></disk></devices></domain>");
    Durable durable;
    durable.name = "web";
    durable.autostart = true;
    durable.definition = format_text(model, false);
    model.id = 3;
    durable.live = format_text(model, true);
    durable.run = RunRecord{Phase::Running,
                            3,
                            "boot",
                            {42, 43},
                            hypervisor::PausedReason::User,
                            true,
                            true,
                            {5900},
                            100,
                            hypervisor::AgentPatience{std::chrono::seconds{7}},
                            PendingJob{PendingJob::Kind::Dump, "/a/.b.part-1", "/a/b", true, false},
                            {"virtio-disk1"}};
    return durable;
}
} // namespace

TEST(RuntimeRecord, SurvivesTheStore) {
    auto uuid = Uuid::generate();
    auto before = make_durable();
    auto after = durable_from(to_record(uuid, before));
    EXPECT_EQ(after.name, before.name);
    EXPECT_TRUE(after.autostart);
    EXPECT_EQ(after.definition.complete(), before.definition.complete());
    EXPECT_EQ(after.definition.summary, before.definition.summary);
    EXPECT_EQ(after.definition.summary.vcpus, 2U);
    EXPECT_EQ(after.definition.text->disks, (std::vector<hypervisor::DiskSummary>{{"vda", "/a"}}));
    EXPECT_EQ(after.live.complete(), before.live.complete());
    EXPECT_EQ(after.run, before.run);
    EXPECT_EQ(to_record(uuid, after), to_record(uuid, before));
}

TEST(RuntimeRecord, AnXmlWithoutASummaryIsEnough) {
    auto record = to_record(Uuid::generate(), make_durable());
    record.runtime.clear();
    record.live.clear();
    auto after = durable_from(record);
    EXPECT_EQ(after.definition.summary, make_durable().definition.summary);
    EXPECT_FALSE(after.run);
}

TEST(RuntimeRecord, WhatAnOlderSummaryDoesNotTellIsInTheXml) {
    auto before = make_durable();
    auto record = to_record(Uuid::generate(), before);
    auto disks = record.runtime.find("\"disks\"");
    ASSERT_NE(disks, std::string::npos);
    while (disks != std::string::npos) {
        record.runtime.replace(disks, 7, "\"other\"");
        disks = record.runtime.find("\"disks\"");
    }
    auto after = durable_from(record);
    EXPECT_EQ(after.definition.text->disks, before.definition.text->disks);
    EXPECT_EQ(after.definition.summary, before.definition.summary);
}

TEST(RuntimeRecord, NonsenseIsRefused) {
    auto record = to_record(Uuid::generate(), make_durable());
    for (const auto* nonsense :
         {"[]", "{", R"({"run":{"phase":"dancing"}})", R"({"run":{"phase":"running"}})"}) {
        record.runtime = nonsense;
        EXPECT_THROW(durable_from(record), Error) << nonsense;
    }
}

TEST(RuntimeRecord, TheDriversOwnSurvives) {
    DriverRecord before{17, "boot"};
    EXPECT_EQ(driver_from(to_record(before)), before);
}

} // namespace vireo::qemu
