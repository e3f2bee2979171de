# SPDX-License-Identifier: Apache-2.0
"""What the host, its emulators and its CPUs are good for, as stock clients ask."""
import os
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import libvirt
import pytest

from lab import domains
from test_virsh import fields

EMULATOR = "/usr/bin/qemu-system-x86_64"


def values(root: ElementTree.Element, path: str) -> list[str]:
    return [value.text for value in root.findall(f"{path}/value")]


def refused(system, *arguments: str) -> str:
    """The error of a command that must fail."""
    done = system.virsh(*arguments)
    assert done.returncode == 1, f"virsh {' '.join(arguments)}: {done.stdout}"
    return done.stderr


# ---- capabilities


def test_capabilities_describe_the_host(system):
    host = ElementTree.fromstring(system.ask("capabilities")).find("host")
    assert host.findtext("cpu/arch") == os.uname().machine
    flags = set(re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M)[1].split())
    named = {feature.get("name") for feature in host.findall("cpu/feature")}
    assert {"aes", "avx", "avx2", "movbe"} & flags <= named | model_features(system, host.findtext("cpu/model"))
    assert ["4"] == [pages.get("size") for pages in host.findall("cpu/pages")][:1]
    online = Path("/sys/devices/system/cpu/online").read_text().strip()
    assert len(host.findall("topology/cells/cell/cpus/cpu")) == count(online)
    assert host.find("topology/cells/cell/pages[@size='4']") is not None


def model_features(system, model: str) -> set[str]:
    cpu = f"<cpu><arch>x86_64</arch><model>{model}</model></cpu>"
    answer = system.connect().baselineCPU([cpu], libvirt.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES)
    return {feature.get("name") for feature in ElementTree.fromstring(answer).findall("feature")}


def count(processors: str) -> int:
    """How many there are in "0-2,5"."""
    bounds = [part.split("-") for part in processors.split(",")]
    return sum(int(part[-1]) - int(part[0]) + 1 for part in bounds)


def test_capabilities_name_every_emulator(system):
    root = ElementTree.fromstring(system.ask("capabilities"))
    emulators = {guest.findtext("arch/emulator") for guest in root.findall("guest")}
    assert EMULATOR in emulators
    for name in ("aarch64", "arm", "i386", "m68k", "ppc64", "riscv64", "s390x", "sparc"):
        path = f"/usr/bin/qemu-system-{name}"
        assert (path in emulators) == os.path.exists(path)
    for guest in root.findall("guest"):
        assert guest.find("arch/machine") is not None and guest.find("arch/domain[@type='qemu']") is not None


# ---- domain capabilities


def test_domain_capabilities_of_q35(system):
    root = ElementTree.fromstring(system.ask("domcapabilities", "--machine", "q35", "--virttype", "qemu"))
    assert root.findtext("path") == EMULATOR
    assert root.findtext("machine") == "pc-q35-7.2"
    assert root.find("vcpu").get("max") == "288"
    assert "sata" in values(root, "devices/disk/enum[@name='bus']")
    assert "ide" not in values(root, "devices/disk/enum[@name='bus']")
    assert {"vnc", "spice"} <= set(values(root, "devices/graphics/enum[@name='type']"))
    assert "virtio" in values(root, "devices/video/enum[@name='modelType']")
    assert root.find("cpu/mode[@name='host-passthrough']").get("supported") == "no"


def test_domain_capabilities_tell_which_models_are_usable(system):
    root = ElementTree.fromstring(system.ask("domcapabilities", "--virttype", "qemu"))
    usable = {model.text: model.get("usable") for model in root.findall("cpu/mode[@name='custom']/model")}
    assert usable["qemu64"] == "yes"
    assert usable["EPYC"] == "no"
    host_model = root.find("cpu/mode[@name='host-model']")
    assert host_model.findtext("model") in usable
    assert host_model.findtext("vendor") == "AMD"  # what TCG says it is, on every host


