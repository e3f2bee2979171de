# SPDX-License-Identifier: Apache-2.0
"""What of a domain is changed by calls of its own: texts, memory, vcpus."""
import libvirt
import pytest

from lab import domains
from lab.system import settle


def code_of(call) -> int:
    with pytest.raises(libvirt.libvirtError) as refused:
        call()
    return refused.value.get_error_code()


def test_texts_about_a_domain(system):
    domain = system.define(domains.tiny("tiny"))
    assert code_of(lambda: domain.metadata(libvirt.VIR_DOMAIN_METADATA_TITLE, None)) == libvirt.VIR_ERR_NO_DOMAIN_METADATA
    system.ask("desc", "tiny", "--title", "--new-desc", "A small one")
    assert system.ask("desc", "tiny", "--title") == "A small one"
    assert "A small one" in system.ask("list", "--all", "--title")
    domain.create()
    system.ask("metadata", "tiny", "urn:mine", "--key", "mine", "--set", "<app color='red'/>", "--live", "--config")
    assert "color" in system.ask("metadata", "tiny", "urn:mine")
    system.ask("metadata", "tiny", "urn:mine", "--remove", "--live")
    assert code_of(lambda: domain.metadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, "urn:mine")) == libvirt.VIR_ERR_NO_DOMAIN_METADATA
    assert "color" in domain.metadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, "urn:mine", libvirt.VIR_DOMAIN_AFFECT_CONFIG)


@pytest.mark.beyond_libvirtd
def test_texts_survive_the_daemon(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    system.ask("desc", "tiny", "--live", "--config", "words")
    system.kill()
    system.start()
    assert system.ask("desc", "tiny") == system.ask("desc", "tiny", "--config") == "words"


def test_a_guest_gives_memory_to_its_balloon(system):
    domain, console, _ = system.boot("linux", devices="<memballoon model='virtio'/>")
    with console:
        system.ask("setmem", "linux", "200M", "--live")
        settle(lambda: has_memory(domain, 200 << 10), 60)
        assert "<currentMemory unit='KiB'>204800</currentMemory>" in system.ask("dumpxml", "linux")
        assert system.virsh("setmem", "linux", "300M", "--live").returncode != 0
        assert code_of(lambda: domain.setMaxMemory(300 << 10)) == libvirt.VIR_ERR_OPERATION_INVALID
        system.ask("dommemstat", "linux", "--period", "1", "--live")
        settle(lambda: system.ask("dommemstat", "linux").index("unused"), 30)


def has_memory(domain, kib: int) -> None:
    assert domain.info()[2] == kib


def test_the_next_start_has_other_memory_and_vcpus(system):
    domain = system.define(domains.tiny("tiny"))
    system.ask("setmaxmem", "tiny", "96M", "--config")
    system.ask("setmem", "tiny", "80M", "--config")
    system.ask("setvcpus", "tiny", "4", "--maximum", "--config")
    system.ask("setvcpus", "tiny", "2", "--config")
    assert domain.info()[1:4] == [96 << 10, 80 << 10, 2]
    assert [system.ask("vcpucount", "tiny", kind, "--config") for kind in ("--maximum", "--active")] == ["4", "2"]
    domain.create()
    assert system.ask("vcpucount", "tiny", "--active", "--live") == "2"
    assert system.virsh("setvcpus", "tiny", "5", "--config").returncode != 0
