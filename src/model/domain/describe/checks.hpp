// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"
#include "xml/reader.hpp"

// What one element must fulfil beyond the kinds of its values; each throws libvirt's error for it, with line
// and path. What concerns several elements is in `validate`.

namespace vireo::model::domain {

void check(const xml::Reader& node, const Disk& disk);
void check(const xml::Reader& node, const Controller& controller);
void check(const xml::Reader& node, const Interface& interface);
void check(const xml::Reader& node, const Serial& serial);
void check(const xml::Reader& node, const Cpu& cpu);
void check(const xml::Reader& node, const Clock& clock);
/// A source of a type that has a path has one.
void check_path(const xml::Reader& node, const CharacterSource& source);

/// Brings `listen` and `socket` of <graphics> and its <listen> elements together; they may not contradict
/// each other.
void merge_first_listen(const xml::Reader& node, Graphics& graphics, const std::string& address,
                        const std::string& socket);

/// "1", "1.2", up to four numbers from 1 to 255; the empty text asks for any.
bool is_usb_port(std::string_view text);
/// "0-3,^2,8": numbers, ranges, exclusions.
bool is_cpu_set(std::string_view text);
bool is_disk_format(std::string_view name);

/// The alternative that `type` of an <address> names (see xml::Reader::alternative).
bool choose(std::string_view name, Address& address);
std::string_view choice_name(const Address& address);

} // namespace vireo::model::domain
