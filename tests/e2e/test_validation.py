# SPDX-License-Identifier: Apache-2.0
"""`define --validate`: a document must fit the schema that is installed on the host."""
from pathlib import Path

import libvirt
import pytest

pytestmark = pytest.mark.skipif(not Path("/usr/share/libvirt/schemas/domain.rng").exists(), reason="no schema of libvirt here")

DOMAIN = """<domain type='qemu'>
  <name>checked</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/images/a.img'/>
      <target dev='vda' bus='virtio'{extra}/>
    </disk>
  </devices>
</domain>"""


def define(system, xml, flags=libvirt.VIR_DOMAIN_DEFINE_VALIDATE):
    return system.connect().defineXMLFlags(xml, flags)


def test_a_valid_document_is_defined(system):
    assert define(system, DOMAIN.format(extra="")).name() == "checked"


@pytest.mark.parametrize("extra", [" colour='red'", " rotation_rate='fast'"])
def test_an_invalid_document_is_refused(system, extra):
    with pytest.raises(libvirt.libvirtError) as told:
        define(system, DOMAIN.format(extra=extra))
    assert told.value.get_error_code() == libvirt.VIR_ERR_XML_INVALID_SCHEMA
    assert system.connect().listAllDomains() == []


@pytest.mark.beyond_libvirtd
def test_the_refusal_tells_line_and_element(system):
    with pytest.raises(libvirt.libvirtError) as told:
        define(system, DOMAIN.format(extra=" colour='red'"))
    message = told.value.get_error_message()
    assert "line 8" in message and "/domain/devices/disk/target" in message, message


def test_without_the_flag_unknown_parts_are_let_pass(system):
    assert define(system, DOMAIN.format(extra=" colour='red'"), 0).name() == "checked"
