// SPDX-License-Identifier: Apache-2.0
#include "qemu/keys/keymap.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {

struct KeyCase {
    Codeset set;
    std::uint32_t code, qnum;
};

class Keymap : public testing::TestWithParam<KeyCase> {};

TEST_P(Keymap, KnowsTheKeyInEachSet) {
    EXPECT_EQ(require_qnum(GetParam().set, GetParam().code), GetParam().qnum);
}

INSTANTIATE_TEST_SUITE_P(LetterA, Keymap,
                         testing::Values(KeyCase{Codeset::Linux, 30, 0x1e}, KeyCase{Codeset::Xt, 0x1e, 0x1e},
                                         KeyCase{Codeset::AtSet1, 0x1e, 0x1e},
                                         KeyCase{Codeset::AtSet2, 0x1c, 0x1e}, KeyCase{Codeset::Usb, 4, 0x1e},
                                         KeyCase{Codeset::Win32, 'A', 0x1e},
                                         KeyCase{Codeset::Qnum, 0x1e, 0x1e}));
INSTANTIATE_TEST_SUITE_P(Extended, Keymap,
                         testing::Values(KeyCase{Codeset::Linux, 111, 0xd3},
                                         KeyCase{Codeset::AtSet1, 0xe053, 0xd3},
                                         KeyCase{Codeset::AtSet2, 0xe071, 0xd3},
                                         KeyCase{Codeset::Usb, 0x4c, 0xd3},
                                         KeyCase{Codeset::Win32, 0x2e, 0xd3}));

TEST(Keymap, RefusesWhatIsNoKey) {
    auto code_of = [](Codeset set, std::uint32_t code) {
        try {
            require_qnum(set, code);
        } catch (const Error& error) { return error.code; }
        return ErrorCode::Ok;
    };
    EXPECT_EQ(code_of(Codeset::Linux, 0), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(Codeset::Linux, 700), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(Codeset::Qnum, 0x100), ErrorCode::InvalidArgument);
    EXPECT_EQ(code_of(Codeset::Win32, 0), ErrorCode::InvalidArgument); // keys without such a code
}

TEST(Keymap, RefusesSetsWithoutATable) {
    EXPECT_THROW(codeset_of(5), Error);
    EXPECT_THROW(codeset_of(10), Error);
    EXPECT_EQ(codeset_of(9), Codeset::Qnum);
}

} // namespace vireo::qemu
