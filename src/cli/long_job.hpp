// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"

namespace vireo::cli {

/// Awaits a call that keeps its domain busy for long. ^C gives the job up. With a `label` that is not empty,
/// "LABEL: [ 42 %]" on standard error tells how far it is.
awaitable<void> long_job(client::Domain domain, std::string label, awaitable<protocol::Nothing> work);

} // namespace vireo::cli
