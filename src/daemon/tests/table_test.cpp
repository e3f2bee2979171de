// SPDX-License-Identifier: Apache-2.0
#include "daemon/dispatch_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vireo::daemon {

TEST(DispatchTable, ListsEveryProcedure) {
    Drivers none;
    auto list = DispatchTable{none}.list_procedures();
    EXPECT_EQ(std::ranges::count(list, '\n'), 443 + 7 + 1 + 19 + 2);
    EXPECT_NE(
        list.find(
            R"({"program": "remote", "number": 16, "name": "DOMAIN_GET_INFO", "kind": "call", "implemented": true})"),
        list.npos);
    EXPECT_NE(list.find(R"("name": "DOMAIN_MIGRATE_PERFORM3", "kind": "call", "implemented": false})"),
              list.npos);
}

} // namespace vireo::daemon
