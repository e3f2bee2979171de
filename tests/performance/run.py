#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`./dev bench`: measures vireod beside libvirtd in alternating rounds and prints a table of ratios.

Needs root. Each round runs one daemon in its own mount, network and pid namespaces (run_bench.py), first libvirtd, then
vireod, so that a noisy neighbour hits both. The null server (vnull) shows what the client library costs by itself.
"""
import argparse, os, shlex, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BIN = os.path.join(TOP, "build", "bench")


def arguments():
    p = argparse.ArgumentParser(prog="./dev bench")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--suites", default="connect,rtt,conc,raw,event,lifecycle,pstart,xml,scale",
                   help="of: connect rtt conc inflight raw event lifecycle pstart network storage xml scale; launch (vireo alone)")
    p.add_argument("--documents", default="",
                   help="suite xml: a directory with documents of domains (*.xml), for domxml-to-native of all of them")
    p.add_argument("--scale", default="100,1000", help="numbers of domains of the suite scale")
    p.add_argument("--no-libvirtd", action="store_true", help="measure vireod alone")
    p.add_argument("--null", action="store_true", help="measure the null server too (suites of calls only)")
    p.add_argument("--busy", action="store_true",
                   help="two idle-priority loops keep the CPUs awake: for the rows of one connection")
    p.add_argument("--out", default=os.path.join(BIN, "results.jsonl"))
    return p.parse_args()


def daemons(a):
    if not a.no_libvirtd:
        yield ["--name", "libvirtd", "--pre-cmd", "virtlogd -d", "--pre-cmd", "virtlockd -d"]
    if a.null:
        suites = ",".join(s for s in a.suites.split(",") if s in ("connect", "rtt", "conc", "inflight", "raw", "scale"))
        yield ["--name", "vnull", "--daemon-cmd", f"{BIN}/vnull /run/vnull.sock", "--socket", "/run/vnull.sock",
               "--suites", suites, "--no-restart"]
    yield ["--name", "vireod", "--daemon-cmd", shlex.quote(os.path.join(TOP, "build/release/bin/vireod"))]


def main():
    a = arguments()
    if os.geteuid() != 0:
        sys.exit("./dev bench needs root: it starts libvirtd in namespaces of its own")
    suites = a.suites.split(",")
    if "launch" in suites:
        subprocess.run([os.path.join(TOP, "dev"), "guest"], check=True)
        subprocess.run(["/usr/bin/python3", os.path.join(HERE, "launch.py"), "--rounds", str(a.rounds)], check=True)
        a.suites = ",".join(suite for suite in suites if suite != "launch")
        if not a.suites:
            return
    os.makedirs(BIN, exist_ok=True)
    if os.path.exists(a.out):
        os.remove(a.out)
    env = dict(os.environ, B=BIN)
    busy = [subprocess.Popen(["nice", "-n", "19", "sh", "-c", "while :; do :; done"])
            for _ in range(os.cpu_count() or 1)] if a.busy else []
    try:
        for number in range(1, a.rounds + 1):
            for daemon in daemons(a):
                command = [sys.executable, os.path.join(HERE, "run_bench.py"), "--rounds", "1",
                           "--first-round", str(number), "--suites", a.suites, "--scale", a.scale, "--documents", a.documents,
                           "--out", a.out]
                subprocess.run(command + daemon, check=True, env=env)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    subprocess.run([sys.executable, os.path.join(HERE, "summarize.py"), a.out], check=True)


if __name__ == "__main__":
    main()
