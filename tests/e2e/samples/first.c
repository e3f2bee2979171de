// SPDX-License-Identifier: Apache-2.0
// The first C program of everyone who learns libvirt: open, create, look up, ask, free.
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>

static const char description[] = "<domain type='qemu'><name>sample</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>"
                                  "<os><type arch='x86_64' machine='q35'>hvm</type></os></domain>";

static int fail(const char* what) {
    fprintf(stderr, "%s: %s\n", what, virGetLastErrorMessage());
    return EXIT_FAILURE;
}

int main(void) {
    virConnectPtr connection = virConnectOpen(NULL);
    if (!connection) return fail("open");
    if (virDomainLookupByName(connection, "sample") || virGetLastErrorCode() != VIR_ERR_NO_DOMAIN) return fail("look up nothing");
    virDomainPtr domain = virDomainCreateXML(connection, description, 0);
    if (!domain) return fail("create");
    virDomainPtr found = virDomainLookupByName(connection, "sample");
    if (!found) return fail("look up");
    virDomainInfo info;
    if (virDomainGetInfo(found, &info) < 0) return fail("info");
    printf("%s: state %d, %lu KiB, %d vcpu\n", virDomainGetName(found), info.state, info.maxMem, info.nrVirtCpu);
    if (virDomainDestroy(domain) < 0) return fail("destroy");
    virDomainFree(found);
    virDomainFree(domain);
    if (virConnectClose(connection) != 0) return fail("close");
    return EXIT_SUCCESS;
}
