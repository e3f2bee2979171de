// SPDX-License-Identifier: Apache-2.0
#include "model/domain/edit.hpp"

#include "base/error.hpp"
#include "model/domain/xml.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::model::domain {
namespace {

Domain make(std::string_view more = "<vcpu current='2'>4</vcpu>") {
    return parse(fmt::format("<domain type='qemu'><name>web</name><memory>2048</memory><currentMemory>1024"
                             "</currentMemory>{}<os><type>hvm</type></os></domain>",
                             more));
}

/// The code that the change is refused with; it must leave the domain as it was, and where it is accepted
/// make one that can be read again.
ErrorCode refusal(Domain& domain, auto change) {
    auto before = domain;
    try {
        change();
    } catch (const Error& error) {
        EXPECT_EQ(domain, before);
        return error.code;
    }
    EXPECT_EQ(parse(format(domain)), domain);
    return ErrorCode::Ok;
}

TEST(Edit, TitleIsOneLine) {
    auto domain = make();
    EXPECT_EQ(refusal(domain, [&] { set_title(domain, "The web"); }), ErrorCode::Ok);
    EXPECT_EQ(refusal(domain, [&] { set_title(domain, "two\nlines"); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(domain.title, "The web");
}

TEST(Edit, MemoryStaysWithinItsMaximum) {
    auto domain = make();
    auto current = [&](std::uint64_t kib) {
        return [&, kib] { set_current_memory(domain, MemorySize::kib(kib)); };
    };
    auto maximum = [&](std::uint64_t kib) {
        return [&, kib] { set_maximum_memory(domain, MemorySize::kib(kib)); };
    };
    EXPECT_EQ(refusal(domain, current(2048)), ErrorCode::Ok);
    EXPECT_EQ(refusal(domain, current(2049)), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(domain, current(0)), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(domain, maximum(0)), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(domain, maximum(1000)), ErrorCode::Ok);
    EXPECT_EQ(domain.current_memory, MemorySize::kib(1000));
    EXPECT_EQ(refusal(domain, maximum(4000)), ErrorCode::Ok);
    EXPECT_EQ(domain.current_memory, MemorySize::kib(1000));
}

TEST(Edit, MaximumOfMemoryIsTheSumOfNumaCells) {
    auto domain = make("<cpu><numa><cell id='0' cpus='0' memory='2048'/></numa></cpu>");
    EXPECT_EQ(refusal(domain, [&] { set_maximum_memory(domain, MemorySize::kib(4096)); }),
              ErrorCode::OperationInvalid);
}

TEST(Edit, VcpusStayWithinTheirMaximum) {
    auto domain = make();
    auto current = [&](std::uint32_t count) { return [&, count] { set_current_vcpus(domain, count); }; };
    auto maximum = [&](std::uint32_t count) { return [&, count] { set_maximum_vcpus(domain, count); }; };
    EXPECT_EQ(current_vcpus(domain), 2u);
    EXPECT_EQ(refusal(domain, current(4)), ErrorCode::Ok);
    EXPECT_EQ(domain.vcpus.current, std::nullopt) << "all of them";
    EXPECT_EQ(refusal(domain, current(5)), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(domain, current(0)), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(domain, maximum(0)), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(domain, maximum(8)), ErrorCode::Ok);
    EXPECT_EQ(current_vcpus(domain), 4u) << "a higher limit adds none";
    EXPECT_EQ(refusal(domain, maximum(3)), ErrorCode::Ok);
    EXPECT_EQ(current_vcpus(domain), 3u);
}

TEST(Edit, VcpusThatAreDescribedElsewhereAreNotCounted) {
    auto domain = make("<vcpu>2</vcpu><cpu><topology sockets='1' cores='2' threads='1'/></cpu>");
    EXPECT_EQ(refusal(domain, [&] { set_maximum_vcpus(domain, 4); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(domain, [&] { set_maximum_vcpus(domain, 2); }), ErrorCode::Ok);
    domain = make("<vcpu>1</vcpu><vcpus><vcpu id='0' enabled='yes'/></vcpus>");
    EXPECT_EQ(refusal(domain, [&] { set_maximum_vcpus(domain, 4); }), ErrorCode::ArgumentUnsupported);
}

TEST(Edit, ThreadsForDisksComeAndGo) {
    auto domain = make("<iothreads>2</iothreads>");
    EXPECT_EQ(refusal(domain, [&] { add_iothread(domain, 2); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(refusal(domain, [&] { add_iothread(domain, 7); }), ErrorCode::Ok);
    EXPECT_EQ(domain.iothread_count, 3u);
    EXPECT_EQ(refusal(domain, [&] { delete_iothread(domain, 1); }), ErrorCode::Ok);
    EXPECT_EQ(refusal(domain, [&] { delete_iothread(domain, 1); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(require_iothread(domain, 7).id, 7u);
    domain.devices.disks.emplace_back().driver.emplace().iothread = 7;
    EXPECT_EQ(refusal(domain, [&] { delete_iothread(domain, 7); }), ErrorCode::InvalidArgument);
}

TEST(Edit, ThreadsArePinnedToProcessors) {
    auto domain = make("<vcpu cpuset='0-3'>2</vcpu><iothreads>2</iothreads>");
    auto pin = [&](ThreadKind kind, std::uint32_t number, std::string cpus) {
        return refusal(domain, [&] { set_pin(domain, kind, number, cpus); });
    };
    EXPECT_EQ(pin(ThreadKind::Vcpu, 1, "5,4"), ErrorCode::Ok);
    EXPECT_EQ(pin(ThreadKind::Vcpu, 0, "7"), ErrorCode::Ok);
    EXPECT_EQ(pin(ThreadKind::Vcpu, 1, "2"), ErrorCode::Ok) << "instead of the former";
    EXPECT_EQ(pin(ThreadKind::Vcpu, 2, "2"), ErrorCode::InvalidArgument);
    EXPECT_EQ(pin(ThreadKind::Emulator, 0, ""), ErrorCode::InvalidArgument);
    EXPECT_EQ(pin(ThreadKind::Emulator, 0, "1"), ErrorCode::Ok);
    EXPECT_EQ(pin(ThreadKind::IoThread, 3, "1"), ErrorCode::InvalidArgument);
    EXPECT_EQ(pinned_cpus(domain, ThreadKind::IoThread, 2), "0-3");
    EXPECT_EQ(pin(ThreadKind::IoThread, 2, "1"), ErrorCode::Ok);
    EXPECT_EQ(pinned_cpus(domain, ThreadKind::IoThread, 2), "1");
    EXPECT_EQ(pinned_cpus(domain, ThreadKind::Vcpu, 1), "2");
    EXPECT_EQ(pinned_cpus(domain, ThreadKind::Emulator, 0), "1");
}

} // namespace
} // namespace vireo::model::domain
