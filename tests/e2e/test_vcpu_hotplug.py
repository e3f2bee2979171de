# SPDX-License-Identifier: Apache-2.0
"""Vcpus that come to a running Linux and go again."""
import libvirt
import pytest

from lab import domains
from lab.system import settle


def test_a_running_guest_gets_vcpus(system):
    domain, console, _ = system.boot("linux", vcpus="<vcpu current='1'>3</vcpu>")
    with console:
        system.ask("setvcpus", "linux", "2", "--live", "--config")
        assert [system.ask("vcpucount", "linux", "--active", kind) for kind in ("--live", "--config")] == ["2", "2"]
        system.ask("setvcpus", "linux", "3")
        assert [system.ask("vcpucount", "linux", "--active", kind) for kind in ("--live", "--config")] == ["3", "2"]
        settle(lambda: console.run("test -d /sys/devices/system/cpu/cpu2"))
        assert domain.info()[3] == 3 and "vcpu.2.time" in system.ask("domstats", "linux", "--vcpu")
        system.ask("suspend", "linux")  # now its system cannot let one go
        with pytest.raises(libvirt.libvirtError) as refused:
            domain.setVcpusFlags(2, libvirt.VIR_DOMAIN_AFFECT_LIVE)
        assert refused.value.get_error_code() == libvirt.VIR_ERR_OPERATION_TIMEOUT
        assert system.ask("vcpucount", "linux", "--active", "--live") == "3"


def test_the_first_vcpus_stay(system):
    domain = system.define(domains.tiny("tiny").replace("<vcpu>1</vcpu>", "<vcpu current='2'>3</vcpu>"))
    domain.create()
    for count in (1, 4):
        with pytest.raises(libvirt.libvirtError):
            domain.setVcpusFlags(count, libvirt.VIR_DOMAIN_AFFECT_LIVE)
    assert domain.vcpusFlags(libvirt.VIR_DOMAIN_AFFECT_LIVE) == 2
