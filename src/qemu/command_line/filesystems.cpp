// SPDX-License-Identifier: Apache-2.0
// Folders of the host: by 9p, which QEMU serves itself, or by virtiofs, which another program serves.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::string_view security_of(FilesystemAccess access) {
    return access == FilesystemAccess::Squash ? "none" : name_of(access);
}
} // namespace

void CommandLineBuilder::add_9p(const Filesystem& filesystem, const std::string& driver) {
    auto id = "fsdev-" + filesystem.info.alias;
    auto backend = driver;
    if (driver == "local" && filesystem.access)
        backend += fmt::format(",security_model={}", security_of(*filesystem.access));
    if (filesystem.multiple_devices.value_or(MultipleDevices::Default) != MultipleDevices::Default)
        backend += fmt::format(",multidevs={}", name_of(*filesystem.multiple_devices));
    if (filesystem.driver && filesystem.driver->write_policy) backend += ",writeout=immediate";
    if (filesystem.file_mode) backend += fmt::format(",fmode={:04o}", *filesystem.file_mode);
    if (filesystem.directory_mode) backend += fmt::format(",dmode={:04o}", *filesystem.directory_mode);
    backend += fmt::format(",id={},path={}", id, escape(filesystem.source));
    if (filesystem.readonly) backend += ",readonly";
    option("-fsdev", backend);
    auto model = filesystem.model ? name_of(*filesystem.model) : std::string_view{};
    json::object device{{"driver", virtio_device("virtio-9p", model, filesystem.info)}};
    require_device(json::find_text(device, "driver").value_or(""));
    if (filesystem.driver) put_virtio(device, filesystem.driver->virtio);
    device["id"] = filesystem.info.alias;
    device["fsdev"] = id;
    device["mount_tag"] = filesystem.target;
    put_address(device, filesystem.info);
    option("-device", device);
}

void CommandLineBuilder::add_virtiofs(const Filesystem& filesystem) {
    auto character = "chr-vu-" + filesystem.info.alias;
    auto socket = filesystem.socket.empty()
                      ? (context_.directory / (filesystem.info.alias + "-fs.sock")).native()
                      : filesystem.socket;
    option("-chardev", fmt::format("socket,id={},path={}", character, escape(socket)));
    json::object device{{"driver", virtio_device("vhost-user-fs", "", filesystem.info)}};
    require_device(json::find_text(device, "driver").value_or(""));
    device["id"] = filesystem.info.alias;
    device["chardev"] = character;
    if (filesystem.driver->queue) device["queue-size"] = *filesystem.driver->queue;
    device["tag"] = filesystem.target;
    put_virtio(device, filesystem.driver->virtio);
    put_boot_index(device, filesystem.info);
    put_address(device, filesystem.info);
    option("-device", device);
}

void CommandLineBuilder::add_filesystem(const Filesystem& filesystem) {
    if (filesystem.is_virtiofs()) return add_virtiofs(filesystem);
    bool by_handle = filesystem.driver && filesystem.driver->type == FilesystemDriverType::Handle;
    add_9p(filesystem, by_handle ? "handle" : "local");
}

} // namespace vireo::qemu
