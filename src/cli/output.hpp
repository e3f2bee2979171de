// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/table.hpp"

#include <span>
#include <string>

namespace vireo::cli {

/// How answers are shown: for people, or for programs.
enum class Format { Text, Json };
/// "text" or "json". Throws Error for another word.
Format format_named(std::string_view name);

/// The lines of a record's facts.
std::string text_of(const Record& record);

/// One line of JSON and its end: an object for a record, an array of objects for several and for a table's
/// rows (whose keys are the words of its head).
std::string json_of(const Record& record);
std::string json_of(std::span<const Record> records);
std::string json_of(const Table& table);

/// `text` with the codes that make a terminal show it so.
std::string in_colour(const std::string& text, Style style);
/// Whether this descriptor is a terminal whose user wants colours (NO_COLOR, TERM).
bool wants_colour(int descriptor);

} // namespace vireo::cli
