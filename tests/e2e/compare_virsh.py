#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Types the same commands at virsh and at vireo, against one daemon, and compares what a script would see.

Standard output must be the same byte for byte, and so must the exit status. Standard error is prose: there, only "said
something" or "said nothing" is compared. Between the two runs of a command that changes something the steps listed with it put
the domain back.

  compare_virsh.py --vireo build/dev/bin/vireo --uri 'qemu+unix:///system?socket=/path/to/libvirt-sock'

The daemon must have no domains; those that are made here are removed at the end.
"""
import argparse
import difflib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

DOMAIN = """<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  {title}
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <on_poweroff>destroy</on_poweroff>
  <devices><console type='pty'/></devices>
</domain>
"""
UUID_A = "6695eb01-f6a4-8304-79aa-97f2502e1931"
UUID_B = "6695eb01-f6a4-8304-79aa-97f2502e1932"

# Commands that change nothing: run in each of the states that prepare() makes.
LOOKS = [
    ["list"], ["list", "--all"], ["list", "--inactive"], ["list", "--all", "--title"], ["list", "--all", "--name"],
    ["list", "--all", "--uuid"], ["list", "--all", "--id"], ["list", "--id"], ["list", "--all", "--name", "--uuid"],
    ["list", "--all", "--name", "--id"], ["list", "--all", "--name", "--uuid", "--id"], ["list", "--table", "--all"],
    ["list", "--table", "--name"], ["list", "--state-running"], ["list", "--state-paused"], ["list", "--state-shutoff"],
    ["list", "--all", "--state-other"], ["list", "--all", "--autostart"], ["list", "--all", "--no-autostart"],
    ["list", "--transient"], ["list", "--all", "--persistent"], ["list", "--all", "--managed-save"],
    ["list", "--all", "--with-managed-save"], ["list", "--all", "--without-managed-save"],
    ["list", "--all", "--with-snapshot"], ["list", "--all", "--without-snapshot"],
    ["list", "--all", "--with-checkpoint"], ["list", "--all", "--without-checkpoint"],
    ["list all"], ["list", "--nosuch"], ["-q", "list", "--all"], ["-q", "list", "--all", "--title"],
    ["dominfo", "alpha"], ["dominfo", "beta-longer"], ["dominfo", UUID_A], ["dominfo", "nope"], ["dominfo"],
    ["domstate", "alpha"], ["domstate", "alpha", "--reason"], ["domstate", "--domain", "alpha"],
    ["domstate", "--domain=alpha"], ["domstate", "alpha", "more"], ["domstate", "--reason=x", "alpha"],
    ["domstate", ""], ["-q", "domstate", "alpha"],
    ["domid", "alpha"], ["domid", "beta-longer"], ["domid", "nope"], ["domuuid", "alpha"], ["domname", UUID_B],
    ["dumpxml", "alpha"], ["dumpxml", "alpha", "--inactive"], ["dumpxml", "alpha", "--security-info"],
    ["dumpxml", "alpha", "--migratable"], ["dumpxml", "alpha", "--update-cpu"], ["dumpxml", "nope"],
    ["dumpxml", "alpha", "--xpath", "//uuid"], ["dumpxml", "alpha", "--xpath", "//controller"],
    ["dumpxml", "alpha", "--xpath", "//controller", "--wrap"],
    ["version"], ["version", "--daemon"], ["nodeinfo"], ["uri"], ["hostname"], ["capabilities"],
    ["event", "--list"], ["event"], ["event", "--event", "nosuch"], ["event", "--all", "--timeout", "x"],
    ["event", "--event", "lifecycle", "--timeout", "1"],
    ["echo", "a", "b c"], ["echo", "--xml", "<&>"], ["echo", "--shell", "a b"], ["echo"], ["nosuch"], ["quit"],
    ["domid alpha; domname alpha"], ["domid alpha; nosuch"], ["domid 'alpha'"], ["domid nope; domname alpha"],
    ["domname alpha; domid nope"], ["domid nope; domid alpha"], ["domid alpha; domid nope"],
    ["domname", "alpha"], ["domid", UUID_A], ["domuuid", UUID_A], ["-t", "-q", "domid", "alpha"],
]
# (command, steps that bring back the state before it, after each of both)
CHANGES = [
    (["define", "{dir}/alpha.xml"], []),
    (["define", "{dir}/missing.xml"], []),
    (["define", "{dir}/broken.xml"], []),
    (["start", "alpha"], [["destroy", "alpha"]]),
    (["start", "alpha", "--paused"], [["destroy", "alpha"]]),
    (["-q", "start", "alpha"], [["destroy", "alpha"]]),
    (["start", "nope"], []),
    (["start", "alpha", "--nosuch"], []),
    (["destroy", "alpha"], []),
    (["suspend", "alpha"], []),
    (["resume", "alpha"], []),
    (["reset", "alpha"], []),
    (["shutdown", "alpha"], []),
    (["reboot", "alpha"], []),
    (["shutdown", "alpha", "--mode", "nosuch"], []),
    (["autostart", "alpha"], [["autostart", "alpha", "--disable"]]),
    (["autostart", "alpha", "--disable"], []),
    (["domrename", "alpha", "gamma"], [["domrename", "gamma", "alpha"]]),
    (["domrename", "alpha", "beta-longer"], []),
    (["undefine", "alpha"], [["define", "{dir}/alpha.xml"]]),
    (["undefine", "alpha", "--nvram", "--keep-nvram"], []),
    (["create", "{dir}/gamma.xml"], [["destroy", "gamma"]]),
    (["create", "{dir}/gamma.xml", "--paused"], [["destroy", "gamma"]]),
]
RUNNING_CHANGES = [
    (["start", "alpha"], []),
    (["suspend", "alpha"], [["resume", "alpha"]]),
    (["resume", "alpha"], []),
    (["reset", "alpha"], []),
    (["reboot", "alpha"], []),
    (["shutdown", "alpha"], []),
    (["shutdown", "alpha", "--mode", "acpi"], []),
    (["destroy", "alpha"], [["start", "alpha"]]),
    (["destroy", "alpha", "--graceful"], [["start", "alpha"]]),
    (["domrename", "alpha", "gamma"], []),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--virsh", default="virsh")
    parser.add_argument("--vireo", required=True)
    parser.add_argument("--uri", required=True)
    parser.add_argument("--verbose", action="store_true", help="show each command")
    return parser.parse_args()


class Comparison:
    """Runs commands with both programs and counts what differs."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.count, self.differences = 0, []

    def run(self, program, words):
        words = [word.replace("{dir}", self.folder) for word in words]
        done = subprocess.run([program, "-c", self.options.uri, *words], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)
        return done.returncode, mask(done.stdout), done.stderr

    def step(self, *words):
        status, _, complaint = self.run(self.options.virsh, list(words))
        if status != 0:
            sys.exit(f"preparing failed: {' '.join(words)}: {complaint}")

    def compare(self, state, words, undo=()):
        results = []
        for program in (self.options.virsh, self.options.vireo):
            results.append(self.run(program, words))
            if results[-1][0] == 0:
                for back in undo:
                    self.step(*back)
        self.judge(f"{state}: {' '.join(words)}", *results)

    def judge(self, title, theirs, ours):
        self.count += 1
        faults = []
        if theirs[0] != ours[0]:
            faults.append(f"  exit status {ours[0]}, not {theirs[0]}; standard error: {ours[2].strip()!r}")
        if theirs[1] != ours[1]:
            faults += ["  " + line for line in
                       difflib.unified_diff(theirs[1].splitlines(), ours[1].splitlines(), "virsh", "vireo", lineterm="", n=0)]
        if bool(theirs[2]) != bool(ours[2]):
            faults.append(f"  standard error {ours[2].strip()!r}, not {theirs[2].strip()!r}")
        if faults:
            self.differences.append(title)
            print("DIFFERS " + title, *faults, sep="\n")
        elif self.options.verbose:
            print("same    " + title)

    def compare_events(self):
        """Both watch at the same time what one run of commands causes."""
        command = ["event", "--all", "--loop", "--timeout", "60"]
        watchers = [subprocess.Popen([program, "-c", self.options.uri, *command], stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
                    for program in (self.options.virsh, self.options.vireo)]
        time.sleep(2)  # there is no sign of being subscribed that both give
        for words in (["start", "alpha"], ["suspend", "alpha"], ["resume", "alpha"], ["destroy", "alpha"]):
            self.step(*words)
        time.sleep(1)
        results = []
        for watcher in watchers:
            watcher.send_signal(signal.SIGINT)
            out, err = watcher.communicate(timeout=30)
            results.append((watcher.returncode, out, err))
        self.judge("events of a life", *results)


def mask(text):
    """Hides what differs from one call to the next of the same program."""
    text = re.sub(r"(CPU time: +)[0-9.]+s", r"\1#s", text)
    return re.sub(r"\(Time: [0-9.]+ ms\)", "(Time: # ms)", text)


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        for name, uuid, title in (("alpha", UUID_A, "<title>First guest</title>"), ("beta-longer", UUID_B, ""),
                                  ("gamma", "6695eb01-f6a4-8304-79aa-97f2502e1933", "")):
            with open(os.path.join(folder, name + ".xml"), "w") as file:
                file.write(DOMAIN.format(name=name, uuid=uuid, title=title))
        with open(os.path.join(folder, "broken.xml"), "w") as file:
            file.write("<domain")
        comparison = Comparison(options, folder)
        for words in (["list"], ["list", "--all"]):
            comparison.compare("no domains", words)
        comparison.step("define", "{dir}/alpha.xml")
        comparison.step("define", "{dir}/beta-longer.xml")
        try:
            for words in LOOKS:
                comparison.compare("shut off", words)
            for words, undo in CHANGES:
                comparison.compare("shut off", words, undo)
            comparison.compare_events()
            comparison.step("start", "alpha")
            for words in LOOKS:
                comparison.compare("running", words)
            for words, undo in RUNNING_CHANGES:
                comparison.compare("running", words, undo)
        finally:
            for name in ("alpha", "beta-longer", "gamma"):
                comparison.run(options.virsh, ["destroy", name])
                comparison.run(options.virsh, ["undefine", name])
    print(f"{comparison.count} commands compared, {len(comparison.differences)} differ")
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())
