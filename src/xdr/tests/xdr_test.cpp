// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "xdr/reader.hpp"
#include "xdr/writer.hpp"

#include <gtest/gtest.h>

namespace vireo::xdr {

using namespace std::string_literals;

template <class T> std::string bytes_of(const T& value) {
    std::string buffer;
    encode(buffer, value);
    return buffer;
}

enum class Colour : std::int32_t { Red = 1, Blue = 7 };
struct Point {
    std::int32_t x, y;
    bool operator==(const Point&) const = default;
};
struct Everything {
    std::uint8_t small;
    std::int64_t big;
    double real;
    Colour colour;
    std::string text;
    std::optional<std::string> maybe;
    Uuid uuid;
    List<Point, 3> points;
    std::array<char, 2> letters;
    Bytes<8> data;
    std::variant<std::int32_t, std::string> choice;
    bool operator==(const Everything&) const = default;
};

TEST(Encode, FollowsTheStandard) {
    EXPECT_EQ(bytes_of(std::int32_t{-2}), "\xff\xff\xff\xfe"s);
    EXPECT_EQ(bytes_of(std::uint8_t{200}), "\0\0\0\xc8"s);
    EXPECT_EQ(bytes_of(std::uint64_t{1}), "\0\0\0\0\0\0\0\1"s);
    EXPECT_EQ(bytes_of(1.0), "\x3f\xf0\0\0\0\0\0\0"s);
    EXPECT_EQ(bytes_of("abcde"s), "\0\0\0\5abcde\0\0\0"s);
    EXPECT_EQ(bytes_of(std::optional<std::int32_t>{}), "\0\0\0\0"s);
    EXPECT_EQ(bytes_of(std::optional<std::int32_t>{5}), "\0\0\0\1\0\0\0\5"s);
    EXPECT_EQ(bytes_of(List<Point, 2>{{1, 2}}), "\0\0\0\1\0\0\0\1\0\0\0\2"s);
    EXPECT_EQ(bytes_of(std::array<char, 2>{'a', 'b'}), "\0\0\0a\0\0\0b"s);
    EXPECT_EQ(bytes_of(std::variant<std::int32_t, std::string>{"x"}), "\0\0\0\2\0\0\0\1x\0\0\0"s);
}

Everything example() {
    return {
        200,        -5,        0.25,    Colour::Blue, "five5", "maybe", Uuid::generate(), {{1, 2}, {3, 4}},
        {'o', 'k'}, {"bytes"}, "choice"};
}

TEST(Decode, ReadsWhatWasWritten) {
    auto all = example();
    EXPECT_EQ(decode<Everything>(bytes_of(all)), all);
}

TEST(Decode, RefusesEveryShorterMessage) {
    auto whole = bytes_of(example());
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_THROW(decode<Everything>(std::string_view{whole}.substr(0, size)), Error) << size;
}

struct Hostile {
    const char* what;
    std::string bytes;
};
class DecodeHostile : public testing::TestWithParam<Hostile> {};
TEST_P(DecodeHostile, IsRefused) {
    struct Message {
        std::string text;
        std::optional<std::int32_t> maybe;
        std::variant<std::int32_t> choice;
        std::int16_t narrow;
        List<Point, 2> points;
    };
    EXPECT_THROW(decode<Message>(GetParam().bytes), Error) << GetParam().what;
}
INSTANTIATE_TEST_SUITE_P(
    Messages, DecodeHostile,
    testing::Values(Hostile{"string longer than the message", "\x7f\xff\xff\xff"s},
                    Hostile{"string length that wraps when padded", "\xff\xff\xff\xff"s},
                    Hostile{"optional 2", "\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0"s},
                    Hostile{"discriminant 0", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"s},
                    Hostile{"discriminant 2", "\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"s},
                    Hostile{"65536 as short", "\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\1\0\0\0\0\0\0"s},
                    Hostile{"three points of two",
                            "\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\3"s + std::string(24, '\0')}));

TEST(Encode, RefusesMoreThanTheLimit) {
    std::string buffer;
    EXPECT_THROW(encode(buffer, List<Point, 2>{{}, {}, {}}), Error);
    EXPECT_THROW(encode(buffer, Bytes<4>{"12345"}), Error);
}

} // namespace vireo::xdr
