// SPDX-License-Identifier: Apache-2.0
#include "protocol/programs.hpp"
#include "rpc/access.hpp"

#include <gtest/gtest.h>

namespace vireo::rpc {

struct Case {
    std::int32_t procedure;
    AccessSelectors selectors;
    bool allowed;
};
class ReaderAccess : public testing::TestWithParam<Case> {};
TEST_P(ReaderAccess, FollowsTheTable) {
    const auto& procedure = *protocol::find_procedure(protocol::Program::Remote, GetParam().procedure);
    EXPECT_EQ(AccessRule{procedure}.allows_reader(GetParam().selectors), GetParam().allowed)
        << procedure.name;
}
INSTANTIATE_TEST_SUITE_P(Calls, ReaderAccess,
                         testing::Values(Case{1, {}, true},              // CONNECT_OPEN
                                         Case{2, {}, true},              // CONNECT_CLOSE: none
                                         Case{9, {}, false},             // DOMAIN_CREATE
                                         Case{14, {}, true},             // DOMAIN_GET_XML_DESC
                                         Case{14, {.flags = 2}, true},   // inactive
                                         Case{14, {.flags = 1}, false},  // with passwords
                                         Case{14, {.flags = 8}, false},  // migratable
                                         Case{200, {}, true},            // DOMAIN_GET_VCPUS_FLAGS
                                         Case{200, {.flags = 8}, false}, // asks the guest
                                         Case{235, {}, false},           // DOMAIN_SAVE_IMAGE_GET_XML_DESC
                                         Case{353, {.source = 0}, true}, // DOMAIN_INTERFACE_ADDRESSES: leases
                                         Case{353, {.source = 1}, false} // agent
                                         ));

TEST(ReaderAccess, NoCallThatChangesAnythingIsOpen) {
    // Every call that a reader may make with flags 0 has a name that only asks.
    for (const auto& procedure : protocol::procedures_of(protocol::Program::Remote)) {
        if (procedure.is_event || !AccessRule{procedure}.allows_reader({})) continue;
        if (procedure.name.starts_with("DOMAIN_HAS_") || procedure.name.find("_GET_") != procedure.name.npos)
            continue;
        for (std::string_view verb :
             {"CREATE", "DEFINE_XML", "DESTROY", "DELETE", "_SET_", "ATTACH", "DETACH", "SAVE", "RESTORE",
              "MIGRATE_P", "MIGRATE_B", "SHUTDOWN", "REBOOT", "SUSPEND", "RESUME", "UNDEFINE"})
            EXPECT_EQ(procedure.name.find(verb), std::string_view::npos) << procedure.name;
    }
}

} // namespace vireo::rpc
