# SPDX-License-Identifier: Apache-2.0
"""The document that another host, perhaps with an older daemon, is given: `virsh dumpxml --migratable`."""
from xml.etree import ElementTree

import libvirt

from lab import domains

INACTIVE, MIGRATABLE = libvirt.VIR_DOMAIN_XML_INACTIVE, libvirt.VIR_DOMAIN_XML_MIGRATABLE
ON_A_PC = """<domain type='qemu'><name>board</name><memory>20480</memory>{extra}
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices><graphics type='vnc' passwd='secret'/></devices></domain>"""


def devices(text):
    return {(each.tag, each.get("type"), each.get("model")) for each in ElementTree.fromstring(text).find("devices")}


def test_it_leaves_out_what_every_daemon_adds(system):
    domain = system.define(ON_A_PC.format(extra=""))
    complete, migratable = domain.XMLDesc(INACTIVE), domain.XMLDesc(MIGRATABLE)
    assert devices(complete) - devices(migratable) == {
        ("controller", "usb", "piix3-uhci"), ("controller", "pci", "pci-root"), ("input", "keyboard", None), ("audio", "none", None)}
    assert "passwd='secret'" in migratable and "passwd" not in complete
    domain.undefine()
    again = system.define(migratable)
    assert again.XMLDesc(INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE).count("<controller") == complete.count("<controller")


def test_it_is_the_same_of_a_long_definition(system):
    domain = system.define(ON_A_PC.format(extra=f"<description>{'long ' * 40000}</description>"))
    text = domain.XMLDesc(MIGRATABLE)
    assert "long long" in text
    assert "piix3-uhci" not in text and "keyboard" not in text and "passwd='secret'" in text


def test_of_a_running_domain_it_describes_what_runs(system):
    domain = system.define(domains.tiny("tiny", extra="<title>now</title>"))
    domain.create()
    system.define(domains.tiny("tiny", domain.UUIDString(), "<title>next</title>"))
    text = domain.XMLDesc(MIGRATABLE)
    assert "<title>now</title>" in text
    assert ElementTree.fromstring(text).get("id") is None
    assert "<alias" not in text and "/dev/pts" not in text
    assert "<title>next</title>" in domain.XMLDesc(MIGRATABLE | INACTIVE)
