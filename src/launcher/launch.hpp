// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "async/child_process.hpp"
#include "async/process.hpp"
#include "launcher/plan.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace vireo::launcher {

/// Where the launcher stands: beside the running program.
std::string launcher_path();

/// Starts the plan's program through `launcher` and returns when it runs. The plan's descriptors stay the
/// caller's, who may close them afterwards. Call it on the main thread: the launcher dies with the thread
/// that started it. Throws OperationFailed with the step that failed, OperationTimeout past the deadline;
/// then nothing is left running, nor when it is cancelled (pid and identity file may stay: their owner
/// removes them).
awaitable<async::ChildProcess> launch(std::string launcher, Plan plan,
                                      std::chrono::milliseconds deadline = std::chrono::seconds{30});

/// What the launcher wrote to an identity file. Nothing when the file is missing, damaged or of an earlier
/// boot of the host; whether the process still lives is `async::find_process`'s to tell.
std::optional<async::ProcessIdentity> read_identity(const std::string& path);

} // namespace vireo::launcher
