// SPDX-License-Identifier: Apache-2.0
#include "async/watchdog.hpp"

#include "base/log.hpp"

#include <chrono>
#include <ctime>

namespace vireo::async {

namespace {
constexpr log::Source log{"async"};
constexpr std::chrono::milliseconds longest_turn{10};
std::string_view current_turn = "nothing that has a name";

#ifdef NDEBUG
constexpr bool watching = false;
#else
constexpr bool watching = true;
#endif

std::chrono::nanoseconds thread_cpu_time() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}
} // namespace

void name_turn(std::string_view what) noexcept { current_turn = what; }

void run_watched(asio::io_context& loop) {
    if constexpr (!watching) {
        loop.run();
        return;
    }
    for (auto before = thread_cpu_time(); loop.run_one() > 0;) {
        auto after = thread_cpu_time();
        if (after - before > longest_turn) {
            log.warning("one turn of the loop took {} ms: {}",
                        std::chrono::duration_cast<std::chrono::milliseconds>(after - before).count(),
                        current_turn);
        }
        before = after;
    }
}

} // namespace vireo::async
