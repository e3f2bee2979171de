// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "protocol/every_procedure.hpp"
#include "protocol/frame.hpp"
#include "protocol/programs.hpp"
#include "xdr/reader.hpp"
#include "xdr/writer.hpp"

#include <gtest/gtest.h>

#include <set>

namespace vireo::protocol {

/// Gives every field another value, so that two fields that change places are noticed.
class Filler {
public:
    template <class T> void number(T& value) { value = static_cast<T>(++count_ % 100); }
    void text(std::string& value) { value = "text " + std::to_string(++count_); }
    void opaque(std::string& value, std::size_t) { text(value); }
    template <std::size_t N> void fixed(std::array<std::uint8_t, N>& bytes) {
        bytes.fill(static_cast<std::uint8_t>(++count_));
    }
    template <class T> void optional(std::optional<T>& value) { xdr::transfer(*this, value.emplace()); }
    template <class... T> void alternative(std::variant<T...>& value) {
        value = TypedValue{"value " + std::to_string(++count_)};
    }
    void length(auto& list, std::size_t limit) { list.resize(std::min<std::size_t>(limit, 2)); }

private:
    unsigned count_ = 0;
};

template <class Message> void check_both_ways(std::string_view name) {
    Message message;
    Filler filler;
    xdr::transfer(filler, message);
    std::string once, again;
    xdr::encode(once, message);
    EXPECT_EQ(once.size() % 4, 0U) << name;
    xdr::encode(again, xdr::decode<Message>(once));
    EXPECT_EQ(once, again) << name;
    if (!once.empty()) {
        EXPECT_THROW(xdr::decode<Message>(std::string_view{once}.substr(0, once.size() - 4)), Error) << name;
    }
}
template <class Args, class Ret> void check(const Procedure<Args, Ret>& call) {
    check_both_ways<Args>(call.name);
    check_both_ways<Ret>(call.name);
}
template <class Message> void check(const Event<Message>& event) { check_both_ways<Message>(event.name); }

constexpr auto check_all = [](const auto&... entry) { (check(entry), ...); };

TEST(EveryMessage, IsReadAsItWasWritten) {
    with_remote_program(check_all);
    with_qemu_program(check_all);
    with_lxc_program(check_all);
    with_admin_program(check_all);
    check_both_ways<Header>("header");
    check_both_ways<RemoteError>("error");
    check_both_ways<StreamHole>("hole");
}

TEST(Programs, FindByNumber) {
    EXPECT_EQ(find_procedure(Program::Remote, 16)->name, "DOMAIN_GET_INFO");
    EXPECT_TRUE(find_procedure(Program::Remote, 107)->is_event);
    EXPECT_EQ(find_procedure(Program::Remote, 0), nullptr);
    EXPECT_EQ(find_procedure(Program::Remote, 444), nullptr);
    EXPECT_EQ(find_procedure(Program::Remote, -1), nullptr);
    EXPECT_EQ(find_procedure(Program::Keepalive, 1), nullptr);
}

TEST(Programs, EveryCallSaysWhatItNeeds) {
    for (auto program : {Program::Remote, Program::Qemu, Program::Lxc}) {
        std::set<std::string_view> names;
        for (const auto& procedure : procedures_of(program)) {
            EXPECT_TRUE(names.insert(procedure.name).second) << procedure.name;
            EXPECT_NE(procedure.is_event, !procedure.access.empty()) << procedure.name;
        }
    }
}

} // namespace vireo::protocol
