// SPDX-License-Identifier: Apache-2.0
#include "async/blocking.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace vireo::async {

void run_in_pool(std::move_only_function<void()> work) {
    static asio::thread_pool pool{4};
    asio::post(pool, [work = std::move(work)]() mutable { work(); });
}

} // namespace vireo::async
