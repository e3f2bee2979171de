// SPDX-License-Identifier: Apache-2.0
#include "launch/digest.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <stdlib.h>

namespace vireo::launch {

// FIPS 180-2, appendices B.1 and C.1.
constexpr std::string_view sha256_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view sha512_abc = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(Digest, IsThatOfTheStandard) {
    EXPECT_EQ(digest_of("abc", DigestKind::Sha256).digits, sha256_abc);
    EXPECT_EQ(digest_of("abc", DigestKind::Sha512).digits, sha512_abc);
}

TEST(Digest, OfAFileIsThatOfItsBytes) {
    char name[] = "/tmp/vireo-digest-XXXXXX";
    ::close(::mkstemp(name));
    std::string content(3'000'000, 'x');
    std::ofstream{name} << content;
    EXPECT_EQ(digest_of_file(name, DigestKind::Sha256), digest_of(content, DigestKind::Sha256));
    std::filesystem::remove(name);
    EXPECT_THROW(digest_of_file(name, DigestKind::Sha256), Error);
}

struct Sums {
    std::string text;
    bool found;
};
class FilesOfChecksums : public testing::TestWithParam<Sums> {};
TEST_P(FilesOfChecksums, AreReadInTheirForms) {
    auto digest = find_digest(GetParam().text, "a.img");
    ASSERT_EQ(digest.has_value(), GetParam().found) << GetParam().text;
    EXPECT_EQ(digest ? digest->digits : sha256_abc, sha256_abc);
}
const std::string digits{sha256_abc};
const std::string other = std::string(64, '0');
INSTANTIATE_TEST_SUITE_P(Forms, FilesOfChecksums,
                         testing::Values(Sums{digits + "  a.img\n", true},
                                         Sums{other + "  b.img\n" + digits + " *a.img\r\n", true},
                                         Sums{digits + "  ./sub/a.img", true},
                                         Sums{"# a comment\nSHA256 (a.img) = " + digits + "\n", true},
                                         Sums{digits + "\n", true}, Sums{digits + "\n" + other + "\n", false},
                                         Sums{digits + "  b.img\n", false},
                                         Sums{"SHA256 (b.img) = " + digits, false},
                                         Sums{"abc  a.img\n", false}, Sums{"", false},
                                         Sums{"<html>" + digits + "  a.img", false}));

TEST(FindDigest, TakesUpperCaseAndSha512) {
    std::string upper;
    for (char letter : sha512_abc)
        upper += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    auto digest = find_digest(upper + "  a.img", "a.img");
    ASSERT_TRUE(digest);
    EXPECT_EQ(digest->kind, DigestKind::Sha512);
    EXPECT_EQ(digest->digits, sha512_abc);
}

} // namespace vireo::launch
