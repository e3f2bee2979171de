// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain_list.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace vireo::daemon {

using namespace hypervisor;

DomainSnapshot running() {
    DomainSnapshot domain;
    domain.id = 4;
    domain.state = RunningReason::Booted;
    domain.persistent = true;
    return domain;
}
DomainSnapshot stopped() {
    DomainSnapshot domain;
    domain.persistent = true;
    domain.autostart = true;
    return domain;
}
DomainSnapshot paused_transient() {
    DomainSnapshot domain;
    domain.id = 5;
    domain.state = PausedReason::User;
    return domain;
}

struct Case {
    std::uint32_t flags;
    bool running, stopped, paused;
};
class Filter : public testing::TestWithParam<Case> {};
TEST_P(Filter, ListsWhatItsFlagsAskFor) {
    DomainFilter filter{GetParam().flags};
    EXPECT_EQ(filter.matches(running()), GetParam().running);
    EXPECT_EQ(filter.matches(stopped()), GetParam().stopped);
    EXPECT_EQ(filter.matches(paused_transient()), GetParam().paused);
}
INSTANTIATE_TEST_SUITE_P(Flags, Filter,
                         testing::Values(Case{0, true, true, true}, Case{1, true, false, true},
                                         Case{2, false, true, false}, Case{3, true, true, true},
                                         Case{4, true, true, false}, Case{8, false, false, true},
                                         Case{16, true, false, false}, Case{32, false, false, true},
                                         Case{64, false, true, false}, Case{16 | 64, true, true, false},
                                         Case{128, false, false, false}, Case{1024, false, true, false},
                                         Case{2048, true, false, true}, Case{1 | 2048, true, false, true},
                                         Case{256, false, false, false}, Case{512, true, true, true},
                                         Case{4096, false, false, false}));

TEST(DomainFilter, RefusesUnknownFlags) { EXPECT_THROW(DomainFilter{65536}, Error); }

} // namespace vireo::daemon
