// SPDX-License-Identifier: Apache-2.0
#include "cli/descriptors.hpp"

#include "cli/arguments.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <ranges>

namespace vireo::cli {

std::vector<Fd> descriptors_in(const std::string& list) {
    std::vector<Fd> descriptors;
    for (auto part : list | std::views::split(',')) {
        std::string_view text{part.begin(), part.end()};
        int number = -1;
        auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (failure != std::errc{} || end != text.data() + text.size() || number < 0)
            throw usage_error(fmt::format("'{}' is no number of a file descriptor", text));
        Fd copy{::fcntl(number, F_DUPFD_CLOEXEC, 3)};
        if (!copy)
            throw Error(
                ErrorCode::SystemError, ErrorDomain::None,
                fmt::format("file descriptor {} cannot be passed on: {}", number, std::strerror(errno)));
        descriptors.push_back(std::move(copy));
    }
    return descriptors;
}

} // namespace vireo::cli
