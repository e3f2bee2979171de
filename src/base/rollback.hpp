// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <ranges>
#include <utility>
#include <vector>

namespace vireo {

/// Undoes the finished steps, last one first, unless `commit` was reached.
class Rollback {
public:
    Rollback() = default;
    Rollback(const Rollback&) = delete;
    Rollback& operator=(const Rollback&) = delete;
    ~Rollback() {
        for (auto& undo : steps_ | std::views::reverse) undo();
    }
    void add(std::move_only_function<void() noexcept> undo) { steps_.push_back(std::move(undo)); }
    void commit() noexcept { steps_.clear(); }

private:
    std::vector<std::move_only_function<void() noexcept>> steps_;
};

} // namespace vireo
