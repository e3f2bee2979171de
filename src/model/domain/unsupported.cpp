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

/// A label is asked for only by an element that is neither of type none nor left to the driver: no driver of
/// labels runs here, so leaving it to the driver is leaving it out.
bool asks_for_label(const Domain& domain) {
    const auto* labels = domain.kept.element("seclabel");
    if (labels == nullptr) return false;
    std::string_view text = *labels;
    return text.find("type='static'") != text.npos || text.find("<baselabel>") != text.npos ||
           text.find("<label>") != text.npos;
}

struct Part {
    std::string_view path;
    bool (*matters)(const Domain&);
};

bool never(const Domain&) { return false; }

/// Given or not, the guest and its host are the same.
constexpr Part harmless[] = {
    {"/domain/seclabel", asks_for_label},
    // what a snapshot of the domain does with the disk; a start makes none
    {"/domain/devices/disk/@snapshot", never},
    // numbers of a running guest's images, which a definition may repeat
    {"/domain/devices/disk/backingStore/@index", never},
    // the names that tools give to a group of guests; the group exists by being named
    {"/domain/resource", never},
    // which channels of a host's path are of a container's users
    {"/domain/idmap", never},
};

/// What the host does around QEMU: a command line says nothing of it.
constexpr std::string_view of_the_host[] = {"/domain/vcpu/@cpuset",
                                            "/domain/cputune",
                                            "/domain/blkiotune",
                                            "/domain/memtune",
                                            "/domain/seclabel",
                                            "/domain/numatune",
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

bool is_harmless(const Domain& domain, std::string_view path) {
    auto part = std::ranges::find(harmless, path, &Part::path);
    return part != std::end(harmless) && !part->matters(domain);
}
} // namespace

std::vector<std::string> unsupported(const Domain& domain, Concern concern) {
    std::vector<std::string> found;
    xml::Survey node{found, "domain"};
    describe(node, domain);
    std::erase_if(found, [&](const std::string& path) {
        auto general = plain(path);
        bool elsewhere = concern == Concern::CommandLine &&
                         std::ranges::find(of_the_host, general) != std::end(of_the_host);
        return elsewhere || is_harmless(domain, general);
    });
    return found;
}

} // namespace vireo::model::domain
