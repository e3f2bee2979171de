# SPDX-License-Identifier: Apache-2.0
"""The test driver as clients meet it: the stock virsh and python3-libvirt at test+unix:///default."""
import re
import subprocess

import libvirt
import pytest

from lab.console import Console

pytestmark = pytest.mark.beyond_libvirtd  # its test driver lives in the client's library

MANY = 10_000
MOST_OF_A_LIST = 16_384  # of the protocol
A_SLICE_AT_MOST = 50  # milliseconds in a sanitized build; whole, the statistics of so many take 80 without sanitizers


def uri_of(system, path: str = "/default", read_only: bool = False) -> str:
    socket = (system.read_only_uri if read_only else system.uri).partition("socket=")[2]
    return f"test+unix://{path}?socket={socket}"


def ask(system, *arguments: str) -> str:
    done = subprocess.run(["virsh", "-c", uri_of(system), *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"virsh {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


@pytest.fixture
def connect(system):
    """Opens connections to the test driver, and closes them."""
    opened = []

    def connect_now(**options) -> libvirt.virConnect:
        uri = uri_of(system, **options)
        opened.append(libvirt.openReadOnly(uri) if options.get("read_only") else libvirt.open(uri))
        return opened[-1]

    yield connect_now
    for connection in opened:
        connection.close()


def document(name: str, more: str = "") -> str:
    return f"""<domain type='test'><name>{name}</name><memory>65536</memory><vcpu current='1'>2</vcpu>
    <os><type>hvm</type></os>{more}</domain>"""


def code_of(call, *arguments) -> int:
    with pytest.raises(libvirt.libvirtError) as failure:
        call(*arguments)
    return failure.value.get_error_code()


def test_it_says_what_it_is(system, connect):
    connection = connect()
    assert connection.getType() == "TEST"
    assert connection.getVersion() == 2
    assert connection.getMaxVcpus(None) == 32
    assert "<domain type='test'/>" in connection.getCapabilities()
    assert re.search(r"^ 1 +test +running$", ask(system, "list"), re.MULTILINE)


def test_paths_that_it_does_not_serve_are_refused_with_the_one_that_it_does(system):
    done = subprocess.run(["virsh", "-c", uri_of(system, path="/etc/node.xml"), "list"], capture_output=True, text=True)
    assert done.returncode != 0
    assert "'/etc/node.xml'" in done.stderr and "test:///default" in done.stderr


def test_a_domains_life_by_virsh(system):
    description = system.root / "web.xml"
    description.write_text(document("web", "<title>The web</title>"))
    assert ask(system, "define", str(description)) == f"Domain 'web' defined from {description}"
    assert ask(system, "domstate", "web", "--reason") == "shut off (unknown)"
    assert ask(system, "start", "web") == "Domain 'web' started"
    assert ask(system, "domstate", "web", "--reason") == "running (booted)"
    assert ask(system, "suspend", "web") == "Domain 'web' suspended"
    assert ask(system, "domstate", "web", "--reason") == "paused (user)"
    assert ask(system, "resume", "web") == "Domain 'web' resumed"
    assert ask(system, "reboot", "web") == "Domain 'web' is being rebooted"
    assert ask(system, "autostart", "web") == "Domain 'web' marked as autostarted"
    assert "The web" in ask(system, "list", "--title")
    assert "id='2'" in ask(system, "dumpxml", "web")
    assert "id=" not in ask(system, "dumpxml", "web", "--inactive")
    assert ask(system, "shutdown", "web") == "Domain 'web' is being shutdown"
    assert ask(system, "domstate", "web", "--reason") == "shut off (shutdown)"
    assert ask(system, "domrename", "web", "shop") == "Domain successfully renamed"
    assert ask(system, "undefine", "shop") == "Domain 'shop' has been undefined"
    assert ask(system, "list", "--name", "--all") == "test"


def test_two_connections_share_its_domains_and_a_third_may_only_look(connect):
    one, other, looker = connect(), connect(), connect(read_only=True)
    one.defineXML(document("web")).create()
    domain = other.lookupByName("web")
    domain.suspend()
    assert one.lookupByName("web").state() == [libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER]
    assert code_of(looker.lookupByName("web").destroy) == libvirt.VIR_ERR_OPERATION_DENIED
    domain.destroy()
    assert looker.lookupByName("web").isActive() == 0


def test_qemu_does_not_see_its_domains(system, connect):
    connect().defineXML(document("web"))
    assert system.connect().listAllDomains() == []


def test_what_a_state_forbids_has_libvirts_code(connect):
    connection = connect()
    domain = connection.defineXML(document("web"))
    for call in (domain.suspend, domain.resume, domain.destroy, domain.shutdown, lambda: domain.reboot(0)):
        assert code_of(call) == libvirt.VIR_ERR_OPERATION_INVALID
    domain.create()
    assert code_of(domain.create) == libvirt.VIR_ERR_OPERATION_INVALID
    assert code_of(domain.rename, "other", 0) == libvirt.VIR_ERR_OPERATION_INVALID
    assert code_of(connection.defineXML, document("web")) == libvirt.VIR_ERR_OPERATION_FAILED
    assert code_of(connection.lookupByName, "none") == libvirt.VIR_ERR_NO_DOMAIN
    transient = connection.createXML(document("once"), libvirt.VIR_DOMAIN_START_PAUSED)
    assert transient.state()[0] == libvirt.VIR_DOMAIN_PAUSED
    assert code_of(transient.setAutostart, 1) == libvirt.VIR_ERR_OPERATION_INVALID
    transient.destroy()
    assert code_of(connection.lookupByName, "once") == libvirt.VIR_ERR_NO_DOMAIN


def test_a_guest_goes_with_the_connection_that_wanted_it_so(system, connect):
    lasting = connect()
    short = libvirt.open(uri_of(system))
    short.createXML(document("short"), libvirt.VIR_DOMAIN_START_AUTODESTROY)
    with Console(["virsh", "-c", uri_of(system), "event", "--event", "lifecycle", "--loop", "--domain", "short"]) as told:
        probe = lasting.lookupByName("short")
        while "Suspended" not in told.text:
            probe.suspend()
            probe.resume()
            told.read(0.2)
        short.close()
        told.expect("'short': Stopped Destroyed")
    assert code_of(lasting.lookupByName, "short") == libvirt.VIR_ERR_NO_DOMAIN


def test_events_come_in_order_to_another_connection(system, connect):
    connection = connect()
    with Console(["virsh", "-c", uri_of(system), "event", "--all", "--loop"]) as told:
        while "probe" not in told.text:  # it says nothing when it is ready
            connection.defineXML(document("probe")).undefine()
            told.read(0.2)
        domain = connection.defineXML(document("web"))
        domain.create()
        domain.suspend()
        domain.resume()
        domain.reboot(0)
        domain.shutdown()
        domain.undefine()
        found = [told.expect(r"event '(\S+)' for domain 'web'(?:: ([^\r\n]*))?\r?\n").groups() for _ in range(8)]
    assert found == [
        ("lifecycle", "Defined Added"), ("lifecycle", "Started Booted"), ("lifecycle", "Suspended Paused"),
        ("lifecycle", "Resumed Unpaused"), ("reboot", None), ("lifecycle", "Shutdown Finished"),
        ("lifecycle", "Stopped Shutdown"), ("lifecycle", "Undefined Removed")]


@pytest.mark.patience(600)
def test_ten_thousand_domains_are_no_event(system, connect):
    connection = connect()
    for number in range(MANY - 1):
        connection.defineXML(document(f"load-{number:05}"))
    assert connection.numOfDefinedDomains() == MANY - 1
    names = ask(system, "list", "--all", "--name").split()
    assert len(names) == MANY and names[0] == "test" and names[-1] == "load-09998"
    table = ask(system, "list", "--all").splitlines()
    assert len(table) == MANY + 2
    assert re.fullmatch(r" - +load-09998 +shut off", table[-1])
    assert len(connection.getAllDomainStats()) == MANY
    assert connection.lookupByName("load-05000").info()[1] == 65536
    turns = re.findall(r"one turn of the loop took (\d+) ms: \S+ALL_DOMAIN", system.log.read_text())  # of CPU time
    assert all(int(milliseconds) < A_SLICE_AT_MOST for milliseconds in turns), f"others waited: {turns}"


@pytest.mark.patience(600)
def test_more_domains_than_a_list_can_hold_are_an_error_that_says_so(connect):
    connection = connect()
    for number in range(MOST_OF_A_LIST):
        connection.defineXML(document(f"load-{number:05}"))
    assert connection.numOfDefinedDomains() == MOST_OF_A_LIST
    with pytest.raises(libvirt.libvirtError, match="16384|16,384"):
        connection.listAllDomains()
    assert len(connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE)) == MOST_OF_A_LIST
    assert len(connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)) == 1
