// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

namespace vireo::daemon {

/// Splits the process in two: the parent waits until the child, the daemon, answers clients, and then ends
/// with success. To be made before threads exist.
class Background {
public:
    Background();
    bool is_parent() const { return parent_; }
    /// For the parent: returns its exit code, 0 once the daemon is ready, 1 when it ended before.
    int wait_until_ready() const;
    /// For the daemon: releases the parent, and lets go of the terminal.
    void tell_ready();

private:
    bool parent_;
    Fd pipe_;
};

} // namespace vireo::daemon
