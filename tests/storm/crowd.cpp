// SPDX-License-Identifier: Apache-2.0
// crowd SOCKET IDLE SOCKET ACTIVE SECONDS: IDLE connections that say nothing on the first, and ACTIVE ones on
// the second that make a cheap call ten times a second, each at its own moment. Prints how long the calls
// took, in microseconds.
#include "wire.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <queue>
#include <system_error>
#include <vector>

namespace {
using namespace vireo::storm;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds pause{100};

struct Caller {
    std::unique_ptr<Client> client;
    Clock::time_point asked;
};

class Crowd {
public:
    Crowd() : epoll_{::epoll_create1(EPOLL_CLOEXEC)} { append_message(call_, {}, {}); }

    void add_idle(const std::string& path, std::size_t count) {
        while (idle_.size() < count) idle_.push_back(connect(path));
    }
    void add_active(const std::string& path, std::size_t count) {
        auto begin = Clock::now() + pause;
        for (std::size_t i = 0; i < count; ++i) {
            callers_.push_back({connect(path), {}});
            due_.push({begin + pause * static_cast<int>(i) / static_cast<int>(count), i});
            watch(i);
        }
    }

    void run(std::chrono::seconds duration) {
        auto end = Clock::now() + duration;
        while (Clock::now() < end) {
            ask_those_due();
            take_answers();
        }
        std::ranges::sort(times_);
        auto at = [this](double part) {
            return times_.at(static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1)));
        };
        std::printf("%zu %ld %ld %ld\n", times_.size(), at(0.5), at(0.99), at(1));
    }

private:
    using Due = std::pair<Clock::time_point, std::size_t>;

    static std::unique_ptr<Client> connect(const std::string& path) {
        auto client = std::make_unique<Client>(path);
        if (!client->open()) throw std::runtime_error("the daemon closed the connection of a new client");
        return client;
    }
    void watch(std::size_t index) {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, callers_[index].client->descriptor(), &event) != 0)
            throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }

    void ask_those_due() {
        while (!due_.empty() && due_.top().first <= Clock::now()) {
            auto& caller = callers_[due_.top().second];
            due_.pop();
            caller.asked = Clock::now();
            if (!caller.client->send(call_)) throw std::runtime_error("a connection was closed");
        }
    }

    void take_answers() {
        epoll_event events[64];
        auto count = ::epoll_wait(epoll_.get(), events, 64, 1);
        for (int i = 0; i < count; ++i) {
            auto index = static_cast<std::size_t>(events[i].data.u64);
            auto& caller = callers_[index];
            if (!caller.client->receive()) throw std::runtime_error("a connection was closed");
            auto now = Clock::now();
            times_.push_back(
                std::chrono::duration_cast<std::chrono::microseconds>(now - caller.asked).count());
            due_.push({now + pause, index});
        }
    }

    vireo::Fd epoll_;
    std::vector<std::unique_ptr<Client>> idle_;
    std::vector<Caller> callers_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::vector<long> times_;
    std::string call_;
};

void claim_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}
} // namespace

int main(int count, char** words) {
    if (count != 6) return 2;
    claim_descriptors();
    try {
        Crowd crowd;
        crowd.add_idle(words[1], static_cast<std::size_t>(std::atoll(words[2])));
        crowd.add_active(words[3], static_cast<std::size_t>(std::atoll(words[4])));
        crowd.run(std::chrono::seconds{std::atoi(words[5])});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "crowd: %s\n", error.what());
        return 1;
    }
    return 0;
}
