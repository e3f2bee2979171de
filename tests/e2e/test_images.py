# SPDX-License-Identifier: Apache-2.0
"""Images of the network: downloaded once, continued, verified; and servers that do not do what they should."""
import hashlib
import json
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.launcher import Launcher
from lab.person import USER
from lab.system import settle
from lab.web import Authority, Behaviour, Web

pytestmark = pytest.mark.beyond_libvirtd

NAME = "disk.img"


def make_image(seed: int) -> bytes:
    """Four mebibytes that look like a disk."""
    image = bytearray(random.Random(seed).randbytes(4 << 20))
    image[510:512] = b"\x55\xaa"
    return bytes(image)


IMAGE = make_image(1)


def sums(content: bytes, name: str = NAME) -> bytes:
    return f"{'0' * 64}  other.img\n{hashlib.sha256(content).hexdigest()}  {name}\n".encode()


@pytest.fixture
def web() -> Iterator[Web]:
    with Web({NAME: IMAGE}) as server:
        yield server


def cache(launcher: Launcher) -> Path:
    return launcher.person.home / ".cache/vireo/images"


def cached_images(launcher: Launcher) -> list[Path]:
    return sorted(path for path in cache(launcher).glob("*.img"))


def fetch(launcher: Launcher, web: Web) -> dict:
    return json.loads(launcher.ask("images", "fetch", web.url(NAME), "--output", "json"))


def test_an_image_is_downloaded_once_and_shown(launcher, web):
    told = fetch(launcher, web)
    assert Path(told["file"]).read_bytes() == IMAGE and "not verified" in told["note"]
    again = fetch(launcher, web)
    assert again["file"] == told["file"] and again["note"] == "from the cache"
    assert web.parts_of(NAME) == [""]
    listed = launcher.ask("images", "list")
    assert web.url(NAME) in listed and "debian:12" in listed


def test_a_newer_image_is_another_file(launcher, web):
    old = Path(fetch(launcher, web)["file"])
    web.files[NAME] = make_image(2)
    new = Path(fetch(launcher, web)["file"])
    assert new.read_bytes() == web.files[NAME] and old.read_bytes() == IMAGE


@pytest.mark.parametrize("file, content", [("SHA256SUMS", sums(IMAGE)), (f"{NAME}.sha256", sums(IMAGE).splitlines()[1][:64]),
                                           ("SHA512SUMS", f"SHA512 ({NAME}) = {hashlib.sha512(IMAGE).hexdigest()}".encode())])
def test_checksums_beside_an_image_are_used(launcher, web, file, content):
    web.files[file] = content
    assert "verified" in fetch(launcher, web)["note"] and "not" not in fetch(launcher, web)["note"]


def test_a_lying_checksum_leaves_nothing(launcher, web):
    web.files["SHA256SUMS"] = sums(b"another")
    said = launcher.fail("launch", web.url(NAME), "--name", "web")
    assert "is not what its server says" in said and hashlib.sha256(IMAGE).hexdigest() in said
    assert not [path for path in cache(launcher).iterdir() if path.suffix != ".lock"]
    launcher.assert_nothing_left()


def test_a_connection_that_breaks_is_made_again_behind_what_came(launcher, web):
    web.behaviour = Behaviour(break_after=1 << 20)
    told = fetch(launcher, web)
    assert Path(told["file"]).read_bytes() == IMAGE
    assert web.parts_of(NAME) == ["", "bytes=1048576-", "bytes=2097152-", "bytes=3145728-"]


def test_a_server_that_always_breaks_off_at_one_place_is_given_up(launcher, web):
    web.behaviour = Behaviour(break_after=1 << 20, ranges=False)
    assert "cannot be downloaded" in launcher.fail("images", "fetch", web.url(NAME))
    assert cached_images(launcher) == []
    web.behaviour = Behaviour()
    assert Path(fetch(launcher, web)["file"]).read_bytes() == IMAGE


def interrupt_download(launcher: Launcher, web: Web) -> int:
    """How many bytes are there."""
    web.behaviour = Behaviour(pause=0.05)
    process = launcher.person.start(launcher.client, "images", "fetch", web.url(NAME))

    def some_came():
        assert [part for part in cache(launcher).glob("*.part") if part.stat().st_size > 0]
    settle(some_came, 20)
    process.send_signal(signal.SIGINT)
    assert "interrupted" in process.communicate(timeout=20)[1] and process.returncode == 1
    web.behaviour = Behaviour()
    [part] = cache(launcher).glob("*.part")
    return part.stat().st_size


