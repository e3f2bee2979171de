// SPDX-License-Identifier: Apache-2.0
// vireo-launch: what runs between the daemon's fork and the exec of a guest. It reads its plan from
// descriptor 3, prepares its own process step by step and becomes the program. When a step fails it writes
// one line to the report pipe (descriptor 4) and exits with 127; the program's start closes that pipe, which
// tells the daemon of success.
#include "launcher/plan.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace vireo::launcher {

namespace {
int report = report_descriptor; // moves out of the way of the program's descriptors

std::string reason(int error) { return std::strerror(error); }

void write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw std::runtime_error(reason(errno));
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string read_all(int fd) {
    std::string text;
    char chunk[4096];
    for (;;) {
        auto got = ::read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw std::runtime_error("cannot read: " + reason(errno));
        if (got == 0) return text;
        text.append(chunk, static_cast<std::size_t>(got));
    }
}

std::string read_file(const char* path) {
    int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw std::runtime_error("cannot open '" + std::string{path} + "': " + reason(errno));
    auto text = read_all(fd);
    ::close(fd);
    return text;
}

void check(int result, const std::string& what) {
    if (result < 0) throw std::runtime_error("cannot " + what + ": " + reason(errno));
}

/// Until the program runs, the launcher dies with the daemon's main thread. A change of user clears that, so
/// it is asked for again then; the comparison closes the gap before the request.
void die_with(pid_t parent) {
    check(::prctl(PR_SET_PDEATHSIG, SIGKILL), "watch the daemon");
    if (::getppid() != parent) ::_exit(127); // nobody is left to be told
}

/// By the kernel's own call: glibc keeps two numbers to itself, and its posix_spawn leaves them ignored.
void reset_signals() {
    const unsigned long defaults[4] = {}; // the kernel's struct sigaction: SIG_DFL, no flags, no mask
    constexpr std::size_t mask_size = 8;
    for (int number = 1; number < NSIG; ++number)
        ::syscall(SYS_rt_sigaction, number, defaults, nullptr, mask_size); // KILL and STOP refuse
    sigset_t none;
    ::sigemptyset(&none);
    check(::sigprocmask(SIG_SETMASK, &none, nullptr), "reset the signal mask");
}

/// The file appears whole or not at all.
void replace_file(const std::string& path, std::string_view content) {
    auto next = path + ".new";
    int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    check(fd, "create '" + next + "'");
    write_all(fd, content);
    ::close(fd);
    check(::rename(next.c_str(), path.c_str()), "rename '" + next + "'");
}

/// Field 22 of /proc/self/stat, counted after the program's name in brackets (proc(5)).
std::string start_time() {
    auto stat = read_file("/proc/self/stat");
    auto at = stat.rfind(')');
    for (int field = 2; field < 22 && at != stat.npos; ++field) at = stat.find(' ', at + 1);
    if (at == stat.npos) throw std::runtime_error("cannot find the start time in /proc/self/stat");
    return stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

void write_pid_files(const Plan& plan) {
    auto pid = std::to_string(::getpid());
    if (!plan.identity_file.empty())
        replace_file(plan.identity_file,
                     pid + " " + start_time() + " " + read_file("/proc/sys/kernel/random/boot_id"));
    if (!plan.pid_file.empty()) replace_file(plan.pid_file, pid + "\n");
}

void enter_cgroup(const std::string& directory) {
    if (directory.empty()) return;
    auto path = directory + "/cgroup.procs";
    int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    check(fd, "open '" + path + "'");
    check(::write(fd, "0", 1) == 1 ? 0 : -1, "enter the cgroup '" + directory + "'");
    ::close(fd);
}

void set_limits(const std::vector<Limit>& limits) {
    for (const auto& limit : limits) {
        rlimit wanted{limit.soft, limit.hard};
        if (::setrlimit(static_cast<__rlimit_resource>(limit.resource), &wanted) == 0) continue;
        write_all(STDERR_FILENO, "vireo-launch: warning: cannot set resource limit " +
                                     std::to_string(limit.resource) + ": " + reason(errno) + "\n");
    }
}

void choose_processors(const std::vector<std::uint32_t>& processors) {
    if (processors.empty()) return;
    std::vector<cpu_set_t> sets(*std::ranges::max_element(processors) / CPU_SETSIZE + 1);
    auto size = sets.size() * sizeof(cpu_set_t);
    for (auto processor : processors) CPU_SET_S(processor, size, sets.data());
    check(::sched_setaffinity(0, size, sets.data()), "run on the chosen processors of the host");
}

void become(const Plan& plan) {
    if (plan.group) {
        check(::setgroups(plan.groups.size(), plan.groups.data()), "set the supplementary groups");
        check(::setresgid(*plan.group, *plan.group, *plan.group),
              "become group " + std::to_string(*plan.group));
    }
    if (plan.user)
        check(::setresuid(*plan.user, *plan.user, *plan.user), "become user " + std::to_string(*plan.user));
    die_with(plan.parent);
}

/// Gives the passed descriptors their numbers and lets exec close all others.
void number_descriptors(const std::vector<PassedDescriptor>& wanted) {
    int above = first_passed_descriptor + static_cast<int>(wanted.size());
    for (const auto& descriptor : wanted) above = std::max(above, descriptor.target + 1);
    std::vector<int> copies;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        copies.push_back(::fcntl(first_passed_descriptor + static_cast<int>(i), F_DUPFD_CLOEXEC, above));
        check(copies.back(), "move a descriptor");
    }
    int moved = ::fcntl(report, F_DUPFD_CLOEXEC, above);
    check(moved, "move the report pipe");
    report = moved;
    check(::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), "close the other descriptors");
    for (std::size_t i = 0; i < wanted.size(); ++i)
        check(::dup2(copies[i], wanted[i].target), "place a descriptor");
}

[[noreturn]] void execute(const Plan& plan) {
    std::vector<char*> arguments, environment;
    for (const auto& text : plan.arguments) arguments.push_back(const_cast<char*>(text.c_str()));
    for (const auto& text : plan.environment) environment.push_back(const_cast<char*>(text.c_str()));
    arguments.push_back(nullptr);
    environment.push_back(nullptr);
    check(::prctl(PR_SET_PDEATHSIG, 0), "stop watching the daemon");
    ::execve(arguments[0], arguments.data(), environment.data());
    throw std::runtime_error("cannot execute '" + plan.arguments[0] + "': " + reason(errno));
}

[[noreturn]] void run() {
    auto plan = decode(read_all(plan_descriptor));
    die_with(plan.parent);
    check(::setsid(), "start a session");
    reset_signals();
    ::umask(plan.umask);
    write_pid_files(plan);
    enter_cgroup(plan.cgroup);
    choose_processors(plan.processors);
    set_limits(plan.limits);
    become(plan);
    check(::chdir(plan.working_directory.c_str()), "enter '" + plan.working_directory + "'");
    number_descriptors(plan.descriptors);
    execute(plan);
}
} // namespace

} // namespace vireo::launcher

int main() {
    try {
        vireo::launcher::run();
    } catch (const std::exception& error) {
        std::string text = error.what();
        [[maybe_unused]] auto written = ::write(vireo::launcher::report, text.data(), text.size());
        return 127;
    }
}
