// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

#include <array>

namespace vireo::testdriver {
namespace {

using hypervisor::AddressSource;
using hypervisor::HostnameSource;
using Guest = TestDriverTest;

TEST_F(Guest, AnswersWhileItRuns) {
    auto uuid = define("web")->uuid;
    using enum ErrorCode;
    EXPECT_EQ(refusal(driver.hostname(uuid, "", HostnameSource::Any)), OperationInvalid);
    EXPECT_EQ(refusal(driver.interface_addresses(uuid, "", AddressSource::Agent)), OperationInvalid);
    EXPECT_EQ(refusal(driver.time(uuid, "")), OperationInvalid);
    EXPECT_EQ(refusal(driver.set_time(uuid, "", std::nullopt)), OperationInvalid);
    EXPECT_EQ(refusal(driver.screenshot(uuid, "", 0)), OperationInvalid);
    EXPECT_EQ(refusal(driver.send_key(uuid, "", {})), OperationInvalid);
    EXPECT_EQ(refusal(driver.inject_nmi(uuid, "")), OperationInvalid);
    EXPECT_EQ(refusal(driver.statistics(uuid, "", 0)), OperationInvalid);
    run(driver.start(uuid, "", {}));
    EXPECT_EQ(run(driver.hostname(uuid, "", HostnameSource::Any)), "webhost");
    run(driver.send_key(uuid, "", {}));
    run(driver.inject_nmi(uuid, ""));
    EXPECT_TRUE(run(driver.statistics(uuid, "", 0)).empty());
}

TEST_F(Guest, EachInterfaceHasAnAddressOfItsOwn) {
    auto uuid = start("web", "<devices><interface type='user'><mac address='52:54:00:00:00:01'/></interface>"
                             "<interface type='user'/></devices>");
    auto found = run(driver.interface_addresses(uuid, "", AddressSource::Lease));
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].name, "testnet0");
    EXPECT_EQ(found[0].mac, "52:54:00:00:00:01");
    ASSERT_EQ(found[0].addresses.size(), 1u);
    EXPECT_EQ(found[0].addresses[0].text, "192.168.122.2");
    EXPECT_EQ(found[0].addresses[0].prefix, 24u);
    EXPECT_EQ(found[1].name, "testnet1");
    EXPECT_NE(found[1].addresses[0].text, found[0].addresses[0].text);
}

TEST_F(Guest, HasAClockThatCanBeSet) {
    using namespace std::chrono_literals;
    auto uuid = start("web");
    run(driver.set_time(uuid, "", hypervisor::GuestTime{1000h}));
    auto now = run(driver.time(uuid, ""));
    EXPECT_GE(now, hypervisor::GuestTime{1000h});
    EXPECT_LT(now, hypervisor::GuestTime{1001h});
    run(driver.set_time(uuid, "", std::nullopt));
    EXPECT_GT(run(driver.time(uuid, "")), hypervisor::GuestTime{24h * 365 * 50});
}

TEST_F(Guest, ShowsAPicture) {
    auto uuid = start("web");
    auto shot = run(driver.screenshot(uuid, "", 0));
    EXPECT_EQ(shot.mime, "image/png");
    std::string image;
    std::array<char, 100> part{};
    while (auto count = run(shot.image->read(part))) image.append(part.data(), count);
    EXPECT_TRUE(image.starts_with("\x89PNG\r\n\x1a\n"));
    EXPECT_NE(image.find("IEND"), std::string::npos);
    EXPECT_THROW(run(shot.image->write("x")), std::system_error);
    EXPECT_EQ(refusal(driver.screenshot(uuid, "", 1)), ErrorCode::InvalidArgument);
}

} // namespace
} // namespace vireo::testdriver
