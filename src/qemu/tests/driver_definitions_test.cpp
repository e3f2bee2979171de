// SPDX-License-Identifier: Apache-2.0
#include "qemu/tests/driver_fixture.hpp"

#include <fstream>

namespace vireo::qemu {

using namespace hypervisor;

/// The tests of what is defined.
class DriverDefinitions : public DriverTest {
protected:
    DriverDefinitions() { start_daemon(); }
};

TEST_F(DriverDefinitions, AreThereAndCompleted) {
    auto domain = define("web");
    EXPECT_EQ(driver->domains().find_by_name("web")->uuid, uuid_of(1));
    EXPECT_TRUE(domain->persistent);
    EXPECT_FALSE(domain->active());
    EXPECT_EQ(domain->max_vcpus, 1U);
    EXPECT_NE(domain->persistent_definition->open.find("machine='pc-q35-7.2'"), std::string::npos);
    define("web", 1, "<title>the same</title>");
    EXPECT_EQ(driver->domains().find_by_name("web")->title, "the same");
    EXPECT_EQ(events, "web 0/0;web 0/1;");
}

TEST_F(DriverDefinitions, NeitherNameNorUuidIsGivenTwice) {
    define("web");
    EXPECT_EQ(code_of(driver->define(xml("web", 2), {})), ErrorCode::OperationFailed);
    EXPECT_EQ(code_of(driver->define(xml("other", 1), {})), ErrorCode::OperationFailed);
    EXPECT_EQ(driver->domains().size(), 1U);
}

TEST_F(DriverDefinitions, OfTwoAtOnceOneGetsTheName) {
    auto first = asio::co_spawn(loop, driver->define(xml("web", 1), {}), asio::use_future);
    auto second = asio::co_spawn(loop, driver->define(xml("web", 2), {}), asio::use_future);
    auto again = asio::co_spawn(loop, driver->define(xml("web", 1), {}), asio::use_future);
    ASSERT_TRUE(until([&] {
        auto ready = [](auto& future) {
            return future.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
        };
        return ready(first) && ready(second) && ready(again);
    }));
    EXPECT_EQ(first.get()->uuid, uuid_of(1));
    EXPECT_THROW(second.get(), Error);
    EXPECT_EQ(again.get()->uuid, uuid_of(1));
    EXPECT_EQ(events, "web 0/0;web 0/1;");
    EXPECT_EQ(driver->domains().size(), 1U);
}

TEST_F(DriverDefinitions, SurviveTheDaemon) {
    define("web", 1, "<title>kept</title>");
    define("db", 2);
    await(driver->set_autostart(uuid_of(2), "db", true));
    await(driver->undefine(uuid_of(1), "web", {}));
    define("web", 3, "<title>kept too</title>");
    auto before = driver->domains().find(uuid_of(3));
    restart_daemon();
    EXPECT_EQ(driver->domains().size(), 2U);
    auto after = driver->domains().find_by_name("web");
    ASSERT_TRUE(after);
    EXPECT_EQ(after->uuid, uuid_of(3));
    EXPECT_EQ(after->title, "kept too");
    EXPECT_EQ(after->max_memory, before->max_memory);
    EXPECT_EQ(after->persistent_definition->open, before->persistent_definition->open);
    EXPECT_TRUE(driver->domains().find_by_name("db")->autostart);
}

TEST_F(DriverDefinitions, SecretsAreKeptApart) {
    auto graphics = "<graphics type='vnc' port='5900' passwd='s3cret'/>";
    await(driver->define(xml("web", 1, "", graphics), {}));
    for (int round = 0; round < 2; ++round) {
        auto text = driver->domains().find(uuid_of(1))->persistent_definition;
        EXPECT_EQ(text->text(false).find("s3cret"), std::string::npos);
        EXPECT_NE(text->text(true).find("s3cret"), std::string::npos);
        restart_daemon();
    }
}

TEST_F(DriverDefinitions, Rename) {
    define("web");
    define("db", 2);
    events.clear();
    EXPECT_EQ(code_of(driver->rename(uuid_of(1), "web", "db")), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->rename(uuid_of(1), "web", "web")), ErrorCode::InvalidArgument);
    EXPECT_NE(code_of(driver->rename(uuid_of(1), "web", "a/b")), ErrorCode::Ok);
    await(driver->rename(uuid_of(1), "web", "www"));
    EXPECT_EQ(events, "web 1/1;www 0/2;");
    EXPECT_FALSE(driver->domains().find_by_name("web"));
    define("web", 3);
    restart_daemon();
    EXPECT_EQ(driver->domains().find_by_name("www")->uuid, uuid_of(1));
    EXPECT_NE(driver->domains().find_by_name("www")->persistent_definition->open.find("<name>www</name>"),
              std::string::npos);
}

