// SPDX-License-Identifier: Apache-2.0
// What a client sends: frames, and the arguments of every procedure. An input that begins with a number below
// that of the decoders is a body for that one, so that none is hard to reach; any other is a stream of
// frames.
#include "base/error.hpp"
#include "decoders.hpp"
#include "rpc/framing.hpp"

#include <algorithm>

namespace {
using namespace vireo;

void take_frames(std::string_view bytes) {
    while (auto size = rpc::frame_size(bytes)) {
        if (*size > bytes.size()) return;
        auto frame = rpc::parse_frame(bytes.substr(0, *size));
        bytes.remove_prefix(*size);
        auto matches = [&](const auto& decoder) {
            return decoder.program == frame.header.program && decoder.number == frame.header.procedure;
        };
        auto found = std::ranges::find_if(fuzz::decoders(), matches);
        if (found != fuzz::decoders().end()) found->check(frame.body);
    }
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes{reinterpret_cast<const char*>(data), size};
    constexpr std::size_t number_size = 2;
    if (size < number_size) return 0;
    auto number = static_cast<std::size_t>(data[0] << 8 | data[1]);
    auto all = vireo::fuzz::decoders();
    try {
        // A frame's length begins with zeros, and 0 is no procedure of interest (CONNECT_OPEN is 1).
        if (number > 0 && number < all.size())
            all[number].check(bytes.substr(number_size));
        else
            take_frames(bytes);
    } catch (const Error&) {
        return 0; // refused, as it should be
    }
    return 0;
}
