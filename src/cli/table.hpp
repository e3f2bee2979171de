// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace vireo::cli {

/// Columns as wide as their widest cell, in the layout that scripts know from virsh: a head, a line of
/// dashes, the rows.
class Table {
public:
    explicit Table(std::vector<std::string> head) { add_row(std::move(head)); }
    void add_row(std::vector<std::string> cells);
    /// `with_head` false leaves out head and dashes, and their width too.
    std::string text(bool with_head) const;

private:
    std::vector<std::vector<std::string>> rows_;
};

} // namespace vireo::cli