TEST_F(DriverDefinitions, UndefinedOnesAreGone) {
    define("web");
    await(driver->undefine(uuid_of(1), "web", {}));
    EXPECT_EQ(events, "web 0/0;web 1/0;");
    EXPECT_EQ(code_of(driver->undefine(uuid_of(1), "web", {})), ErrorCode::NoDomain);
    restart_daemon();
    EXPECT_EQ(driver->domains().size(), 0U);
}

TEST_F(DriverDefinitions, BadOnesChangeNothing) {
    define("web");
    auto before = driver->domains().find(uuid_of(1));
    EXPECT_EQ(code_of(driver->define("<domain", {})), ErrorCode::XmlDetail);
    EXPECT_EQ(code_of(driver->define(xml("checked", 2, "<wheels/>"), {.validate = true})),
              ErrorCode::XmlInvalidSchema);
    EXPECT_NE(code_of(driver->define(xml("a/b", 2), {})), ErrorCode::Ok);
    EXPECT_EQ(driver->domains().find(uuid_of(1)), before);
    EXPECT_EQ(driver->domains().size(), 1U);
}

TEST_F(DriverDefinitions, ALargeOneIsTakenToo) {
    std::string big(300'000, 'x');
    define("web", 1, "<description>" + big + "</description>");
    EXPECT_NE(driver->domains().find(uuid_of(1))->persistent_definition->open.find(big), std::string::npos);
}

TEST_F(DriverDefinitions, OfUefiGoWithTheirVariablesOnlyWhenThatIsSaid) {
    auto text = xml("web", 1, "<features><acpi/></features>");
    text.replace(text.find("<os>"), 4, "<os firmware='efi'>");
    auto nvram = folder / "state" / "qemu" / "nvram" / "web_VARS.fd";
    auto define_with_variables = [&] {
        await(driver->define(text, {}));
        std::filesystem::create_directories(nvram.parent_path());
        std::ofstream{nvram} << "boot order";
    };
    define_with_variables();
    EXPECT_EQ(code_of(driver->undefine(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);
    EXPECT_NE(message.find(nvram.native()), std::string::npos);
    await(driver->undefine(uuid_of(1), "web", {.keep_nvram = true}));
    EXPECT_TRUE(std::filesystem::exists(nvram));
    define_with_variables();
    await(driver->undefine(uuid_of(1), "web", {.remove_nvram = true}));
    EXPECT_FALSE(std::filesystem::exists(nvram));
}

TEST_F(DriverDefinitions, KeepTheirVariablesOfUefiUnderANewName) {
    auto text = xml("web", 1, "<features><acpi/></features>");
    text.replace(text.find("<os>"), 4, "<os firmware='efi'>");
    await(driver->define(text, {}));
    await(driver->rename(uuid_of(1), "web", "shop"));
    auto renamed = driver->domains().find(uuid_of(1))->persistent_definition->open;
    EXPECT_NE(renamed.find("web_VARS.fd</nvram>"), std::string::npos) << renamed;
}

} // namespace vireo::qemu
