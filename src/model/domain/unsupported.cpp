// SPDX-License-Identifier: Apache-2.0
// What a start must refuse of the parts that are kept: not those that change nothing. Each of these has its
// reason here.
#include "model/domain/describe/domain.hpp"
#include "model/domain/xml.hpp"
#include "xml/survey.hpp"

#include <algorithm>

namespace vireo::model::domain {

namespace {
/// Paths of `Survey` without the numbers in brackets.
std::string plain(std::string_view path) {
    std::string result;
    bool inside = false;
    for (char letter : path) {
        if (letter == '[') inside = true;
        if (!inside) result += letter;
        if (letter == ']') inside = false;
    }
    return result;
}

/// Given or not, the guest and its host are the same.
constexpr std::string_view harmless[] = {
    // what a snapshot of the domain does with the disk; a start makes none
    "/domain/devices/disk/@snapshot",
    // numbers of a running guest's images, which a definition may repeat
    "/domain/devices/disk/backingStore/@index",
    // which channels of a host's path are of a container's users
    "/domain/idmap",
};

/// What the host does around QEMU: a command line says nothing of it.
constexpr std::string_view of_the_host[] = {"/domain/vcpu/@cpuset",
                                            "/domain/cputune",
                                            "/domain/blkiotune",
                                            "/domain/memtune",
                                            "/domain/seclabel",
                                            "/domain/numatune",
                                            "/domain/perf/event",
                                            "/domain/qemu:capabilities",
                                            "/domain/devices/lease",
                                            "/domain/devices/hostdev",
                                            "/domain/devices/vsock",
                                            "/domain/devices/sound/@model='pcspk'",
                                            "/domain/devices/audio/@type='coreaudio'",
                                            "/domain/devices/graphics/listen/@type='network'",
                                            "/domain/devices/disk/source/seclabel",
                                            "/domain/devices/serial/source/seclabel",
                                            "/domain/devices/console/source/seclabel",
                                            "/domain/devices/channel/source/seclabel"};

bool is_in(std::string_view path, auto& list) { return std::ranges::find(list, path) != std::end(list); }
} // namespace

std::vector<std::string> unsupported(const Domain& domain, Concern concern) {
    std::vector<std::string> found;
    xml::Survey node{found, "domain"};
    describe(node, domain);
    std::erase_if(found, [&](const std::string& path) {
        auto general = plain(path);
        bool elsewhere = concern == Concern::CommandLine && is_in(general, of_the_host);
        return elsewhere || is_in(general, harmless);
    });
    return found;
}

} // namespace vireo::model::domain
