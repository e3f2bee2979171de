// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/definition.hpp"

#include "base/error.hpp"
#include "model/domain/xml.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::hypervisor {
namespace {

std::string document(std::string_view more = "") {
    return fmt::format(
        "<domain type='test'><name>web</name><title>The web</title><memory>2048</memory>"
        "<currentMemory>1024</currentMemory><vcpu current='2'>4</vcpu><os><type>hvm</type></os>"
        "<devices>{}</devices></domain>",
        more);
}

TEST(Definition, KeepsPasswordsApart) {
    auto open = format_text(model::domain::parse(document()), false);
    EXPECT_FALSE(open.summary.has_secrets);
    EXPECT_EQ(open.complete(), open.text->open);
    EXPECT_EQ(open.text->with_secrets.capacity(), std::string{}.capacity()) << "it would be held for ever";
    EXPECT_LT(open.text->open.capacity(), open.text->open.size() + 32);
    auto secret = format_text(model::domain::parse(document("<graphics type='vnc' passwd='pw'/>")), false);
    EXPECT_TRUE(secret.summary.has_secrets);
    EXPECT_NE(secret.complete().find("pw"), std::string::npos);
    EXPECT_EQ(secret.text->text(false).find("pw"), std::string::npos);
}

TEST(Definition, TellsSnapshotsWhatItSays) {
    DomainSnapshot snapshot;
    take_summary(snapshot, format_text(model::domain::parse(document()), false).summary);
    EXPECT_EQ(snapshot.max_memory, MemorySize::kib(2048));
    EXPECT_EQ(snapshot.memory, MemorySize::kib(1024));
    EXPECT_EQ(snapshot.max_vcpus, 4u);
    EXPECT_EQ(snapshot.vcpus, 2u);
    EXPECT_EQ(snapshot.title, "The web");
}

TEST(Definition, OfAnyLengthIsParsed) {
    std::string description(300 << 10, 'x');
    for (const auto& text : {document(), document("<!--" + description + "-->"), std::string{"<domain"}}) {
        asio::io_context loop;
        auto parsed = asio::co_spawn(loop, parse_definition(text), asio::use_future);
        loop.run();
        if (text.size() < 10)
            EXPECT_THROW(parsed.get(), Error);
        else
            EXPECT_EQ(parsed.get().name, "web");
    }
}

struct Case {
    bool active, persistent;
    Impact asked;
    int live, durable; ///< expected; -1: refused
};

TEST(Impact, IsWhatTheDomainIsNowUnlessSaid) {
    for (auto [active, persistent, asked, live, durable] :
         {Case{true, true, {}, 1, 0}, Case{false, true, {}, 0, 1}, Case{true, false, {}, 1, 0},
          Case{true, true, {true, true}, 1, 1}, Case{true, true, {false, true}, 0, 1},
          Case{false, true, {true, false}, -1, 0}, Case{true, false, {false, true}, -1, 0},
          Case{true, false, {true, true}, -1, 0}}) {
        DomainSnapshot domain;
        domain.id = active ? 1 : -1;
        domain.persistent = persistent;
        if (live < 0) {
            EXPECT_THROW(resolve(asked, domain), Error);
            continue;
        }
        auto found = resolve(asked, domain);
        EXPECT_EQ(found.live, live == 1);
        EXPECT_EQ(found.persistent, durable == 1);
    }
}

} // namespace
} // namespace vireo::hypervisor
