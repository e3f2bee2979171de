// SPDX-License-Identifier: Apache-2.0
#include "host/kvm_probe.hpp"

#include "async/blocking.hpp"
#include "async/process.hpp"
#include "base/fd.hpp"
#include "json/json.hpp"

#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>
#include <vector>

namespace vireo::host {

namespace {
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds patience{100};
constexpr std::size_t memory_size = 2U << 20;
// Where things are in the guest's memory: three levels of page tables that map it to itself, and the code.
constexpr std::uint64_t level4 = 0x1000, level3 = 0x2000, level2 = 0x3000, code_at = 0x8000;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int control(const Fd& fd, unsigned long request, auto argument, const char* what) {
    int result = ::ioctl(fd.get(), request, argument);
    if (result < 0) fail(what);
    return result;
}

/// Memory of our process, unmapped at the end.
class Mapping {
public:
    Mapping(std::size_t size, int flags, int fd) : size_{size} {
        address_ = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, 0);
        if (address_ == MAP_FAILED) fail("mmap");
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() { ::munmap(address_, size_); }
    unsigned char* bytes() const { return static_cast<unsigned char*>(address_); }

private:
    void* address_;
    std::size_t size_;
};

/// Interrupts this thread again and again, so that no guest can keep it.
class Kick {
public:
    Kick() {
        struct sigaction action{};
        action.sa_handler = [](int) {}; // without SA_RESTART: KVM_RUN returns
        ::sigaction(signal(), &action, nullptr);
        sigset_t mask;
        ::sigemptyset(&mask);
        ::sigaddset(&mask, signal());
        ::pthread_sigmask(SIG_UNBLOCK, &mask, nullptr);
        sigevent event{};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = signal();
        event._sigev_un._tid = ::gettid();
        if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) fail("timer_create");
        constexpr long period = 10'000'000; // nanoseconds
        itimerspec times{{0, period}, {0, period}};
        ::timer_settime(timer_, 0, &times, nullptr);
    }
    Kick(const Kick&) = delete;
    Kick& operator=(const Kick&) = delete;
    ~Kick() { ::timer_delete(timer_); }

private:
    static int signal() { return SIGRTMIN + 7; }
    timer_t timer_{};
};

struct CpuidTable {
    static constexpr std::uint32_t most = 256;
    std::vector<unsigned char> bytes =
        std::vector<unsigned char>(sizeof(kvm_cpuid2) + most * sizeof(kvm_cpuid_entry2));
    kvm_cpuid2* get() { return reinterpret_cast<kvm_cpuid2*>(bytes.data()); }
    bool has_bmi2() {
        constexpr std::uint32_t leaf = 7, bit = 1U << 8;
        for (std::uint32_t index = 0; index < get()->nent; ++index) {
            kvm_cpuid_entry2 entry{};
            std::memcpy(&entry, bytes.data() + sizeof(kvm_cpuid2) + index * sizeof entry, sizeof entry);
            if (entry.function == leaf && entry.index == 0) return (entry.ebx & bit) != 0;
        }
        return false;
    }
};

/// A virtual machine with one processor that is about to run `code` at CPL 0 in 64-bit mode.
class Guest {
public:
    explicit Guest(const Fd& kvm)
        : memory_{memory_size, MAP_PRIVATE | MAP_ANONYMOUS, -1},
          machine_{control(kvm, KVM_CREATE_VM, 0, "KVM_CREATE_VM")}, cpu_{make_cpu()},
          run_size_{
              static_cast<std::size_t>(control(kvm, KVM_GET_VCPU_MMAP_SIZE, 0, "KVM_GET_VCPU_MMAP_SIZE"))},
          run_{run_size_, MAP_SHARED, cpu_.get()} {
        cpuid_.get()->nent = CpuidTable::most;
        control(kvm, KVM_GET_SUPPORTED_CPUID, cpuid_.get(), "KVM_GET_SUPPORTED_CPUID");
        control(cpu_, KVM_SET_CPUID2, cpuid_.get(), "KVM_SET_CPUID2");
        map_memory_to_itself();
        enter_long_mode();
    }
    bool has_bmi2() { return cpuid_.has_bmi2(); }

