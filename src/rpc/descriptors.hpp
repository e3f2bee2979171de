// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace vireo::rpc {

/// What a handler returns that gives the client descriptors beside its answer.
template <class Ret> struct WithDescriptors {
    Ret result;
    std::vector<Fd> descriptors;
};

/// Reads as recv(2) does what has come, without waiting, and appends the descriptors that ride on it to
/// `descriptors`. At most the bytes up to one such ride are read at once. Throws Error (Rpc) when more ride
/// together than one message may bring; none is kept open then.
ssize_t receive(int socket, std::span<char> space, std::vector<Fd>& descriptors);

/// A descriptor on its way to a client: it rides on the byte at `position` of what waits to be sent.
struct Rider {
    std::size_t position;
    Fd descriptor;
};

/// Sends as send(2) does what can be sent without waiting, and each rider with its byte. What was sent is
/// gone from `riders`; the positions of the others count from what was not.
ssize_t send(int socket, std::string_view bytes, std::deque<Rider>& riders);

/// The size of the message that begins at `bytes`, with the bytes behind its frame that its descriptors ride
/// on, one each; nothing while that is not known. Throws Error (Rpc) where no message can be like that.
std::optional<std::size_t> message_size(std::string_view bytes);

/// How many descriptors the message that begins at `bytes` says it brings; 0 while that is not known.
std::size_t announced_descriptors(std::string_view bytes);

} // namespace vireo::rpc
