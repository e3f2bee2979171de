// SPDX-License-Identifier: Apache-2.0
#include "daemon/sliced_list.hpp"

#include "base/error.hpp"
#include "protocol/domain.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace vireo::daemon {
namespace {

using Answer = protocol::ConnectListAllDomainsRet;
constexpr auto limit = decltype(Answer::domains)::limit;

TEST(SlicedList, IsEncodedAsTheWholeWouldBe) {
    Answer whole;
    SlicedList<Answer> list{300, limit};
    for (int number = 0; number < 300; ++number) {
        whole.domains.push_back({"domain-" + std::to_string(number), Uuid::generate(), number});
        list.add(whole.domains.back());
    }
    whole.ret = 300;
    list.add(whole.ret);
    std::string expected, bytes;
    xdr::encode(expected, whole);
    xdr::encode(bytes, list.take());
    EXPECT_EQ(bytes, expected);
}

TEST(SlicedList, RefusesMoreThanTheProtocolHasRoomFor) {
    EXPECT_NO_THROW((SlicedList<Answer>{limit, limit}));
    EXPECT_THROW((SlicedList<Answer>{limit + 1, limit}), Error);
}

awaitable<void> make(std::string& order) {
    SlicedList<Answer> list{1, limit};
    order += "made ";
    while (!list.is_late()) {} // as long as a turn may take
    co_await list.pause();
    order += "went on";
}

TEST(SlicedList, LetsOthersInBetween) {
    asio::io_context loop;
    std::string order;
    asio::co_spawn(loop, make(order), asio::detached);
    asio::post(loop, [&] { order += "other "; });
    loop.run();
    EXPECT_EQ(order, "made other went on");
}

} // namespace
} // namespace vireo::daemon
