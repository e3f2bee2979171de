#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one daemon under vbench in private mount, network and pid namespaces.

The daemon under test sees private /run, /etc/libvirt, /var/{lib,log,cache}/libvirt,
its own loopback-only network and its own pid 1, so it cannot meet the libvirtd
of the machine. Results: JSON lines in --out (appended).
"""
import argparse, json, os, shlex, shutil, signal, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get("B") or os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "bench")
PRIVATE = ["/run", "/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt",
           "/etc/vireo", "/var/lib/vireo", "/var/log/vireo", "/var/cache/vireo"]
SUITES = ["connect", "rtt", "conc", "inflight", "raw", "event", "lifecycle", "pstart", "network", "storage", "xml", "scale"]


def args():
    p = argparse.ArgumentParser()
    p.add_argument("--name", default="libvirtd", help="label in the results")
    p.add_argument("--daemon-cmd", default="libvirtd", help="start command; must stay in the foreground")
    p.add_argument("--pre-cmd", action="append", default=[], help="run before it (helpers that daemonise), repeatable")
    p.add_argument("--socket", default="/run/libvirt/libvirt-sock")
    p.add_argument("--uri", help="default: qemu+unix:///system?socket=SOCKET")
    p.add_argument("--suites", default=",".join(SUITES), help="of: " + ",".join(SUITES))
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--first-round", type=int, default=1, help="number of the first round in the results")
    p.add_argument("--scale", default="100,1000,3000")
    p.add_argument("--secs", type=float, default=1.0)
    p.add_argument("--idle-secs", type=float, default=10)
    p.add_argument("--size", type=int, default=1024, help="MiB of the storage test")
    p.add_argument("--documents", default="", help="suite xml: directory with documents of domains, *.xml")
    p.add_argument("--backing", choices=["tmpfs", "disk"], default="tmpfs", help="what holds the private directories")
    p.add_argument("--storage-dir", default="", help="default: on the private /var/lib/libvirt")
    p.add_argument("--kvm", choices=["udev", "as-is"], default="udev",
                   help="udev: give /dev/kvm the root:kvm 0660 a Debian host with udev gives it")
    p.add_argument("--reaper", choices=["prompt", "slow"], default="prompt",
                   help="slow: pid 1 reaps orphans every 2 s, as some VM sandboxes do")
    p.add_argument("--dbus", choices=["on", "off"], default="on")
    p.add_argument("--env", action="append", default=[], help="VAR=VALUE for the daemon")
    p.add_argument("--conf", action="append", default=[], help="FILE:LINE appended under /etc/libvirt (non-default config)")
    p.add_argument("--no-restart", action="store_true", help="scale: do not restart (a daemon that keeps nothing)")
    p.add_argument("--no-floor", action="store_true")
    p.add_argument("--out", default="results.jsonl")
    p.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    p.add_argument("--etc-copy", default="", help=argparse.SUPPRESS)
    p.add_argument("--disk-dir", default="", help=argparse.SUPPRESS)
    a = p.parse_args()
    a.uri = a.uri or f"qemu+unix:///system?socket={a.socket}"
    return a


def outer(a):
    subprocess.run(["make", "-s", "-C", HERE, f"B={BIN}"], check=True)
    a.out = os.path.abspath(a.out)
    tmp = tempfile.mkdtemp(prefix="vireo-bench-", dir="/var/tmp")
    etc = os.path.join(tmp, "etc")
    os.mkdir(etc)
    # The distribution's own configuration files, no domains, pools or networks.
    for f in os.listdir("/etc/libvirt") if os.path.isdir("/etc/libvirt") else []:
        src = os.path.join("/etc/libvirt", f)
        if f.endswith(".conf"):
            shutil.copy2(src, etc)
        elif f == "nwfilter":
            shutil.copytree(src, os.path.join(etc, f))
    argv = sys.argv[1:] + ["--out", a.out, "--inner", "--etc-copy", etc, "--disk-dir", tmp]
    env = dict(os.environ, B=BIN)
    if a.reaper == "slow":
        env["NSINIT_REAP_MS"] = "1800"
    try:
        return subprocess.run(["unshare", "-m", "-n", "-p", "-f", "--mount-proc", "--kill-child=SIGKILL",
                               f"{BIN}/nsinit", sys.executable, os.path.abspath(__file__)] + argv, env=env).returncode
    finally:
        shutil.rmtree(tmp, ignore_errors=True)


def sh(*c):
    subprocess.run(c, check=True)


def prepare(a):
    for d in PRIVATE:
        os.makedirs(d, exist_ok=True)
        if a.backing == "disk" and d != "/run":
            b = os.path.join(a.disk_dir, "state", d.strip("/").replace("/", "_"))
            os.makedirs(b, mode=0o755)
            sh("mount", "--bind", b, d)
        else:
            sh("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", d)
    # a fresh /sys shows this network namespace's devices; keep the cgroups
    os.makedirs("/run/.cg")
    sh("mount", "--rbind", "/sys/fs/cgroup", "/run/.cg")
    sh("mount", "-t", "sysfs", "sysfs", "/sys")
    sh("mount", "--rbind", "/run/.cg", "/sys/fs/cgroup")
    sh("umount", "-l", "/run/.cg")
    for f in os.listdir(a.etc_copy):
        s = os.path.join(a.etc_copy, f)
        (shutil.copytree if os.path.isdir(s) else shutil.copy2)(s, os.path.join("/etc/libvirt", f))
    for c in a.conf:
        f, line = c.split(":", 1)
        with open(os.path.join("/etc/libvirt", f), "a") as h:
            h.write("\n" + line + "\n")
    for d in ["/run/lock", "/run/libvirt", "/var/lib/libvirt/qemu", "/var/lib/libvirt/images",
              "/var/lib/libvirt/dnsmasq", "/var/lib/libvirt/boot", "/var/log/libvirt/qemu"]:
        os.makedirs(d, exist_ok=True)
    try:
        shutil.chown("/var/lib/libvirt/qemu", "libvirt-qemu", "libvirt-qemu")
    except LookupError:
        pass
    if a.kvm == "udev" and os.path.exists("/dev/kvm"):
        st = os.stat("/dev/kvm")
        os.mknod("/run/kvm.node", 0o600 | 0o020000, st.st_rdev)
        try:
            shutil.chown("/run/kvm.node", "root", "kvm")
        except LookupError:
            pass
        os.chmod("/run/kvm.node", 0o660)
        sh("mount", "--bind", "/run/kvm.node", "/dev/kvm")
    if a.dbus == "on":
        os.makedirs("/run/dbus", exist_ok=True)
        sh("dbus-daemon", "--system", "--fork", "--nopidfile")


def tree_pids(skip):
    r = []
    for p in os.listdir("/proc"):
        if p.isdigit() and int(p) not in skip:
            try:
                with open(f"/proc/{p}/cmdline", "rb") as f:
                    c = f.read().split(b"\0")[0].decode()
            except OSError:
                continue
            r.append((int(p), os.path.basename(c)))
    return r


def mem(pid):
    m = {}
    try:
        for line in open(f"/proc/{pid}/status"):
            k, _, v = line.partition(":")
            if k in ("VmRSS", "VmHWM"):
                m[k + "_kb"] = int(v.split()[0])
            if k == "Threads":
                m["threads"] = int(v)
        for line in open(f"/proc/{pid}/smaps_rollup"):
            k, _, v = line.partition(":")
            if k in ("Pss", "Private_Dirty"):
                m[k + "_kb"] = int(v.split()[0])
    except OSError:
        pass
    return m


def cpu_ms(pid):
    try:
        f = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(f[11]) + int(f[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def wakeups(pid):
    n = 0
    try:
        for t in os.listdir(f"/proc/{pid}/task"):
            for line in open(f"/proc/{pid}/task/{t}/status"):
                if line.startswith(("voluntary_ctxt", "nonvoluntary_ctxt")):
                    n += int(line.split()[1])
    except OSError:
        pass
    return n


class Bench:
    def __init__(self, a):
        self.a, self.round, self.proc = a, 0, None
        self.log = open("/var/tmp/.vb.%d.log" % os.getpid(), "w+")
        os.unlink(self.log.name)

    def rec(self, r):
        r.setdefault("target", self.a.name)
        r["round"], r["backing"], r["kvm"], r["reaper"] = self.round, self.a.backing, self.a.kvm, self.a.reaper
        with open(self.a.out, "a") as f:
            f.write(json.dumps(r) + "\n")

    def vb(self, test, *extra, uri=None):
        c = [f"{BIN}/vbench", "--uri", self.a.uri if uri is None else uri, "--label", self.a.name,
             "--test", test, "--secs", str(self.a.secs), *map(str, extra)]
        if self.proc and test != "ready":
            c += ["--daemon-pid", str(self.proc.pid)]
        if self.a.no_floor:
            c += ["--no-floor"]
        t = time.monotonic()
        p = subprocess.run(c, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
        for line in p.stdout.splitlines():
            try:
                self.rec(json.loads(line))
            except ValueError:
                print("bad line:", line)
        print(f"  [{self.a.name} r{self.round}] {test} {' '.join(map(str, extra))} "
              f"{time.monotonic() - t:.1f}s rc={p.returncode} {p.stderr.strip()[:300]}", flush=True)
        return p.returncode

    def start(self, expect=0):
        env = dict(os.environ)
        env.pop("NSINIT_REAP_MS", None)
        env.update(e.split("=", 1) for e in self.a.env)
        t0 = time.monotonic()
        self.proc = subprocess.Popen(shlex.split(self.a.daemon_cmd), env=env, stdin=subprocess.DEVNULL,
                                     stdout=self.log, stderr=self.log)
        if self.vb("ready", "--t0", f"{t0:.6f}", "--expect", expect):
            self.log.seek(0)
            sys.exit("daemon did not come up:\n" + self.log.read()[-3000:])

    def stop(self):
        t0 = time.monotonic()
        self.proc.send_signal(signal.SIGTERM)
        try:
            self.proc.wait(20)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            self.proc.wait()
        self.rec({"test": "stop", "variant": "SIGTERM->exit", "ms": round((time.monotonic() - t0) * 1e3, 1)})
        self.proc = None

    def footprint(self, n, when=""):
        time.sleep(1)
        own = {1, os.getpid(), os.getppid()}
        main, helpers = self.proc.pid, {}
        c0, w0, t0 = cpu_ms(main), wakeups(main), time.monotonic()
        time.sleep(self.a.idle_secs)
        dt = time.monotonic() - t0
        r = {"test": "footprint", "variant": f"{n} domains{when}", "domains": n, **mem(main),
             "idle_cpu_ms_per_s": round((cpu_ms(main) - c0) / dt, 3), "idle_wakeups_per_s": round((wakeups(main) - w0) / dt, 2)}
        for p, name in tree_pids(own | {main}):
            if name and not name.startswith(("qemu-system", "dnsmasq", "dbus-daemon", "vbench", "nsinit")):
                helpers[f"{name}:{p}"] = mem(p)
        r["helpers"] = helpers
        r["total_Pss_kb"] = r.get("Pss_kb", 0) + sum(h.get("Pss_kb", 0) for h in helpers.values())
        self.rec(r)

    def one_round(self):
        a, s = self.a, set(self.a.suites.split(","))
        self.start()
        if self.round == self.a.first_round:  # first start fills the daemon's caches; count the next
            self.vb("define-small", "--n", 1, "--prefix", "vbwarm")
            self.vb("undefine", "--prefix", "vbwarm")
        self.stop()
        self.start()
        if "scale" in s:
            self.footprint(0)
        if "connect" in s:
            self.vb("connect")
        if "rtt" in s:
            self.vb("sockfloor")
            self.vb("rtt")
        if "conc" in s:
            self.vb("conc", "--calls", "libversion,getinfo")
        if "inflight" in s:
            self.vb("inflight", "--calls", "libversion,getinfo")
        if "raw" in s:
            self.vb("raw")
        if "event" in s:
            self.vb("event")
        if "lifecycle" in s:
            self.vb("lifecycle")
        if "pstart" in s:
            self.vb("pstart")
        if "network" in s:
            self.vb("network")
        if "storage" in s:
            d = a.storage_dir or "/var/lib/libvirt/images"
            os.makedirs(d, exist_ok=True)
            self.vb("storage", "--dir", d, "--size", a.size)
        if "xml" in s:
            self.vb("xml", *(["--dir", a.documents] if a.documents else []))
        if "scale" in s:
            have = 0
            if not a.no_floor:
                self.vb("filefloor", "--dir", "/etc/libvirt")
            for n in map(int, a.scale.split(",")):
                if n <= have:
                    continue
                self.vb("define", "--n", n - have, "--base", have)
                have = n
                self.vb("list")
                if n >= 1000:
                    self.footprint(n)
                    if a.no_restart:
                        continue
                    self.stop()
                    self.start(expect=n)
                    self.footprint(n, " after restart")
            self.vb("undefine")
            self.vb("define-clients")
            self.vb("undefine")
        self.stop()

    def run(self):
        for c in self.a.pre_cmd:
            subprocess.run(shlex.split(c), check=True, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for self.round in range(self.a.first_round, self.a.first_round + self.a.rounds):
            self.one_round()


def main():
    a = args()
    if not a.inner:
        return outer(a)
    prepare(a)
    Bench(a).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
