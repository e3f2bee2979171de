# SPDX-License-Identifier: Apache-2.0
"""What is shown of each accepted definition of the corpora: it is valid for libvirt's schema, and means itself.

The definitions are read where they stand, beside the project; those that need an emulator which is not here are left out.
"""
import json
import subprocess
from pathlib import Path

import libvirt
import pytest

CASES = Path(__file__).resolve().parent.parent.parent.parent / "shared/conformance/cases"
SCHEMA = Path("/usr/share/libvirt/schemas/domain.rng")
SHOWN = libvirt.VIR_DOMAIN_XML_INACTIVE | libvirt.VIR_DOMAIN_XML_SECURE

# Bridges that a definition lacks get no numbers of s390 until the next definition, as in libvirt.
CHANGE_ONCE = {"hostdev-vfio-zpci-boundaries"}


def accepted_definitions() -> dict[str, str]:
    found = {}
    for corpus in ("domain-xml", "qemu-argv"):
        path = CASES / f"{corpus}.jsonl"
        if not path.exists():
            pytest.skip("no corpora beside the project (../shared/conformance)")
        for line in path.read_text().splitlines():
            case = json.loads(line)
            if case["expect"] == "ok" and case.get("driver", "qemu") == "qemu":
                found.setdefault(case["name"], case["xml"])
    return found


def define_and_show(connection: libvirt.virConnect, xml: str) -> str:
    domain = connection.defineXML(xml)
    try:
        return domain.XMLDesc(SHOWN)
    finally:
        domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM)


@pytest.fixture
def shown(system) -> dict[str, str]:
    """The texts of all definitions that are accepted here."""
    connection = system.connect()
    texts = {}
    for name, xml in accepted_definitions().items():
        try:
            texts[name] = define_and_show(connection, xml)
        except libvirt.libvirtError:
            continue  # test_conformance counts these
    assert len(texts) > 400, "most definitions are refused"
    return texts


@pytest.mark.patience(300)
def test_what_is_shown_defines_the_same(system, shown, record_property):
    connection = system.connect()
    others = {}
    for name, text in shown.items():
        again = define_and_show(connection, text)
        if again != text and name not in CHANGE_ONCE:
            others[name] = [line for line in again.splitlines() if line not in text.splitlines()][:3]
    record_property("counts", f"{len(shown)} definitions shown and defined again")
    assert not others, others


@pytest.mark.patience(300)
def test_what_is_shown_is_valid(shown, tmp_path, record_property):
    if not SCHEMA.exists():
        pytest.skip(f"no {SCHEMA}")
    names = {}
    for number, (name, text) in enumerate(shown.items()):
        file = tmp_path / f"{number}.xml"
        file.write_text(text)
        names[str(file)] = name
    told = subprocess.run(["xmllint", "--noout", "--relaxng", SCHEMA, *names], capture_output=True, text=True, timeout=280)
    verdicts = [line for line in told.stderr.splitlines() if line.endswith((" validates", " fails to validate"))]
    invalid = [names[line.removesuffix(" fails to validate")] for line in verdicts if line.endswith(" fails to validate")]
    record_property("counts", f"{len(verdicts)} definitions checked against the schema")
    assert len(verdicts) == len(names), told.stderr[-2000:]
    assert not invalid, (invalid, [line for line in told.stderr.splitlines() if line not in verdicts][:20])
