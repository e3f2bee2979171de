// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include "cli/output.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::cli {

namespace {
/// Bytes that a terminal would obey are shown as \xNN.
std::string printable(const std::string& cell) {
    std::string shown;
    for (unsigned char byte : cell)
        if (byte < 0x20 || byte == 0x7f)
            shown += fmt::format("\\x{:02x}", byte);
        else
            shown += static_cast<char>(byte);
    return shown;
}

/// Characters of UTF-8, each taken as one column wide.
std::size_t width(const std::string& cell) {
    return static_cast<std::size_t>(std::ranges::count_if(
        cell, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

void append_row(std::string& text, const std::vector<Cell>& row, const std::vector<std::size_t>& widths,
                bool coloured) {
    for (std::size_t i = 0; i < row.size(); ++i) {
        text += ' ' + (coloured ? in_colour(row[i].text, row[i].style) : row[i].text);
        if (i + 1 < row.size()) text.append(widths[i] - width(row[i].text) + 2, ' ');
    }
    text += '\n';
}
} // namespace

void Table::add_row(std::vector<Cell> cells) {
    for (auto& cell : cells) cell.text = printable(cell.text);
    rows_.push_back(std::move(cells));
}

std::string Table::text(bool with_head, bool coloured) const {
    std::vector<std::size_t> widths(head_.size());
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (with_head) widths[i] = width(head_[i]);
        for (const auto& row : rows_) widths[i] = std::max(widths[i], width(row[i].text));
    }
    std::string text;
    if (with_head) {
        append_row(text, {head_.begin(), head_.end()}, widths, false);
        std::size_t whole = 0;
        for (auto column : widths) whole += column + 3;
        text.append(whole, '-') += '\n';
    }
    for (const auto& row : rows_) append_row(text, row, widths, coloured);
    return text;
}

} // namespace vireo::cli
