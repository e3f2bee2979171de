// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

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
} // namespace

void Table::add_row(std::vector<std::string> cells) {
    std::ranges::transform(cells, cells.begin(), printable);
    rows_.push_back(std::move(cells));
}

std::string Table::text(bool with_head) const {
    auto rows = std::span{rows_}.subspan(with_head ? 0 : 1);
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));

    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += ' ' + row[i];
            if (i + 1 < row.size()) text.append(widths[i] - width(row[i]) + 2, ' ');
        }
        text += '\n';
        if (with_head && &row == &rows.front()) {
            std::size_t whole = 0;
            for (auto column : widths) whole += column + 3;
            text.append(whole, '-') += '\n';
        }
    }
    return text;
}

} // namespace vireo::cli
