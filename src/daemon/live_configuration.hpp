// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "daemon/configuration/configuration.hpp"

#include <functional>

namespace vireo::daemon {

/// The configuration in force. Main thread only.
class LiveConfiguration {
public:
    using Configuration = configuration::Configuration;
    /// Puts what a reading says into force; may throw Error or system_error.
    using Apply = std::function<void(const Configuration&)>;

    /// Reads the files, sets the log, and names what has no effect. `verbose` goes before `log_level`.
    /// Blocks.
    LiveConfiguration(configuration::Files files, bool verbose);

    const Configuration& current() const { return current_; }
    /// Reads the files again and puts into force what can change while clients are answered. Whatever is
    /// wrong is logged, and all stays as it was.
    awaitable<void> reload(Apply apply);

private:
    void set_log(const Configuration& configuration) const;
    void put_into_force(const Configuration& next, const Apply& apply);

    configuration::Files files_;
    bool verbose_;
    Configuration current_;
};

} // namespace vireo::daemon
