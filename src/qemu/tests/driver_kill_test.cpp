// SPDX-License-Identifier: Apache-2.0
// The test program starts itself as a victim, which defines, starts, renames, destroys and undefines domains
// at random, says what it is about to do and what was answered, and is killed with -9. Then a new driver must
// find each domain as it was last answered, or as the call under way would have left it; and nothing else.
#include "qemu/tests/driver_fixture.hpp"

#include "base/log_settings.hpp"

#include <boost/asio/detached.hpp>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <random>

namespace vireo::qemu {

namespace {
constexpr int workers = 3;

/// One domain, as far as this test changes it.
struct Expected {
    std::string name = "none";
    bool defined = false, running = false;
    int version = 0; ///< its title
    std::string text() const {
        if (!defined && !running) return "nothing";
        return fmt::format("{} {} {} {}", name, defined, running, defined ? version : 0);
    }
};
} // namespace

/// What victim and judge share: where things are and what a domain looks like.
class DriverKill : public DriverTest {
protected:
    static constexpr std::string_view folder_option = "--victim";

    Expected look(int worker) const {
        Expected seen;
        auto domain = driver->domains().find(uuid_of(worker));
        if (!domain) return seen;
        seen.name = domain->name;
        seen.defined = domain->persistent;
        seen.running = domain->active();
        if (seen.defined) {
            const auto& text = domain->persistent_definition->open;
            seen.version = std::stoi(text.substr(text.find("<title>") + 7));
        }
        return seen;
    }

    /// Starts a victim and kills it after so many lines. Returns per worker what was answered last, and what
    /// was under way if anything was.
    std::vector<std::vector<std::string>> run_victim(int lines, unsigned seed) const {
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        auto victim = ::fork();
        if (victim == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::execl("/proc/self/exe", "qemu_test", folder_option.data(), folder.c_str(),
                    std::to_string(seed).c_str(), nullptr);
            ::_exit(1);
        }
        ::close(ends[1]);
        std::string said;
        char chunk[256];
        for (ssize_t got = 0; (got = ::read(ends[0], chunk, sizeof chunk)) > 0;) {
            said.append(chunk, static_cast<std::size_t>(got));
            if (std::ranges::count(said, '\n') >= lines) ::kill(victim, SIGKILL);
        }
        ::close(ends[0]);
        ::waitpid(victim, nullptr, 0);
        return possibilities(said);
    }

    static std::vector<std::vector<std::string>> possibilities(const std::string& said) {
        std::vector<std::vector<std::string>> possible(workers);
        std::istringstream lines{said};
        for (std::string line; std::getline(lines, line);) { // "1 > web true true 3": about to be; "<": is
            auto& of_worker = possible.at(static_cast<std::size_t>(line[0] - '1'));
            if (line[2] == '<') of_worker.clear();
            of_worker.push_back(line.substr(4));
        }
        return possible;
    }

    /// The processes that were started below our folder.
    std::size_t guests_alive() const {
        std::size_t count = 0;
        auto mark = "HOME=" + folder.native();
        for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
            std::ifstream file{entry.path() / "environ"};
            std::string environment{std::istreambuf_iterator<char>{file}, {}};
            if (environment.find(mark) != std::string::npos) ++count;
        }
        return count;
    }
};

namespace {
/// The victim: a driver that works until it is killed.
class Victim : public DriverKill {
public:
    Victim(const char* own_folder, unsigned seed) : random_{seed} {
        std::filesystem::remove_all(folder);
        folder = own_folder;
    }
    void TestBody() override {
        start_daemon();
        for (int worker = 1; worker <= workers; ++worker) asio::co_spawn(loop, work(worker), asio::detached);
        loop.restart();
        loop.run();
    }

private:
    void say(int worker, char what, const Expected& state) {
        auto line = fmt::format("{} {} {}\n", worker, what, state.text());
        if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(1);
    }
    int choose(int choices) { return static_cast<int>(random_() % static_cast<unsigned>(choices)); }

    awaitable<void> work(int worker) {
        auto uuid = uuid_of(worker);
        auto now = look(worker);
        say(worker, '<', now);
        for (;;) {
            auto next = now;
            enum { Define, Undefine, Start, Create, Destroy, Rename } what = Define;
            if (now.running)
                what = choose(2) == 0 ? Destroy : now.defined && choose(2) == 0 ? Undefine : Define;
            else if (now.defined)
                what = std::array{Define, Undefine, Start, Start, Rename}.at(
                    static_cast<std::size_t>(choose(5)));
            else
                what = choose(2) == 0 ? Define : Create;
            if (now.text() == "nothing") next.name = fmt::format("guest{}", worker);
            auto text = xml(next.name, worker, fmt::format("<title>{}</title>", now.version + 1));
            if (what == Define) {
                next.defined = true;
                next.version = now.version + 1;
            }
            if (what == Undefine) next.defined = false;
            if (what == Start || what == Create) next.running = true;
            if (what == Destroy) next.running = false;
            if (what == Rename) next.name = now.name.ends_with('x') ? now.name.substr(0, 6) : now.name + "x";
            say(worker, '>', next);
            hypervisor::StartOptions options;
            hypervisor::DefineOptions as_usual;
            hypervisor::UndefineOptions nothing_else;
            switch (what) {
            case Define: co_await driver->define(text, as_usual); break;
            case Undefine: co_await driver->undefine(uuid, now.name, nothing_else); break;
            case Start: co_await driver->start(uuid, now.name, options); break;
            case Create: co_await driver->create(text, options); break;
            case Destroy: co_await driver->destroy(uuid, now.name, false); break;
            case Rename: co_await driver->rename(uuid, now.name, next.name); break;
            }
            now = next;
            say(worker, '<', now);
        }
    }
    std::mt19937 random_;
};
} // namespace

TEST_F(DriverKill, LosesAndLeavesNothing) {
    std::mt19937 random{20261120}; // NOLINT(bugprone-random-generator-seed): the same each time
    for (unsigned round = 0; round < 20; ++round) {
        auto possible = run_victim(static_cast<int>(random() % 60), round);
        start_daemon();
        std::vector<std::string> active;
        for (int worker = 1; worker <= workers; ++worker) {
            const auto& expected = possible[static_cast<std::size_t>(worker - 1)];
            auto seen = look(worker);
            if (seen.running) active.push_back(std::to_string(driver->domains().find(uuid_of(worker))->id));
            if (expected.empty()) continue; // killed before it said anything
            EXPECT_NE(std::ranges::find(expected, seen.text()), expected.end())
                << "round " << round << ": " << seen.text() << ", not "
                << fmt::format("{}", fmt::join(expected, " or "));
        }
        auto directories = run_directories();
        std::ranges::sort(directories);
        std::ranges::sort(active);
        EXPECT_EQ(directories, active) << "round " << round;
        EXPECT_EQ(guests_alive(), active.size()) << "round " << round;
        stop_daemon();
    }
    start_daemon(); // whose end ends the guests
}

} // namespace vireo::qemu

int main(int argc, char** argv) {
    if (argc == 4 && std::string_view{argv[1]} == "--victim") {
        vireo::log::set_level(vireo::log::Level::Error);
        vireo::qemu::Victim{argv[2], static_cast<unsigned>(std::stoul(argv[3]))}.TestBody();
        return 1;
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
