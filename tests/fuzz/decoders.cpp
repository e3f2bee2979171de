// SPDX-License-Identifier: Apache-2.0
#include "decoders.hpp"

#include "protocol/every_procedure.hpp"
#include "xdr/reader.hpp"
#include "xdr/writer.hpp"

#include <cstdlib>
#include <vector>

namespace vireo::fuzz {

namespace {
template <class Message> void check(std::string_view body) {
    std::string once, again;
    xdr::encode(once, xdr::decode<Message>(body)); // who sent garbage gets an Error from here
    xdr::encode(again, xdr::decode<Message>(once));
    if (once != again) std::abort();
}

struct Collector {
    std::vector<Decoder>& decoders;
    template <class Args, class Ret> void add(const protocol::Procedure<Args, Ret>& call) const {
        decoders.push_back({call.program, call.number, call.name, check<Args>});
    }
    template <class Message> void add(const protocol::Event<Message>& event) const {
        decoders.push_back({event.program, event.number, event.name, check<Message>});
    }
    void operator()(const auto&... entry) const { (add(entry), ...); }
};

std::vector<Decoder> collect() {
    std::vector<Decoder> all;
    Collector collector{all};
    protocol::with_remote_program(collector);
    protocol::with_qemu_program(collector);
    protocol::with_lxc_program(collector);
    protocol::with_admin_program(collector);
    return all;
}
} // namespace

std::span<const Decoder> decoders() {
    static const auto all = collect();
    return all;
}

} // namespace vireo::fuzz
