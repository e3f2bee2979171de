// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uuid.hpp"

#include <string>
#include <utility>
#include <vector>

namespace vireo::store {

/// One object at rest: what survives of it. The texts are the owner's; the store only keeps them.
struct Record {
    std::string kind; // whose it is: "qemu-domain", "network", …
    Uuid uuid;        // its key, together with `kind`
    std::string name; // for people and messages; the owner sees to it that it is unique
    bool autostart = false;
    std::string definition = {}; // XML of the next start; empty for what is transient
    std::string live = {};       // XML of what runs; empty when nothing does
    std::string runtime = {}; // JSON of what runs or is under way (intents, outcomes); empty when nothing is
    friend bool operator==(const Record&, const Record&) = default;
};

/// Which record: its kind and uuid.
using Key = std::pair<std::string, Uuid>;

/// What becomes true at once or not at all. First the records in `erase` go (one that does not exist is no
/// error), then those in `put` are added or replace the one of the same key.
struct Change {
    std::vector<Record> put = {};
    std::vector<Key> erase = {};
};

} // namespace vireo::store
