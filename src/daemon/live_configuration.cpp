// SPDX-License-Identifier: Apache-2.0
#include "daemon/live_configuration.hpp"

#include "async/blocking.hpp"
#include "base/log_settings.hpp"

#include <fmt/ranges.h>

namespace vireo::daemon {

namespace {
constexpr log::Source logger{"daemon"};

std::string describe(const configuration::Changes& changes) {
    auto list = [](const std::vector<std::string>& keys) {
        return keys.empty() ? "nothing" : fmt::format("{}", fmt::join(keys, ", "));
    };
    auto text = "changed: " + list(changes.at_once);
    if (!changes.at_start.empty())
        text += "; changes when the daemon starts again: " + list(changes.at_start);
    return text;
}
} // namespace

LiveConfiguration::LiveConfiguration(configuration::Files files, bool verbose)
    : files_{std::move(files)}, verbose_{verbose}, current_{read_configuration(files_)} {
    set_log(current_);
    auto without_effect = current_.without_effect();
    if (!without_effect.empty())
        logger.warning("the configuration has keys without effect in this version: {}",
                       fmt::join(without_effect, ", "));
}

void LiveConfiguration::set_log(const Configuration& configuration) const {
    const auto& settings = configuration.daemon;
    auto level = verbose_ ? log::Level::Debug : static_cast<log::Level>(settings.log_level);
    log::configure(level, settings.log_filters, settings.log_outputs);
}

void LiveConfiguration::put_into_force(const Configuration& next, const Apply& apply) {
    set_log(next);
    apply(next);
}

awaitable<void> LiveConfiguration::reload(Apply apply) {
    std::string failure;
    auto read = [files = files_] { return configuration::read_configuration(files); };
    Configuration next;
    try {
        next = co_await async::blocking(std::move(read));
        put_into_force(next, apply);
    } catch (const std::exception& error) { failure = error.what(); }
    if (failure.empty()) {
        logger.info("configuration read again; {}", describe(changes_between(current_, next)));
        current_ = std::move(next);
        co_return;
    }
    try {
        put_into_force(current_, apply); // some of it may have been changed
    } catch (const std::exception& error) { failure += fmt::format(" (and: {})", error.what()); }
    logger.error("the configuration stays as it was: {}", failure);
}

} // namespace vireo::daemon
