#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""summarize.py RESULTS.jsonl [RESULTS.jsonl ...]
One Markdown row per figure: the median over rounds of each round's p50, the
spread of the rounds, and, when two targets are given, their ratio, beside the
least that it shall be. Bare floors are listed under the target whose run
measured them."""
import json, re, statistics as st, sys
from collections import OrderedDict

# The ratio to libvirtd that a row is held to. Where the floor of the same run (the null server) is nearer than that, 1.1
# times the floor is enough. Rows of one connection count with --busy only.
LEAST = [(r"connect: open\+close", 2.5), (r"rtt: dumpxml", 5), (r"rtt: ", 3), (r"conc: .*/(16|64)$", 2.2),
         (r"raw: .* 1x32$", 15), (r"raw: .* 16x5$", 12), (r"define: (small|typical)/", 4), (r"undefine: \d{3,}$", 3),
         (r"list: ListAllDomains/1000$", 2), (r"list: GetAllDomainStats\(all\)/1000$", 4.5),
         (r"list: GetXMLDesc of each/1000$", 6), (r"event: define call", 4), (r"xml: dumpxml", 5), (r"xml: ", 10)]


def load(paths):
    d = OrderedDict()
    for p in paths:
        for line in open(p):
            r = json.loads(line)
            d.setdefault((r.get("test"), r.get("variant", "")), OrderedDict()).setdefault(r["target"], []).append(r)
    return d


def fmt_us(v):
    return f"{v / 1e6:.2f} s" if v >= 1e6 else f"{v / 1e3:.1f} ms" if v >= 1e4 else f"{v / 1e3:.2f} ms" if v >= 1e3 else f"{v:.0f} us"


def main():
    d = load(sys.argv[1:])
    targets = list(OrderedDict((t, 1) for x in d.values() for t in x))
    print("| figure | " + " | ".join(f"{t}: p50 (rounds min..max), p99, ops/s, n, CPU/op" for t in targets) +
          (" | p50 ratio | at least |" if len(targets) > 1 else " |"))
    print("|---" * (len(targets) + 1 + 2 * (len(targets) > 1)) + "|")
    for (test, var), by in d.items():
        cells, p50s = [], []
        for t in targets:
            rs = by.get(t)
            if not rs or "error" in rs[0]:
                cells.append("")
                continue
            if "p50_us" in rs[0]:
                p = [r["p50_us"] for r in rs]
                m = st.median(p)
                p50s.append(m)
                c = f"{fmt_us(m)} ({fmt_us(min(p))}..{fmt_us(max(p))}), p99 {fmt_us(st.median(r['p99_us'] for r in rs))}"
                if rs[0]["ops_s"]:
                    c += f", {st.median(r['ops_s'] for r in rs):,.0f}/s"
                c += f", n={sum(r['n'] for r in rs)}"
                if "daemon_cpu_us_op" in rs[0]:
                    c += f", cpu {fmt_us(st.median(r['daemon_cpu_us_op'] for r in rs))}"
                if "MiB_s_median" in rs[0]:
                    c += f", {st.median(r['MiB_s_median'] for r in rs):.0f} MiB/s"
                if "wall_ms" in rs[0]:
                    c += f", wall {st.median(r['wall_ms'] for r in rs):.0f} ms"
            else:
                keys = [k for k, v in rs[0].items() if isinstance(v, (int, float)) and k not in ("round", "domains")]
                c = ", ".join(f"{k} {st.median(r.get(k, 0) for r in rs):g}" for k in keys) + f" (n={len(rs)})"
            cells.append(c)
        ratio = f"{p50s[0] / p50s[1]:.1f}x" if len(p50s) == 2 and p50s[1] else ""
        least = next((f"{factor}x" for row, factor in LEAST if ratio and re.match(row, f"{test}: {var}")), "")
        print(f"| {test}: {var} | " + " | ".join(cells) + (f" | {ratio} | {least} |" if len(targets) > 1 else " |"))


main()
