// SPDX-License-Identifier: Apache-2.0
#include "model/domain/explain.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vireo::model::domain {
namespace {

using Texts = std::vector<std::string>;

bool has(const std::vector<Part>& list, std::string_view name) {
    return std::ranges::find(list, name, &Part::name) != list.end();
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

/// The condition of an element's part; "-" where it has no such part.
std::string condition_of(const std::vector<Part>& parts, std::string_view name) {
    auto found = std::ranges::find(parts, name, &Part::name);
    return found == parts.end() ? "-" : found->chain.condition();
}

TEST(Explain, AnElementTellsOfAllItsPartsWhateverTheyDependOn) {
    auto driver = explain("domain.devices.interface.driver");
    EXPECT_EQ(condition_of(driver.attributes, "queues"), "<model type='virtio'>");
    EXPECT_EQ(condition_of(driver.children, "host"), "<model type='virtio'>");
    EXPECT_EQ(condition_of(driver.attributes, "iommu"), "");
    auto source = explain("domain.devices.hostdev.source");
    EXPECT_EQ(condition_of(source.children, "initiator"),
              "<hostdev type='scsi'> and <source protocol='iscsi'>");
    EXPECT_EQ(condition_of(explain("domain.os.nvram.source").attributes, "dev"), "<nvram type='block'>");
    EXPECT_EQ(condition_of(explain("domain.devices.channel").children, "target"), "");
    EXPECT_EQ(condition_of(explain("domain.qemu:commandline").children, "qemu:arg"), "");
}

TEST(Explain, TellsWhatAChangeMeans) {
    EXPECT_EQ(explain("domain.devices.disk.target.bus").effect, (Effect{true, false}));
    EXPECT_EQ(explain("domain.title").effect, (Effect{false, true}));
}

TEST(Explain, AnAttributeCalledAsAnElementIsAskedForWithItsMark) {
    EXPECT_FALSE(explain("domain.devices.graphics.listen").of_attribute);
    auto attribute = explain("domain.devices.graphics.@listen");
    EXPECT_TRUE(attribute.of_attribute);
    ASSERT_NE(attribute.documentation, nullptr);
}

TEST(Explain, SearchFindsWordsInNamesAndSentences) {
    auto found = search("CACHE bypasses");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front()->path, "domain.devices.disk.driver.@cache");
    EXPECT_TRUE(search("no such words").empty());
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
        EXPECT_NE(std::string_view{error.what()}.find("did you mean 'offset'?"), std::string_view::npos);
    }
}

} // namespace
} // namespace vireo::model::domain
