# SPDX-License-Identifier: Apache-2.0
"""From an image to a shell in one line, as a user without rights; and what is left when that fails."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import libvirt
import pytest

from lab.daemon import processes_named
from lab.namespace import SCRATCH
from lab.person import USER
from lab.system import settle

pytestmark = pytest.mark.beyond_libvirtd


def shared_folder(launcher) -> Path:
    folder = launcher.person.home / "shared by me: a"
    folder.mkdir()
    (folder / "greeting").write_text("hello guest\n")
    for path in [folder, folder / "greeting"]:
        os.chown(path, USER, USER)
    return folder


def assert_no_passt() -> None:
    assert processes_named("passt") == {}


@pytest.fixture
def uplink() -> Iterator[None]:
    """A route to the world, without which passt does not work; nobody is there."""
    def ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)
    ip("link", "add", "up0", "type", "veth", "peer", "name", "up1")
    ip("addr", "add", "192.0.2.2/24", "dev", "up0")
    for name in ["up0", "up1"]:
        ip("link", "set", name, "up")
    ip("route", "add", "default", "via", "192.0.2.1")
    yield
    ip("link", "delete", "up0")


def test_an_image_becomes_a_shell_in_one_line(launcher, uplink):
    script = launcher.person.home / "mine.sh"
    script.write_text("#!/bin/sh\necho mine >/root/done\nchmod 755 /root\n")
    script.chmod(0o644)
    folder = shared_folder(launcher)
    image = launcher.image.with_name("cloud-9p.img")
    before = image.stat().st_mtime
    told = launcher.ask("launch", str(image), "--name", "web", "--user", "ann", "--memory", "256M", "--package", "vim", "--package", "git",
                        "--cloud-init", str(script), "--forward", "18080:80", "--mount", f"{folder}:/srv/shared", patience=100)
    assert re.search(r"boot, until ssh lets us in\s+\d", told) and "vireo ssh web" in told, told
    print(told)

    uname = launcher.vireo("ssh", "web", "uname", "-a")
    assert uname.stdout.startswith("Linux web ") and uname.stdout.count("\n") == 1 and uname.returncode == 0
    assert launcher.ask("ssh", "web", "id -un; cat /root/done") == "ann\nmine"
    assert launcher.vireo("ssh", "web", "exit 7").returncode == 7
    assert launcher.ask("ssh", "web", "echo", "--help") == "--help"
    seed = launcher.ask("ssh", "web", "cat", "/seed/user-data")
    assert '"packages":["vim","git"]' in seed and "text/x-shellscript" in seed

    # Files of the user here are files of the user there, who may change them; root there is no root here.
    assert launcher.ask("ssh", "web", "cat /srv/shared/*; id -u") == f"hello guest\n{USER}"
    launcher.ask("ssh", "web", "echo hello host >/srv/shared/answer")
    assert (folder / "answer").read_text() == "hello host\n" and (folder / "answer").stat().st_uid == USER

    launcher.ask("cp", str(script), "web:copy")
    launcher.ask("cp", "web:copy", str(launcher.person.home / "back"))
    assert (launcher.person.home / "back").read_text() == script.read_text()
    assert launcher.ask("ip", "web").splitlines()[-1].split() == ["127.0.0.1", "18080", "80"]

    # An ordinary domain of the session's daemon, for everybody.
    assert launcher.person.virsh("list", "--name") == "web"
    assert "urn:vireo:launch:1" in launcher.person.virsh("dumpxml", "web")
    assert str(launcher.folders / "web") in launcher.person.virsh("metadata", "web", "urn:vireo:launch:1")
    [guest] = processes_named("qemu-system")
    assert os.stat(f"/proc/{guest}").st_uid == USER
    assert (launcher.folders / "web").stat().st_mode & 0o777 == 0o700

    # Its network is passt's, which lives as long as the guest, whatever becomes of the daemon.
    assert "<backend type='passt'/>" in launcher.person.virsh("dumpxml", "web")
    network = processes_named("passt")
    assert len(network) == 1
    for daemon in processes_named("vireod"):
        os.kill(daemon, signal.SIGKILL)
    assert launcher.ask("ssh", "web", "hostname") == "web" and processes_named("passt") == network

    launcher.ask("stop", "web")
    assert launcher.person.virsh("domstate", "web") == "shut off"
    settle(assert_no_passt)
    assert "vireo start web" in launcher.fail("ssh", "web", "true")
    assert "--yes" in launcher.fail("rm", "web")  # nobody can be asked
    (launcher.folders / "web/notes").write_text("not of launching")
    assert "notes" in launcher.ask("rm", "web", "--yes")
    assert [path.name for path in (launcher.folders / "web").iterdir()] == ["notes"]
    shutil.rmtree(launcher.folders / "web")
    launcher.assert_nothing_left()
    assert image.stat().st_mtime == before and (folder / "greeting").exists()


def test_a_daemon_below_a_root_launches_too(system, pytestconfig):
    """As root, with a name that is made up, for a program that reads JSON."""
    client, place = pytestconfig.getoption("--client-program"), Path(os.environ[SCRATCH]) / "data"
    image = pytestconfig.getoption("--guest").absolute() / "cloud.img"
    environment = {**os.environ, "XDG_DATA_HOME": str(place)}

    def vireo(*arguments, errors=subprocess.DEVNULL):
        return subprocess.run([client, "-c", system.uri, *arguments], env=environment, check=True, stdout=subprocess.PIPE, stderr=errors,
                              text=True, timeout=100).stdout
    warnings = Path(os.environ[SCRATCH]) / "warnings"
    with warnings.open("w") as errors:
        told = json.loads(vireo("launch", str(image), "--memory", "256", "--mount", f"{image.parent}:/images", "--output", "json", errors=errors))
    # Debian's kernel for clouds has no 9p: the guest is up all the same.
    assert told["mounted"] == [] and told["notMounted"] == ["/images"]
    said = warnings.read_text()
    assert said.startswith("warning: /images is not mounted") and "cloud-amd64 has no 9p" in said and said.count("\n") == 1
    assert told["seconds"] > told["bootSeconds"] > 0 and told["startSeconds"] > 0
    assert re.fullmatch(r"[a-z]+-[a-z]+", told["name"])
    assert libvirt.open(system.uri).lookupByName(told["name"]).UUIDString() == told["uuid"]
    assert vireo("ssh", told["name"], "hostname").strip() == told["name"]
    vireo("rm", told["name"], "--yes")
    assert list((place / "vireo/launch").iterdir()) == []
    shutil.rmtree(place)


@pytest.mark.parametrize("form, options", [("qcow2", ["-c"]), ("vmdk", ["-o", "subformat=streamOptimized"]), ("vdi", [])])
def test_every_format_is_started_and_a_guest_too_slow_leaves_nothing(launcher, form, options):
    said = launcher.fail("launch", str(launcher.convert(form, *options)), "--name", "slow", "--timeout", "1")
    assert "did not let us in within 1 s" in said and "--timeout" in said and "--keep" in said
    launcher.assert_nothing_left()


def test_images_that_cannot_be_launched_are_refused_by_reason(launcher):
    home = launcher.person.home
    (home / "page.img").write_text("<html>")
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", launcher.image, home / "over.qcow2"], check=True)
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-o", f"data_file={home}/data", home / "split.qcow2", "1M"], check=True)
    subprocess.run(["qemu-img", "create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat", home / "flat.vmdk", "1M"], check=True)
    subprocess.run(["chmod", "-R", "a+r", home], check=True)
    for name, reason in [("page.img", "no disk image"), ("over.qcow2", "backing file"), ("split.qcow2", "another file"),
                         ("flat.vmdk", "other files"), ("none", "No such file")]:
        assert reason in launcher.fail("launch", str(home / name)), name
    assert "private key" in launcher.fail("launch", str(launcher.image), "--ssh-key", key_file(home))
    assert "less than" in launcher.fail("launch", str(launcher.image), "--disk", "1M")
    assert "host name" in launcher.fail("launch", str(launcher.image), "--name", "../web")
    assert "from 1024 on" in launcher.fail("launch", str(launcher.image), "--forward", "80")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = launcher.fail("launch", str(launcher.image), "--forward", f"{taken.getsockname()[1]}:80")
        assert "another program's" in said
    for wrong in [f"{home}:relative", f"{home}", "/not/there:/data", f"{launcher.image}:/data", f"{home}:/a b"]:
        assert "mount" in launcher.fail("launch", str(launcher.image), "--mount", wrong), wrong
    launcher.assert_nothing_left()


def key_file(home: Path) -> str:
    path = home / "key"
    path.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    path.chmod(0o644)
    return str(path)


def test_a_guest_that_ends_shows_its_console_and_leaves_nothing(launcher):
    said = launcher.fail("launch", str(launcher.image), "--name", "ending", "--memory", "256")
    assert "ended while it booted" in said and "cloud: looking for the seed" in said
    launcher.assert_nothing_left()


def test_a_silent_guest_is_kept_when_asked(launcher):
    said = launcher.fail("launch", str(launcher.image), "--name", "silent", "--memory", "256", "--timeout", "2", "--keep")
    assert "did not let us in" in said and "vireo console silent" in said
    assert launcher.person.virsh("list", "--name") == "silent"
    assert "already" in launcher.fail("launch", str(launcher.image), "--name", "silent")
    launcher.ask("rm", "silent", "--yes")
    launcher.assert_nothing_left()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_leaves_nothing(launcher, how):
    process = launcher.person.start(launcher.client, "launch", str(launcher.image), "--name", "web")
    settle(lambda: (launcher.folders / "web/console.log").stat(), 30, OSError)
    process.send_signal(how)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 130 and "interrupted" in said
    launcher.assert_nothing_left()


def put_to_sleep(launcher, program: str) -> None:
    programs = launcher.person.home / "bin"
    programs.mkdir()
    (programs / program).write_text("#!/bin/sh\nexec sleep 1000\n")
    (programs / program).chmod(0o755)
    launcher.person.environment["PATH"] = f"{programs}:{launcher.person.environment['PATH']}"


@pytest.mark.parametrize("program, begun", [("qemu-img", "launch.json"), ("ssh-keygen", "disk.qcow2")])
def test_interrupting_a_step_that_hangs_leaves_nothing(launcher, program, begun):
    put_to_sleep(launcher, program)
    process = launcher.person.start(launcher.client, "launch", str(launcher.image), "--name", "web")
    settle(lambda: (launcher.folders / "web" / begun).stat(), 30, OSError)
    process.send_signal(signal.SIGINT)
    assert "interrupted" in process.communicate(timeout=30)[1] and process.returncode == 130
    launcher.assert_nothing_left()


def test_what_a_killed_launch_left_is_removed(launcher):
    """Before the domain is there: by the next launch. Afterwards: by rm, which knows what is whose."""
    path = launcher.person.environment["PATH"]
    put_to_sleep(launcher, "qemu-img")
    process = launcher.person.start(launcher.client, "launch", str(launcher.image), "--name", "web")
    settle(lambda: (launcher.folders / "web/launch.json").stat(), 30, OSError)
    assert "being launched at this moment" in launcher.fail("launch", str(launcher.image), "--name", "web")  # that one lives
    process.kill()
    process.communicate()
    launcher.person.environment["PATH"] = path

    process = launcher.person.start(launcher.client, "launch", str(launcher.image), "--name", "web")
    settle(lambda: (launcher.folders / "web/console.log").stat(), 30, OSError)
    process.kill()
    assert "interrupted launch left of 'web'" in process.communicate()[0]
    launcher.ask("rm", "web", "--yes")
    launcher.assert_nothing_left()


def test_the_disk_of_an_undefined_domain_stays_until_rm(launcher):
    launcher.fail("launch", str(launcher.image), "--name", "web", "--timeout", "1", "--keep")
    launcher.person.virsh("destroy", "web")
    launcher.person.virsh("undefine", "web")
    assert "vireo rm web" in launcher.fail("launch", str(launcher.image), "--name", "web")
    assert "removed" in launcher.ask("rm", "web", "--yes")
    launcher.assert_nothing_left()


def test_without_space_nothing_is_left(launcher):
    launcher.ask("list")  # the daemon has its files elsewhere
    launcher.folders.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=64k,uid={USER},mode=700", "tmpfs", launcher.folders], check=True)
    try:
        said = launcher.fail("launch", str(launcher.image), "--name", "web")
        assert "No space left" in said
        launcher.assert_nothing_left()
    finally:
        subprocess.run(["umount", launcher.folders], check=True)


def test_only_launched_guests_can_be_entered_and_removed(launcher):
    xml = launcher.person.home / "other.xml"
    xml.write_text("<domain type='qemu'><name>other</name><memory>65536</memory><os><type>hvm</type></os></domain>")
    xml.chmod(0o644)
    launcher.ask("define", str(xml))
    for command in [["ssh", "other"], ["rm", "other", "--yes"], ["cp", str(xml), "other:x"]]:
        assert "not made by vireo launch" in launcher.fail(*command)
    assert launcher.person.virsh("list", "--all", "--name") == "other"
    assert "no guest" in launcher.fail("rm", "nobody", "--yes")
