// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vireo::cli {

/// Lines typed at a terminal (libedit), with their history in $XDG_STATE_HOME/vireo/history. To be used by
/// one thread at a time.
class LineEditor {
public:
    /// What the last word of the line, which ends at the cursor, could become.
    using Completer = std::function<std::vector<std::string>(const std::string& line)>;
    explicit LineEditor(Completer completer);
    ~LineEditor(); ///< saves the history

    /// Waits for a line; nothing at the end of the input.
    std::optional<std::string> read(const std::string& prompt);

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace vireo::cli
