// SPDX-License-Identifier: Apache-2.0
#include "base/rollback.hpp"

#include <gtest/gtest.h>

#include <string>

namespace vireo {

TEST(Rollback, UndoesInReverseOrder) {
    std::string undone;
    {
        Rollback rollback;
        rollback.add([&]() noexcept { undone += 'a'; });
        rollback.add([&]() noexcept { undone += 'b'; });
    }
    EXPECT_EQ(undone, "ba");
}

TEST(Rollback, KeepsWhatIsCommitted) {
    bool undone = false;
    {
        Rollback rollback;
        rollback.add([&]() noexcept { undone = true; });
        rollback.commit();
    }
    EXPECT_FALSE(undone);
}

} // namespace vireo