def test_domain_capabilities_show_installed_firmware(system):
    root = ElementTree.fromstring(system.ask("domcapabilities", "--machine", "q35", "--virttype", "qemu"))
    loaders = values(root, "os/loader")
    installed = os.path.exists("/usr/share/OVMF/OVMF_CODE_4M.fd")
    assert ("efi" in values(root, "os/enum[@name='firmware']")) == installed
    assert ("/usr/share/OVMF/OVMF_CODE_4M.fd" in loaders) == installed
    assert all(os.path.exists(path) for path in loaders)


@pytest.mark.parametrize("arguments, reason", [
    (["--virttype", "no-such-type"], "no-such-type"),
    (["--machine", "no-such-machine", "--virttype", "qemu"], "no-such-machine"),
    (["--machine", "none", "--virttype", "qemu"], "none"),
    (["--arch", "s390x", "--emulatorbin", EMULATOR], "s390x"),
    (["--arch", "no-such-arch"], "no-such-arch"),
    (["--emulatorbin", "/usr/bin/no-such-qemu"], "no-such-qemu"),
])
def test_domain_capabilities_refuse_what_there_is_not(system, arguments, reason):
    assert reason in refused(system, "domcapabilities", *arguments)


# ---- CPUs


def test_cpu_models_are_libvirts(system):
    names = system.ask("cpu-models", "x86_64").split()
    assert {"qemu64", "EPYC", "Skylake-Server-noTSX-IBRS"} <= set(names)
    assert "max" not in names
    with pytest.raises(libvirt.libvirtError) as error:
        system.connect().getCPUModelNames("no-such-arch")
    assert error.value.get_error_code() == libvirt.VIR_ERR_INVALID_ARG


def described(model: str, *features: str) -> str:
    return (f"<cpu><arch>x86_64</arch><model>{model}</model><vendor>Intel</vendor>"
            + "".join(f"<feature name='{name}'/>" for name in features) + "</cpu>")


def test_baseline_is_what_all_hosts_have(system):
    cpus = [described("Westmere", "avx", "vme"), described("Nehalem", "vme")]
    answer = ElementTree.fromstring(system.connect().baselineCPU(cpus))
    assert answer.findtext("model") == "Nehalem"
    assert [feature.get("name") for feature in answer.findall("feature")] == ["vme"]


def test_baseline_for_an_emulator_disables_what_it_cannot_show(system):
    answer = system.connect().baselineHypervisorCPU(EMULATOR, "x86_64", None, "qemu", [described("Haswell")])
    disabled = {feature.get("name") for feature in ElementTree.fromstring(answer).findall("feature[@policy='disable']")}
    assert {"hle", "rtm", "x2apic"} <= disabled


def test_compare_with_an_emulator(system):
    def compare(xml: str, flags: int = 0) -> int:
        return system.connect().compareHypervisorCPU(EMULATOR, "x86_64", None, "qemu", xml, flags)

    assert compare("<cpu><model>qemu64</model></cpu>") == libvirt.VIR_CPU_COMPARE_SUPERSET
    haswell = "<cpu><model>Haswell</model></cpu>"
    assert compare(haswell) == libvirt.VIR_CPU_COMPARE_INCOMPATIBLE
    with pytest.raises(libvirt.libvirtError, match="x2apic") as error:
        compare(haswell, libvirt.VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE)
    assert error.value.get_error_code() == libvirt.VIR_ERR_CPU_INCOMPATIBLE


def test_the_host_fits_its_own_description(system, tmp_path):
    (tmp_path / "host.xml").write_text(system.ask("capabilities"))
    done = system.virsh("cpu-compare", str(tmp_path / "host.xml"))
    assert done.returncode == 0, done.stderr
    assert "is a superset of" in done.stdout or "is identical to" in done.stdout
    answer = ElementTree.fromstring(system.ask("cpu-baseline", str(tmp_path / "host.xml")))
    capabilities = ElementTree.parse(tmp_path / "host.xml")
    assert answer.findtext("model") == capabilities.findtext("host/cpu/model")


