// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/block_nodes.hpp"
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

void CommandLineBuilder::add_flash(std::string_view name, json::object storage, bool readonly) {
    storage["node-name"] = fmt::format("libvirt-{}-storage", name);
    storage["auto-read-only"] = true;
    storage["discard"] = "unmap";
    json::object format{{"node-name", fmt::format("libvirt-{}-format", name)}, {"read-only", readonly}};
    format["driver"] = "raw";
    format["file"] = fmt::format("libvirt-{}-storage", name);
    option("-blockdev", storage);
    option("-blockdev", format);
    flashes_.emplace_back(name);
}

/// The firmware that `choose_firmware` or the user has named.
void CommandLineBuilder::add_firmware() {
    if (!domain_.os.loader || domain_.os.loader->path.empty()) return;
    const auto& loader = *domain_.os.loader;
    if (loader.type == LoaderType::Rom) {
        option("-bios", loader.path);
        return;
    }
    if (loader.secure == Answer::Yes) option("-global", "driver=cfi.pflash01,property=secure,value=on");
    add_flash("pflash0", {{"driver", "file"}, {"filename", loader.path}}, loader.readonly == Answer::Yes);
    const auto& nvram = domain_.os.nvram;
    if (!nvram || (nvram->path.empty() && nvram->type != NvramType::Network)) return;
    auto type = nvram->type.value_or(NvramType::File);
    Image image{.type = disk_type(type),
                .path = nvram->path,
                .network = nvram->network,
                .details = nvram->details,
                .format = "raw"};
    add_flash("pflash1", storage_of(image), false);
}

} // namespace vireo::qemu
