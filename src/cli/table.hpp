// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/value.hpp"

#include <string>
#include <vector>

namespace vireo::cli {

/// One place of a table: the text that people see, and the value for programs.
struct Cell {
    std::string text;
    Value value;
    Style style = Style::Plain;
    /// "-" stands for nothing.
    Cell(std::string shown) : text{std::move(shown)}, value{text == "-" ? Value{} : Value{text}} {}
    Cell(const char* shown) : Cell{std::string{shown}} {}
    Cell(std::string shown, Value exact, Style look = Style::Plain)
        : text{std::move(shown)}, value{std::move(exact)}, style{look} {}
};

/// Columns as wide as their widest cell, in the layout that scripts know from virsh: a head, a line of
/// dashes, the rows.
class Table {
public:
    explicit Table(std::vector<std::string> head) : head_{std::move(head)} {}
    void add_row(std::vector<Cell> cells);
    /// `with_head` false leaves out head and dashes, and their width too.
    std::string text(bool with_head, bool coloured = false) const;

    const std::vector<std::string>& head() const { return head_; }
    const std::vector<std::vector<Cell>>& rows() const { return rows_; }

private:
    std::vector<std::string> head_;
    std::vector<std::vector<Cell>> rows_;
};

} // namespace vireo::cli