def test_a_host_model_guest_runs_as_a_named_model(system):
    promised = ElementTree.fromstring(system.ask("domcapabilities", "--virttype", "qemu")).find("cpu/mode[@name='host-model']")
    domain = system.define(domains.tiny("modelled", extra="<cpu mode='host-model'/>"))
    domain.create()
    cpu = ElementTree.fromstring(domain.XMLDesc()).find("cpu")
    assert cpu.get("mode") == "custom"
    assert cpu.findtext("model") == promised.findtext("model")
    names = [{feature.get("name") for feature in described.findall("feature")} for described in (cpu, promised)]
    assert names[0] == names[1]
    assert ElementTree.fromstring(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)).find("cpu").get("mode") == "host-model"
    [arguments] = system.emulators().values()
    assert arguments[arguments.index("-cpu") + 1].startswith(promised.findtext("model") + ",")
    domain.destroy()
    domain.undefine()


# ---- the node


def test_nodecpumap(system):
    answer = fields(system.ask("nodecpumap"))
    assert answer["CPUs present"] == str(count(Path("/sys/devices/system/cpu/present").read_text().strip()))
    assert answer["CPU map"].count("y") == int(answer["CPUs online"])


def test_nodecpustats_grow(system):
    first = fields(system.ask("nodecpustats"))
    assert set(first) == {"user", "system", "idle", "iowait"}
    second = fields(system.ask("nodecpustats"))
    assert sum(map(int, second.values())) >= sum(map(int, first.values())) > 0
    assert "77777" in refused(system, "nodecpustats", "--cpu", "77777")


def test_nodememstats(system):
    answer = fields(system.ask("nodememstats"))
    assert set(answer) == {"total", "free", "buffers", "cached"}
    meminfo = fields(Path("/proc/meminfo").read_text())
    assert answer["total"].split()[0] == meminfo["MemTotal"].split()[0]
    assert set(fields(system.ask("nodememstats", "--cell", "0"))) == {"total", "free"}
    assert "77" in refused(system, "nodememstats", "--cell", "77")


def test_free_memory(system):
    assert int(fields(system.ask("freecell"))["Total"].split()[0]) > 0
    everywhere = fields(system.ask("freecell", "--all"))
    assert int(everywhere["0"].split()[0]) > 0
    assert "7" in refused(system, "freecell", "--cellno", "77")
    assert 0 < system.connect().getFreeMemory() <= int(fields(Path("/proc/meminfo").read_text())["MemTotal"].split()[0]) << 10


def test_free_pages(system):
    answer = fields(system.ask("freepages", "--cellno", "0", "--pagesize", "4"))
    assert int(answer["4KiB"]) > 0
    assert "4KiB" in system.ask("freepages", "--all")
    assert "page size 8" in refused(system, "freepages", "--cellno", "0", "--pagesize", "8")
    assert "pages" in refused(system, "allocpages", "4", "1")


def test_memory_parameters(system):
    ksm = Path("/sys/kernel/mm/ksm/pages_to_scan")
    if not ksm.exists():
        pytest.skip("this kernel does not merge equal pages")
    assert f"shm_pages_to_scan {ksm.read_text().strip()}" in system.ask("node-memory-tune")


def test_sysinfo_or_why_not(system):
    done = system.virsh("sysinfo")
    if os.path.exists("/sys/firmware/dmi/tables/DMI"):
        assert ElementTree.fromstring(done.stdout).get("type") == "smbios"
    else:
        assert "SMBIOS" in done.stderr


def test_what_the_host_cannot_do_is_said(system):
    assert "sleep" in refused(system, "nodesuspend", "mem", "60")
    assert "SEV" in refused(system, "nodesevinfo")