    /// Runs `code`, which ends with an output to `port`. Nothing when it did; else what happened instead.
    std::string run(std::span<const unsigned char> code, std::uint16_t port) {
        std::ranges::copy(code, memory_.bytes() + code_at);
        kvm_regs registers{};
        registers.rip = code_at;
        registers.rflags = 2; // the bit that is always set
        control(cpu_, KVM_SET_REGS, &registers, "KVM_SET_REGS");
        for (auto end = Clock::now() + patience; Clock::now() < end;) {
            if (::ioctl(cpu_.get(), KVM_RUN, 0) != 0) {
                if (errno == EINTR || errno == EAGAIN) continue;
                return fmt::format("KVM_RUN failed: {}", std::generic_category().message(errno));
            }
            const auto* run = reinterpret_cast<const kvm_run*>(run_.bytes());
            if (run->exit_reason == KVM_EXIT_IO && run->io.port == port) return {};
            return fmt::format("exit reason {}", run->exit_reason);
        }
        return fmt::format("nothing within {} ms", patience.count());
    }

private:
    Fd make_cpu() {
        kvm_userspace_memory_region region{0, 0, 0, memory_size,
                                           reinterpret_cast<std::uint64_t>(memory_.bytes())};
        control(machine_, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");
        return Fd{control(machine_, KVM_CREATE_VCPU, 0, "KVM_CREATE_VCPU")};
    }
    void map_memory_to_itself() {
        constexpr std::uint64_t present_writable = 3, large_page = 1U << 7;
        put(level4, level3 | present_writable);
        put(level3, level2 | present_writable);
        put(level2, present_writable | large_page);
    }
    void put(std::uint64_t at, std::uint64_t entry) {
        std::memcpy(memory_.bytes() + at, &entry, sizeof entry);
    }
    void enter_long_mode() {
        constexpr std::uint64_t cr0_pe = 1, cr0_mp = 2, cr0_ne = 1U << 5, cr0_pg = 1U << 31;
        constexpr std::uint64_t cr4_pae = 1U << 5, cr4_sse = 3U << 9, efer_lme = 1U << 8, efer_lma = 1U << 10;
        kvm_sregs registers{};
        control(cpu_, KVM_GET_SREGS, &registers, "KVM_GET_SREGS");
        registers.cr0 = cr0_pe | cr0_mp | cr0_ne | cr0_pg;
        registers.cr3 = level4;
        registers.cr4 = cr4_pae | cr4_sse;
        registers.efer = efer_lme | efer_lma;
        kvm_segment segment{};
        segment.limit = UINT32_MAX;
        segment.present = segment.s = segment.g = 1;
        segment.selector = 16;
        segment.type = 3; // data, writable
        segment.db = 1;
        registers.ds = registers.es = registers.fs = registers.gs = registers.ss = segment;
        segment.selector = 8;
        segment.type = 11; // code, readable
        segment.db = 0;
        segment.l = 1;
        registers.cs = segment;
        control(cpu_, KVM_SET_SREGS, &registers, "KVM_SET_SREGS");
    }

    Mapping memory_;
    Fd machine_, cpu_;
    std::size_t run_size_;
    Mapping run_;
    CpuidTable cpuid_;
};

KvmVerdict run_guest(const Fd& kvm) {
    constexpr std::uint16_t port = 0x10;
    constexpr auto pxor = std::to_array<unsigned char>({0x66, 0x0f, 0xef, 0xc0, 0xe6, port});
    constexpr auto shlx = std::to_array<unsigned char>({0xc4, 0xe2, 0xf9, 0xf7, 0xc0, 0xe6, port});
    constexpr auto refusal =
        "KVM interprets guests here instead of running them ({} stops with: {}): real systems would "
        "fail or crawl";
    Kick kick;
    auto outcome = Guest{kvm}.run(pxor, port);
    if (!outcome.empty()) return {false, fmt::format(refusal, "pxor", outcome)};
    Guest second{kvm};
    if (second.has_bmi2()) outcome = second.run(shlx, port);
    if (!outcome.empty()) return {false, fmt::format(refusal, "shlx", outcome)};
    return {true, "a guest of the probe ran"};
}

/// A verdict is good for one boot and one device node.
std::string validity(const std::filesystem::path& device) {
    struct stat status{};
    if (::stat(device.c_str(), &status) != 0) return {};
    return fmt::format("{} {} {} {} {}", async::boot_id(), status.st_rdev, status.st_ino, status.st_mode,
                       ::geteuid());
}

std::optional<KvmVerdict> load(const std::filesystem::path& file, const std::string& valid) {
    std::ostringstream text;
    text << std::ifstream{file}.rdbuf();
    auto document = json::parse(text.str());
    const auto* object = document ? document->if_object() : nullptr;
    if (object == nullptr || json::find_text(*object, "valid") != valid) return std::nullopt;
    auto usable = json::find_flag(*object, "usable");
    auto reason = json::find_text(*object, "reason");
    if (!usable || !reason) return std::nullopt;
    return KvmVerdict{*usable, std::string{*reason}};
}

/// That a verdict cannot be kept only means to ask again.
void save(const std::filesystem::path& file, const std::string& valid, const KvmVerdict& verdict) {
    std::error_code failure;
    std::filesystem::create_directories(file.parent_path(), failure);
    json::object object{{"valid", valid}, {"usable", verdict.usable}, {"reason", verdict.reason}};
    auto fresh = file;
    fresh += ".new";
    std::ofstream{fresh, std::ios::trunc} << json::print(object) << '\n';
    std::filesystem::rename(fresh, file, failure);
}
} // namespace

KvmVerdict probe_kvm(const std::filesystem::path& device) {
    Fd kvm{::open(device.c_str(), O_RDWR | O_CLOEXEC)};
    if (!kvm) return {false, fmt::format("{}: {}", device.native(), std::generic_category().message(errno))};
    if (::ioctl(kvm.get(), KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
        return {false, fmt::format("{} is not the KVM that is known here", device.native())};
    try {
        return run_guest(kvm);
    } catch (const std::system_error& failure) {
        return {false, fmt::format("{}: {}", device.native(), failure.what())};
    }
}

awaitable<KvmVerdict> find_kvm(std::filesystem::path cache_directory, std::filesystem::path device) {
    auto work = [file = cache_directory / "kvm.json", device] {
        auto valid = validity(device);
        if (auto known = valid.empty() ? std::nullopt : load(file, valid)) return *known;
        auto verdict = probe_kvm(device);
        if (!valid.empty()) save(file, valid, verdict);
        return verdict;
    };
    co_return co_await async::blocking(std::move(work));
}

} // namespace vireo::host
