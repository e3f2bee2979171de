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
    constexpr std::string_view chain = "/backingStore";
    for (auto at = result.find(chain); at != result.npos; at = result.find(chain))
        if (result.compare(at + chain.size(), 1, "/") == 0)
            result.erase(at, chain.size()); // what holds for an image holds for those below it
        else
            break;
    return result;
}

/// Given or not, the guest and its host are the same.
constexpr std::string_view harmless[] = {
    // numbers of a running guest's images, which a definition may repeat
    "/domain/devices/disk/@index",
    // which channels of a host's path are of a container's users
    "/domain/idmap",
    // features of other hypervisors
    "/domain/features/capabilities",
    "/domain/features/privnet",
    "/domain/features/viridian",
    "/domain/features/xen",
};

/// What the host does around QEMU: a command line says nothing of it.
constexpr std::string_view of_the_host[] = {"/domain/cputune/shares",
                                            "/domain/cputune/period",
                                            "/domain/cputune/quota",
                                            "/domain/cputune/global_period",
                                            "/domain/cputune/global_quota",
                                            "/domain/cputune/emulator_period",
                                            "/domain/cputune/emulator_quota",
                                            "/domain/cputune/iothread_period",
                                            "/domain/cputune/iothread_quota",
                                            "/domain/cputune/cachetune",
                                            "/domain/cputune/memorytune",
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
                                            "/domain/devices/disk/auth",
                                            "/domain/devices/disk/encryption",
                                            "/domain/devices/disk/source",
                                            "/domain/devices/disk/source/auth",
                                            "/domain/devices/disk/source/encryption",
                                            "/domain/devices/disk/source/fdgroup",
                                            "/domain/devices/disk/source/reservations",
                                            "/domain/devices/disk/transient",
                                            "/domain/devices/filesystem/binary",
                                            "/domain/devices/tpm/backend",
                                            "/domain/devices/serial/source/seclabel",
                                            "/domain/devices/console/source/seclabel",
                                            "/domain/devices/parallel/source/seclabel",
                                            "/domain/devices/channel/source/seclabel",
                                            "/domain/devices/smartcard/source/seclabel",
                                            "/domain/devices/redirdev/source/seclabel",
                                            "/domain/devices/rng/backend/source/seclabel",
                                            "/domain/devices/hostdev/source/auth",
                                            "/domain/os/nvram/source/auth",
                                            "/domain/os/nvram/source/encryption",
                                            "/domain/os/nvram/source/seclabel"};

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