def test_an_interrupted_download_goes_on_later(launcher, web):
    there = interrupt_download(launcher, web)
    assert 0 < there < len(IMAGE)
    assert Path(fetch(launcher, web)["file"]).read_bytes() == IMAGE
    assert web.parts_of(NAME) == ["", f"bytes={there}-"]


@pytest.mark.parametrize("behaviour, change", [(Behaviour(), True), (Behaviour(ranges=False), False),
                                               (Behaviour(lie_about_ranges=True), False)])
def test_what_cannot_be_continued_begins_anew(launcher, web, behaviour, change):
    """The image changed, the server knows no ranges, or sends another than it was asked for."""
    interrupt_download(launcher, web)
    if change:
        web.files[NAME] = make_image(2)
    web.behaviour = behaviour
    assert Path(fetch(launcher, web)["file"]).read_bytes() == web.files[NAME]


def test_without_network_what_is_here_must_do(launcher, web):
    assert "404" in launcher.fail("images", "fetch", web.url("none"))
    told = fetch(launcher, web)
    web.stop()
    later = fetch(launcher, web)
    assert later["file"] == told["file"] and "perhaps not the newest" in later["note"]
    assert "cannot be downloaded" in launcher.fail("launch", web.url("other.img"))
    launcher.assert_nothing_left()


def test_without_space_the_download_says_so(launcher, web):
    cache(launcher).mkdir(parents=True)
    subprocess.run(["chown", "-R", f"{USER}:{USER}", launcher.person.home], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=1m,uid={USER},mode=700", "tmpfs", cache(launcher)], check=True)
    try:
        assert "No space left" in launcher.fail("images", "fetch", web.url(NAME))
    finally:
        subprocess.run(["umount", cache(launcher)], check=True)


def test_https_is_trusted_by_authority(launcher, tmp_path):
    """The host's authorities, or those of a file that the environment names; a wrong one is told apart from no network."""
    with Web({NAME: IMAGE}, Authority(tmp_path)) as web:
        said = launcher.fail("images", "fetch", web.url(NAME))
        assert "certificate" in said and "SSL_CERT_FILE" in said
        assert cached_images(launcher) == [] and web.asked == []
        trusted = launcher.person.home / "authority.crt"
        trusted.write_bytes(web.authority.certificate.read_bytes())
        trusted.chmod(0o644)
        launcher.person.environment["SSL_CERT_FILE"] = str(trusted)
        assert Path(fetch(launcher, web)["file"]).read_bytes() == IMAGE
        launcher.person.environment["SSL_CERT_FILE"] = "/nowhere"
        assert "SSL_CERT_FILE" in launcher.fail("images", "fetch", web.url("other.img"))


def write_catalogue(launcher: Launcher, web: Web) -> None:
    catalogue = launcher.person.home / ".config/vireo/images.json"
    catalogue.parent.mkdir(parents=True)
    entry = {"name": "mine", "version": "1", "aliases": ["one"], "architecture": "x86_64", "url": web.url(NAME), "checksums": web.url("SUMS")}
    catalogue.write_text(json.dumps({"images": [entry]}))
    subprocess.run(["chown", "-R", f"{USER}:{USER}", launcher.person.home], check=True)


def test_names_of_the_catalogue_are_launched_only_when_verified(launcher, web):
    web.files[NAME] = launcher.image.read_bytes()
    write_catalogue(launcher, web)
    assert "cannot be verified" in launcher.fail("launch", "mine:1", "--name", "web")
    assert "mine:1" in launcher.fail("launch", "nobodys:1")
    web.files["SUMS"] = sums(web.files[NAME])
    # That it boots, others have shown: it need not here.
    started = launcher.vireo("launch", "mine:one", "--name", "web", "--memory", "256", "--timeout", "1", "--keep")
    assert "SHA256 verified" in started.stdout and "did not let us in" in started.stderr
    assert launcher.person.virsh("list", "--name") == "web"

    [image] = cached_images(launcher)
    assert "nothing to remove" in launcher.ask("images", "prune")  # a guest lies over it
    launcher.ask("rm", "web", "--yes")
    assert image.name in launcher.ask("images", "prune")
    assert [path for path in cache(launcher).iterdir() if path.suffix != ".lock"] == []
    launcher.assert_nothing_left()
