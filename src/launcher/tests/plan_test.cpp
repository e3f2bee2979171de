// SPDX-License-Identifier: Apache-2.0
#include "launcher/plan.hpp"

#include <gtest/gtest.h>

namespace vireo::launcher {

TEST(Plan, ComesBackAsItWas) {
    Plan plan;
    plan.arguments = {"/bin/echo", "", "a=b\nc"};
    plan.environment = {"PATH=/usr/bin", "EMPTY="};
    plan.working_directory = "/tmp";
    plan.pid_file = "/run/a.pid";
    plan.identity_file = "/run/a.process";
    plan.cgroup = "/sys/fs/cgroup/a";
    plan.user = 64055;
    plan.group = 0;
    plan.groups = {4, 5};
    plan.processors = {0, 1025};
    plan.limits = {{4, 0, ~std::uint64_t{0}}};
    plan.umask = 0027;
    plan.descriptors = {{-1, 9}, {-1, 30}};
    plan.parent = 42;
    auto again = decode(encode(plan));
    EXPECT_EQ(again.arguments, plan.arguments);
    EXPECT_EQ(again.environment, plan.environment);
    EXPECT_EQ(again.working_directory, plan.working_directory);
    EXPECT_EQ(again.pid_file, plan.pid_file);
    EXPECT_EQ(again.identity_file, plan.identity_file);
    EXPECT_EQ(again.cgroup, plan.cgroup);
    EXPECT_EQ(again.user, plan.user);
    EXPECT_EQ(again.group, plan.group);
    EXPECT_EQ(again.groups, plan.groups);
    EXPECT_EQ(again.processors, plan.processors);
    EXPECT_EQ(again.limits, plan.limits);
    EXPECT_EQ(again.umask, plan.umask);
    EXPECT_EQ(again.descriptors, plan.descriptors);
    EXPECT_EQ(again.parent, plan.parent);
}

TEST(Plan, RefusesToCarryANul) {
    Plan plan;
    plan.arguments = {std::string("/bin/echo\0--evil", 16)};
    EXPECT_THROW(encode(plan), std::invalid_argument);
}

class DamagedPlan : public testing::TestWithParam<std::string> {};
TEST_P(DamagedPlan, IsRefused) { EXPECT_THROW(decode(GetParam()), std::invalid_argument); }
using namespace std::string_literals;
INSTANTIATE_TEST_SUITE_P(Texts, DamagedPlan,
                         testing::Values(""s, "argument=/bin/true"s, "argument=/bin/true\0umask=x\0"s,
                                         "argument=/bin/true\0colour=red\0"s, "argument\0"s,
                                         "argument=/bin/true\0limit=4:0\0"s, "umask=63\0"s));

} // namespace vireo::launcher
