// SPDX-License-Identifier: Apache-2.0
#include "daemon/own_memory.hpp"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace vireo::daemon {

namespace {
/// What is never written to is the same in its file. (Relocated data lie in a segment that says it is
/// written.)
bool is_only_read(const ElfW(Phdr) & segment) {
    return segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0;
}

int let_go_of(dl_phdr_info* object, std::size_t, void*) {
    if (object->dlpi_name[0] != '\0' && object->dlpi_name[0] != '/')
        return 0; // the kernel's vdso has no file
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const auto& segment = object->dlpi_phdr[i];
        if (!is_only_read(segment)) continue;
        auto begin = (object->dlpi_addr + segment.p_vaddr + page - 1) / page * page;
        auto end = (object->dlpi_addr + segment.p_vaddr + segment.p_filesz) / page * page;
        // a failure leaves things as they are
        if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED); // NOLINT
    }
    return 0;
}
} // namespace

void share_one_heap() { ::mallopt(M_ARENA_MAX, 1); }

void return_memory() {
    ::malloc_trim(0);
    ::dl_iterate_phdr(let_go_of, nullptr);
}

void MemoryReturn::was_busy() {
    quiet_.expires_after(patience_); // whoever waited is cancelled
    quiet_.async_wait([](const boost::system::error_code& cancelled) {
        if (!cancelled) return_memory();
    });
}

} // namespace vireo::daemon
