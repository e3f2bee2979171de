// SPDX-License-Identifier: Apache-2.0
#include "protocol/programs.hpp"

#include "protocol/every_procedure.hpp"

#include <array>

namespace vireo::protocol {

namespace {
constexpr auto without_types = [](const auto&... entry) { return std::array{ProcedureInfo{entry}...}; };

constexpr auto remote = with_remote_program(without_types);
constexpr auto qemu = with_qemu_program(without_types);
constexpr auto lxc = with_lxc_program(without_types);
constexpr auto admin = with_admin_program(without_types);

/// Numbers run from 1 without gaps, so that the number is the index.
constexpr bool in_order(std::span<const ProcedureInfo> program) {
    for (std::size_t i = 0; i < program.size(); ++i)
        if (program[i].number != static_cast<std::int32_t>(i) + 1) return false;
    return true;
}
static_assert(remote.size() == 443 && in_order(remote));
static_assert(qemu.size() == 7 && in_order(qemu));
static_assert(lxc.size() == 1 && in_order(lxc));
static_assert(admin.size() == 19 && in_order(admin));
} // namespace

std::span<const ProcedureInfo> procedures_of(Program program) {
    switch (program) { // NOLINT(bugprone-branch-clone): each returns a table of its own
    case Program::Remote: return remote;
    case Program::Qemu: return qemu;
    case Program::Lxc: return lxc;
    case Program::Admin: return admin;
    case Program::Keepalive: break;
    }
    return {};
}

const ProcedureInfo* find_procedure(Program program, std::int32_t number) {
    auto all = procedures_of(program);
    if (number < 1 || static_cast<std::size_t>(number) > all.size()) return nullptr;
    return &all[static_cast<std::size_t>(number) - 1];
}

} // namespace vireo::protocol
