// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<FilesystemDriver> auto& driver) {
    node.attribute("type", driver.type)
        .attribute("format", driver.format)
        .attribute("wrpolicy", driver.write_policy);
    bool has_queue = driver.type == FilesystemDriverType::Virtiofs;
    if (has_queue) node.attribute("queue", driver.queue);
    describe_virtio(node, driver.virtio);
    if constexpr (is_reader<Node>) {
        if (driver.type) return;
        driver.format.clear(); // nobody reads them then
        driver.write_policy.reset();
    }
}

template <class Node> void describe(Node& node, Of<FilesystemBinary> auto& binary) {
    node.attribute("path", binary.path).attribute("xattr", binary.xattr);
    node.child("cache").attribute("mode", binary.cache);
    node.child("sandbox").attribute("mode", binary.sandbox);
    node.child("lock").attribute("posix", binary.posix_locks).attribute("flock", binary.flocks);
    node.child("thread_pool").attribute("size", binary.threads);
}

/// The attribute of <source> that has its place on the host.
inline const char* place_of(FilesystemType type) {
    switch (type) {
    case FilesystemType::Block: return "dev";
    case FilesystemType::File: return "file";
    case FilesystemType::Template: return "name";
    case FilesystemType::Ram: return "usage";
    case FilesystemType::Volume: return "volume";
    case FilesystemType::Mount:
    case FilesystemType::Bind: break;
    }
    return "dir";
}

template <class Node> void describe_filesystem_source(Node node, auto& filesystem) {
    auto type = filesystem.type.value_or(FilesystemType::Mount);
    if (type == FilesystemType::Ram) {
        node.attribute("usage", filesystem.usage).attribute("units", filesystem.units);
    } else if (type == FilesystemType::Volume) {
        node.attribute("pool", filesystem.pool).attribute("volume", filesystem.volume);
    } else {
        node.attribute(place_of(type), filesystem.source);
        if (type == FilesystemType::Mount) node.attribute("socket", filesystem.socket);
    }
}

/// Four octal digits, which the reader takes with any number of leading zeros.
template <class Node> void describe_mode(Node& node, const char* name, auto& mode) {
    if constexpr (is_reader<Node>) {
        std::string text;
        node.attribute(name, text);
        if (text.empty()) return;
        std::uint64_t number = 0;
        if (!xml::read_c_number("0" + text, UINT32_MAX, number))
            node.fail(name, ErrorCode::XmlError, "rights are written in octal, such as 0644");
        mode = static_cast<std::uint32_t>(number);
    } else if (mode) {
        node.attribute(name, fmt::format("{:04o}", *mode));
    }
}

/// <filesystem> (libvirt's formatdomain, "Filesystems").
template <class Node> void describe(Node& node, Of<Filesystem> auto& filesystem) {
    node.attribute("type", filesystem.type)
        .attribute("accessmode", filesystem.access)
        .attribute("multidevs", filesystem.multiple_devices)
        .attribute("model", filesystem.model);
    describe_mode(node, "fmode", filesystem.file_mode);
    describe_mode(node, "dmode", filesystem.directory_mode);
    node.child("driver", filesystem.driver).child("binary", filesystem.binary);
    describe_filesystem_source(node.child("source"), filesystem);
    node.child("target").attribute("dir", filesystem.target);
    node.flag("readonly", filesystem.readonly);
    describe_info(node, filesystem.info);
    describe_bytes(node, "space_hard_limit", filesystem.hard_limit);
    describe_bytes(node, "space_soft_limit", filesystem.soft_limit);
    if constexpr (is_reader<Node>) check(node, filesystem);
    if constexpr (requires { node.unsupported(); }) {
        // virtiofsd is a program of its own, which nobody watches over yet
        if (filesystem.is_virtiofs() && filesystem.socket.empty()) node.child("binary").unsupported();
    }
}

template void describe(xml::Reader&, Filesystem&);
template void describe(xml::Writer&, const Filesystem&);
template void describe(xml::Survey&, const Filesystem&);

} // namespace vireo::model::domain
