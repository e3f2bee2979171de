// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"
#include "hypervisor/metadata_change.hpp"
#include "model/domain/xml.hpp"

namespace vireo::testdriver {
namespace {

using hypervisor::Impact;
using hypervisor::MemoryTarget;
using hypervisor::MetadataChange;
using hypervisor::MetadataType;
using hypervisor::VcpuTarget;
using Definitions = TestDriverTest;
constexpr Impact live{.live = true, .persistent = false}, persistent{.live = false, .persistent = true};

TEST_F(Definitions, AreReplacedByUuid) {
    auto first = define("web");
    EXPECT_EQ(take_told(), "web 0/0;");
    define("web", fmt::format("<uuid>{}</uuid><title>new</title>", first->uuid.text()));
    EXPECT_EQ(take_told(), "web 0/1;");
    EXPECT_EQ(domain(first->uuid)->title, "new");
    EXPECT_EQ(driver.domains().size(), 2u) << "with the one that is always there";
}

TEST_F(Definitions, OfOneDomainDoNotTakeAnothersNameOrUuid) {
    auto first = define("web");
    auto uuid = fmt::format("<uuid>{}</uuid>", first->uuid.text());
    EXPECT_EQ(refusal(driver.define(document("web"), {})), ErrorCode::OperationFailed);
    EXPECT_EQ(refusal(driver.define(document("other", uuid), {})), ErrorCode::OperationFailed);
    EXPECT_EQ(refusal(driver.create(document("web"), {})), ErrorCode::OperationFailed);
    EXPECT_EQ(driver.domains().size(), 2u);
}

TEST_F(Definitions, AreCheckedAsForEveryDriver) {
    EXPECT_EQ(refusal(driver.define("<domain", {})), ErrorCode::XmlDetail);
    EXPECT_EQ(refusal(driver.define(document(""), {})), ErrorCode::NoName);
    EXPECT_EQ(refusal(driver.define(document("web", "<nonsense/>"), {.validate = true})),
              ErrorCode::XmlInvalidSchema);
}

TEST_F(Definitions, CreatingUsesTheDefinitionOfTheCall) {
    auto uuid = define("web")->uuid;
    auto more = fmt::format("<uuid>{}</uuid><title>once</title>", uuid.text());
    run(driver.create(document("web", more), {}));
    EXPECT_EQ(domain(uuid)->title, "once");
    EXPECT_EQ(refusal(driver.create(document("web", more), {})), ErrorCode::OperationInvalid);
    run(driver.destroy(uuid, "", false));
    EXPECT_EQ(domain(uuid)->title, "");
}

TEST_F(Definitions, UndefiningIsForThoseThatAreDefined) {
    auto uuid = run(driver.create(document("web"), {}))->uuid;
    EXPECT_EQ(refusal(driver.undefine(uuid, "", {})), ErrorCode::OperationInvalid);
    EXPECT_EQ(refusal(driver.set_autostart(uuid, "", true)), ErrorCode::OperationInvalid);
}

TEST_F(Definitions, AutostartGoesWithTheDefinition) {
    auto uuid = start("web");
    run(driver.set_autostart(uuid, "", true));
    EXPECT_TRUE(domain(uuid)->autostart);
    run(driver.undefine(uuid, "", {}));
    EXPECT_FALSE(domain(uuid)->autostart);
}

TEST_F(Definitions, ARenamedDomainIsTheSameOne) {
    auto uuid = define("web")->uuid;
    define("other");
    take_told();
    run(driver.rename(uuid, "", "shop"));
    EXPECT_EQ(take_told(), "web 1/1;shop 0/2;");
    EXPECT_FALSE(driver.domains().find_by_name("web"));
    EXPECT_EQ(driver.domains().find_by_name("shop")->uuid, uuid);
    EXPECT_NE(domain(uuid)->persistent_definition->open.find("<name>shop</name>"), std::string::npos);
    EXPECT_EQ(refusal(driver.rename(uuid, "", "other")), ErrorCode::OperationInvalid);
    EXPECT_EQ(refusal(driver.rename(uuid, "", "shop")), ErrorCode::OperationInvalid);
    EXPECT_EQ(refusal(driver.rename(uuid, "", "a/b")), ErrorCode::XmlError);
    EXPECT_EQ(domain(uuid)->name, "shop");
    run(driver.start(uuid, "", {}));
    EXPECT_EQ(refusal(driver.rename(uuid, "", "late")), ErrorCode::OperationInvalid);
}

TEST_F(Definitions, MemoryOfTheRunAndOfTheNextStart) {
    auto uuid = start("web");
    run(driver.set_memory(uuid, "", MemorySize::kib(2000), MemoryTarget::Current, {}));
    EXPECT_EQ(domain(uuid)->memory, MemorySize::kib(2000));
    EXPECT_EQ(take_told(), "web #13@;");
    EXPECT_EQ(refusal(driver.set_memory(uuid, "", MemorySize::kib(4096), MemoryTarget::Current, live)),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(driver.set_memory(uuid, "", MemorySize::kib(4096), MemoryTarget::Maximum, live)),
              ErrorCode::OperationInvalid);
    run(driver.set_memory(uuid, "", MemorySize::kib(4096), MemoryTarget::Maximum, persistent));
    EXPECT_EQ(domain(uuid)->max_memory, MemorySize::kib(2048));
    run(driver.destroy(uuid, "", false));
    EXPECT_EQ(domain(uuid)->max_memory, MemorySize::kib(4096));
    EXPECT_EQ(domain(uuid)->memory, MemorySize::kib(1024)) << "the run's was the run's alone";
}

TEST_F(Definitions, VcpusOfTheRunAndOfTheNextStart) {
    auto uuid = start("web");
    run(driver.set_vcpus(uuid, "", 4, VcpuTarget::Current, {}));
    EXPECT_EQ(domain(uuid)->vcpus, 4u);
    EXPECT_EQ(run(driver.guest_vcpus(uuid, "")).online.size(), 4u);
    EXPECT_EQ(refusal(driver.set_vcpus(uuid, "", 5, VcpuTarget::Current, {})), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(driver.set_vcpus(uuid, "", 8, VcpuTarget::Maximum, {})), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(driver.set_vcpus(uuid, "", 1, VcpuTarget::Guest, {})), ErrorCode::ArgumentUnsupported);
    run(driver.set_vcpus(uuid, "", 8, VcpuTarget::Maximum, persistent));
    EXPECT_EQ(domain(uuid)->max_vcpus, 4u);
    run(driver.destroy(uuid, "", false));
    EXPECT_EQ(domain(uuid)->max_vcpus, 8u);
    EXPECT_EQ(domain(uuid)->vcpus, 2u);
}

TEST_F(Definitions, MetadataIsChangedInBothOrInNone) {
    auto uuid = start("web");
    MetadataChange title{MetadataType::Title, "The web", "", ""};
    run(driver.set_metadata(uuid, "", title, {.live = true, .persistent = true}));
    EXPECT_EQ(take_told(), "web #21@;");
    EXPECT_EQ(domain(uuid)->title, "The web");
    MetadataChange element{MetadataType::Element, "<a/>", "w", "urn:w"};
    run(driver.set_metadata(uuid, "", element, persistent));
    auto definition = [&] { return model::domain::parse(domain(uuid)->persistent_definition->text(true)); };
    EXPECT_EQ(hypervisor::metadata_of(definition(), MetadataType::Element, "urn:w"), "<a/>");
    EXPECT_EQ(domain(uuid)->live_definition->open.find("urn:w"), std::string::npos);
    title.text = "two\nlines";
    auto before = domain(uuid);
    EXPECT_EQ(refusal(driver.set_metadata(uuid, "", title, {.live = true, .persistent = true})),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(domain(uuid), before);
}

} // namespace
} // namespace vireo::testdriver
