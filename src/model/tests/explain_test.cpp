// SPDX-License-Identifier: Apache-2.0
#include "model/domain/explain.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vireo::model::domain {
namespace {

using Texts = std::vector<std::string>;

bool has(const std::vector<xml::Outline::Named>& list, std::string_view name) {
    return std::ranges::find(list, name, &xml::Outline::Named::name) != list.end();
}

TEST(Explain, AnAttributeHasItsValuesAndItsDefault) {
    auto cache = explain("domain.devices.disk.driver.cache");
    EXPECT_TRUE(cache.of_attribute);
    EXPECT_EQ(cache.path, "domain.devices.disk.driver.cache");
    EXPECT_EQ(cache.meaning.choices,
              (Texts{"default", "none", "writethrough", "writeback", "directsync", "unsafe"}));
    EXPECT_EQ(cache.meaning.usual, "");
    auto device = explain("domain.devices.disk.device");
    EXPECT_EQ(device.meaning.usual, "disk");
    EXPECT_FALSE(device.meaning.required);
    EXPECT_EQ(explain("domain.devices.disk.driver.queues").meaning.type, "a number from 0 to 4294967295");
}

TEST(Explain, AnElementHasItsParts) {
    auto disk = explain("domain.devices.disk");
    EXPECT_FALSE(disk.of_attribute);
    EXPECT_TRUE(disk.meaning.repeats);
    EXPECT_TRUE(has(disk.attributes, "device"));
    EXPECT_TRUE(has(disk.children, "driver"));
    EXPECT_TRUE(has(disk.children, "address"));
    EXPECT_TRUE(has(explain("domain").children, "devices"));
    EXPECT_TRUE(has(explain("domain.os").children, "loader"));
    EXPECT_TRUE(has(explain("domain.features.hyperv.spinlocks").attributes, "retries"));
}

TEST(Explain, TheTextOfAnElement) {
    EXPECT_EQ(explain("domain.on_reboot").meaning.usual, "restart");
    EXPECT_EQ(explain("domain.vcpu").meaning.required, true);
    EXPECT_NE(explain("domain.memory").meaning.type.find("amount"), std::string::npos);
    EXPECT_TRUE(has(explain("domain.memory").attributes, "unit"));
}

TEST(Explain, WhatDependsOnAChoiceIsFoundWithIt) {
    auto protocol = explain("domain.devices.disk.source.protocol");
    EXPECT_EQ(protocol.condition, "<disk type='network'>");
    EXPECT_TRUE(protocol.meaning.required);
    EXPECT_NE(std::ranges::find(protocol.meaning.choices, "nbd"), protocol.meaning.choices.end());
    EXPECT_EQ(explain("domain.devices.disk.source.file").condition, "");
    EXPECT_EQ(explain("domain.devices.disk.address.slot").condition, "<address type='pci'>");
    auto types = explain("domain.devices.disk.address.type").meaning.choices;
    EXPECT_NE(std::ranges::find(types, "virtio-serial"), types.end());
}

TEST(Explain, ANameThatThereIsNotIsRefusedWithThoseThatThereAre) {
    for (const auto* path :
         {"domain.nosuch", "nosuch", "domain.devices.disk.device.more", "domain.on_reboot.more"})
        try {
            explain(path);
            ADD_FAILURE() << path;
        } catch (const Error& error) { EXPECT_EQ(error.code, ErrorCode::InvalidArgument) << path; }
    try {
        explain("domain.clock.ofset");
    } catch (const Error& error) {
        EXPECT_NE(std::string_view{error.what()}.find("offset"), std::string_view::npos);
    }
}

} // namespace
} // namespace vireo::model::domain
