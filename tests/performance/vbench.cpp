// SPDX-License-Identifier: Apache-2.0
// vbench: load generator over the stock libvirt client library.
// One test per invocation; every figure is one JSON line on stdout.
//   vbench --uri URI --test TEST [options]       (see usage())
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <linux/sockios.h>
#include <map>
#include <mutex>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <vector>

using std::string;
using std::vector;

static double now() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

// ---- options ---------------------------------------------------------------
static struct {
    string uri, test, label = "daemon", prefix = "vb", dir, calls = "libversion,getinfo,lookup,dumpxml";
    string threads = "1,4,16,64", qemu = "/usr/bin/qemu-system-x86_64";
    int n = 0, base = 0, size_mib = 1024, timeout_ms = 60000, expect = -1;
    double secs = 1.5, t0 = 0;
    bool floor = true;
    vector<int> pids;
} opt;

static vector<string> split(const string& s) {
    vector<string> v;
    size_t a = 0;
    while (a <= s.size()) {
        size_t b = s.find(',', a);
        if (b == string::npos) b = s.size();
        if (b > a) v.push_back(s.substr(a, b - a));
        a = b + 1;
    }
    return v;
}

// ---- statistics and output ---------------------------------------------------
// CPU time (us) the daemon's processes have used; -1 when not told which.
static double daemon_cpu_us() {
    if (opt.pids.empty()) return -1;
    double t = 0;
    for (int p : opt.pids) {
        char path[64], b[1024];
        snprintf(path, sizeof path, "/proc/%d/stat", p);
        FILE* f = fopen(path, "re");
        if (!f) continue;
        size_t r = fread(b, 1, sizeof b - 1, f);
        fclose(f);
        b[r] = 0;
        char* q = strrchr(b, ')');
        unsigned long u = 0, s = 0;
        if (q && sscanf(q + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s) == 2)
            t += (u + s) * 1e6 / sysconf(_SC_CLK_TCK);
    }
    return t;
}
static double pct(const vector<double>& v, double p) {
    if (v.empty()) return 0;
    size_t k = (size_t)std::ceil(p * v.size());
    return v[k ? k - 1 : 0];
}
static std::mutex out_mx;
static void emit(const string& test, const string& variant, vector<double> us, double wall, double cpu0 = -1,
                 const string& extra = "") {
    double cpu = cpu0 >= 0 ? daemon_cpu_us() - cpu0 : -1;
    std::sort(us.begin(), us.end());
    std::lock_guard<std::mutex> g(out_mx);
    printf("{\"target\":\"%s\",\"test\":\"%s\",\"variant\":\"%s\",\"n\":%zu,\"secs\":%.4f,\"ops_s\":%.1f,"
           "\"p50_us\":%.1f,\"p95_us\":%.1f,\"p99_us\":%.1f,\"min_us\":%.1f,\"max_us\":%.1f",
           opt.label.c_str(), test.c_str(), variant.c_str(), us.size(), wall, wall > 0 ? us.size() / wall : 0,
           pct(us, .5), pct(us, .95), pct(us, .99), us.empty() ? 0 : us.front(), us.empty() ? 0 : us.back());
    if (cpu >= 0 && !us.empty()) printf(",\"daemon_cpu_us_op\":%.1f", cpu / us.size());
    printf("%s}\n", extra.c_str());
    fflush(stdout);
}
static void fail(const string& what) {
    virErrorPtr e = virGetLastError();
    printf("{\"target\":\"%s\",\"test\":\"%s\",\"error\":\"%s\"}\n", opt.label.c_str(), opt.test.c_str(),
           what.c_str());
    fflush(stdout);
    fprintf(stderr, "vbench: %s: %s\n", what.c_str(), e && e->message ? e->message : "no libvirt error");
    exit(1);
}
static virConnectPtr open_conn() {
    virConnectPtr c = virConnectOpen(opt.uri.c_str());
    if (!c) fail("open");
    return c;
}

// ---- domain XML -----------------------------------------------------------------
static string uuid_of(int k, int salt) {
    char b[40];
    snprintf(b, sizeof b, "%08x-0000-4000-8000-%04x%08x", 0xb0000000u + salt, salt & 0xffff, k);
    return b;
}
static string xml_small(const string& name, int k) {
    return "<domain type='qemu'><name>" + name + "</name><uuid>" + uuid_of(k, 1) +
           "</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>"
           "<os><type arch='x86_64' machine='pc'>hvm</type></os><devices><emulator>" +
           opt.qemu + "</emulator><serial type='file'><source path='/var/lib/libvirt/qemu/" + name +
           ".serial'/><target port='0'/></serial><memballoon model='none'/></devices></domain>";
}
// what virt-install writes for an ordinary guest, before the daemon fills it in
static string xml_typical(const string& name, int k) {
    char mac[32];
    snprintf(mac, sizeof mac, "52:54:00:%02x:%02x:%02x", (k >> 16) & 255, (k >> 8) & 255, k & 255);
    return "<domain type='qemu'>\n  <name>" + name + "</name>\n  <uuid>" + uuid_of(k, 2) +
           "</uuid>\n"
           "  <metadata><bench:m xmlns:bench='urn:bench'>guest</bench:m></metadata>\n"
           "  <memory unit='MiB'>2048</memory>\n  <currentMemory unit='MiB'>2048</currentMemory>\n"
           "  <vcpu placement='static'>2</vcpu>\n"
           "  <os><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os>\n"
           "  <features><acpi/><apic/></features>\n  <clock offset='utc'><timer name='rtc' "
           "tickpolicy='catchup'/>"
           "<timer name='pit' tickpolicy='delay'/><timer name='hpet' present='no'/></clock>\n"
           "  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>\n"
           "  <pm><suspend-to-mem enabled='no'/><suspend-to-disk enabled='no'/></pm>\n  <devices>\n"
           "    <emulator>" +
           opt.qemu +
           "</emulator>\n"
           "    <disk type='file' device='disk'><driver name='qemu' type='qcow2' discard='unmap'/>"
           "<source file='/var/lib/libvirt/images/" +
           name +
           ".qcow2'/><target dev='vda' bus='virtio'/></disk>\n"
           "    <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><target dev='sda' "
           "bus='sata'/><readonly/></disk>\n"
           "    <controller type='usb' model='qemu-xhci' ports='15'/><controller type='pci' "
           "model='pcie-root'/>\n"
           "    <controller type='pci' model='pcie-root-port'/><controller type='pci' "
           "model='pcie-root-port'/>\n"
           "    <interface type='network'><mac address='" +
           mac +
           "'/><source network='default'/><model type='virtio'/></interface>\n"
           "    <console type='pty'/>\n"
           "    <channel type='unix'><source mode='bind'/><target type='virtio' "
           "name='org.qemu.guest_agent.0'/></channel>\n"
           "    <input type='tablet' bus='usb'/><graphics type='vnc' port='-1'/><video><model "
           "type='vga'/></video>\n"
           "    <memballoon model='virtio'/><rng model='virtio'><backend "
           "model='random'>/dev/urandom</backend></rng>\n"
           "  </devices>\n</domain>\n";
}
static string dname(int k) {
    char b[64];
    snprintf(b, sizeof b, "%s-%05d", opt.prefix.c_str(), k);
    return b;
}
static void drop(virConnectPtr c, const string& name) {
    virDomainPtr d = virDomainLookupByName(c, name.c_str());
    if (!d) {
        virResetLastError();
        return;
    }
    virDomainDestroy(d);
    virDomainUndefine(d);
    virDomainFree(d);
    virResetLastError();
}

// ---- connect ------------------------------------------------------------------------
static void t_connect() {
    int n = opt.n ? opt.n : 200;
    vector<double> o, c, both;
    double cpu0 = daemon_cpu_us(), w0 = now();
    for (int i = 0; i < n; i++) {
        double a = now();
        virConnectPtr k = open_conn();
        double b = now();
        virConnectClose(k);
        double d = now();
        o.push_back((b - a) * 1e6);
        c.push_back((d - b) * 1e6);
        both.push_back((d - a) * 1e6);
    }
    double w = now() - w0;
    emit("connect", "open+close", both, w, cpu0);
    emit("connect", "open", o, w);
    emit("connect", "close", c, w);
}

// ---- round trips ---------------------------------------------------------------------
static string rtt_dom;
static bool one_call(const string& call, virConnectPtr c, virDomainPtr d) {
    if (call == "libversion") {
        unsigned long v;
        return virConnectGetLibVersion(c, &v) == 0;
    }
    if (call == "getinfo") {
        virDomainInfo i;
        return virDomainGetInfo(d, &i) == 0;
    }
    if (call == "lookup") {
        virDomainPtr x = virDomainLookupByName(c, rtt_dom.c_str());
        if (!x) return false;
        virDomainFree(x);
        return true;
    }
    if (call == "dumpxml") {
        char* x = virDomainGetXMLDesc(d, 0);
        if (!x) return false;
        free(x);
        return true;
    }
    return false;
}
static void drive(const string& test, const string& variant, const string& call, int T, bool shared,
                  double secs) {
    vector<virConnectPtr> cs;
    vector<virDomainPtr> ds;
    for (int i = 0; i < (shared ? 1 : T); i++) {
        cs.push_back(open_conn());
        virDomainPtr d = virDomainLookupByName(cs.back(), rtt_dom.c_str());
        if (!d) fail("lookup");
        ds.push_back(d);
    }
    vector<vector<double>> lat(T);
    std::atomic<int> ready{0};
    std::atomic<bool> go{false}, stop{false}, bad{false};
    vector<std::thread> th;
    for (int t = 0; t < T; t++)
        th.emplace_back([&, t] {
            virConnectPtr c = cs[shared ? 0 : t];
            virDomainPtr d = ds[shared ? 0 : t];
            lat[t].reserve(1 << 16);
            for (int i = 0; i < 3; i++) one_call(call, c, d);
            ready++;
            while (!go) usleep(100);
            while (!stop) {
                double a = now();
                if (!one_call(call, c, d)) {
                    bad = true;
                    break;
                }
                lat[t].push_back((now() - a) * 1e6);
            }
        });
    while (ready < T) usleep(200);
    double cpu0 = daemon_cpu_us(), w0 = now();
    go = true;
    usleep((useconds_t)(secs * 1e6));
    stop = true;
    for (auto& x : th) x.join();
    double w = now() - w0;
    if (bad) fail("call " + call);
    vector<double> all;
    for (auto& v : lat) all.insert(all.end(), v.begin(), v.end());
    emit(test, variant, all, w, cpu0, ",\"threads\":" + std::to_string(T));
    for (auto d : ds) virDomainFree(d);
    for (auto c : cs) virConnectClose(c);
}
static void with_rtt_dom(const std::function<void()>& f) {
    virConnectPtr c = open_conn();
    rtt_dom = opt.prefix + "-rtt";
    drop(c, rtt_dom);
    virDomainPtr d = virDomainDefineXML(c, xml_typical(rtt_dom, 0xfffff0).c_str());
    if (!d) fail("define rtt domain");
    virDomainFree(d);
    f();
    drop(c, rtt_dom);
    virConnectClose(c);
}
static void t_rtt() {
    with_rtt_dom([] {
        for (auto& k : split(opt.calls)) drive("rtt", k, k, 1, false, opt.secs);
    });
}
static void t_conc(bool shared) {
    with_rtt_dom([&] {
        for (auto& k : split(opt.calls))
            for (auto& t : split(opt.threads))
                drive(shared ? "inflight" : "conc", k + "/" + t, k, atoi(t.c_str()), shared, opt.secs);
    });
}
// ---- raw RPC: the daemon's own capacity, without the client library's costs -------------------
// Speaks the framing directly: C connections, K calls outstanding on each.
// GET_LIB_VERSION (high priority) and DOMAIN_GET_INFO (ordinary priority).
static string raw_msg(uint32_t proc, uint32_t serial, const string& body) {
    uint32_t h[7] = {
        htonl((uint32_t)(28 + body.size())), htonl(0x20008086), htonl(1), htonl(proc), 0, htonl(serial), 0};
    return string((char*)h, sizeof h) + body;
}
static bool raw_all(int fd, char* b, size_t n) {
    while (n) {
        ssize_t r = read(fd, b, n);
        if (r <= 0) return false;
        b += r;
        n -= r;
    }
    return true;
}
static bool raw_call(int fd, uint32_t proc, const string& body, string* reply = nullptr) {
    string m = raw_msg(proc, 0, body);
    if (write(fd, m.data(), m.size()) != (ssize_t)m.size()) return false;
    uint32_t len;
    if (!raw_all(fd, (char*)&len, 4)) return false;
    string r(ntohl(len) - 4, 0);
    if (!raw_all(fd, &r[0], r.size())) return false;
    if (reply) *reply = r;
    return r[23] == 0;
}
static string sock_path() {
    size_t at = opt.uri.find("socket=");
    return at == string::npos ? "/run/libvirt/libvirt-sock" : opt.uri.substr(at + 7);
}
static int raw_connect() {
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    strncpy(a.sun_path, sock_path().c_str(), sizeof a.sun_path - 1);
    if (connect(s, (sockaddr*)&a, sizeof a)) fail("raw connect");
    const char* u = "qemu:///system"; // 14 bytes, padded to 16
    uint32_t one = htonl(1), n = htonl(14), z = 0;
    string open = string((char*)&one, 4) + string((char*)&n, 4) + u + string(2, '\0') + string((char*)&z, 4);
    if (!raw_call(s, 66, "") || !raw_call(s, 1, open)) fail("raw open");
    return s;
}
static void drive_raw(const string& name, uint32_t proc, const string& body, int C, int K) {
    struct Cn {
        int fd;
        std::map<uint32_t, double> out;
        uint32_t serial = 1;
        string rd;
    };
    vector<Cn> cs(C);
    vector<pollfd> pf(C);
    for (int i = 0; i < C; i++) {
        cs[i].fd = raw_connect();
        pf[i] = {cs[i].fd, POLLIN, 0};
    }
    vector<double> v;
    v.reserve(1 << 18);
    double cpu0 = daemon_cpu_us(), w0 = now(), end = w0 + opt.secs;
    size_t outstanding = 0;
    bool open = true;
    auto refill = [&](Cn& c) {
        string m;
        double t = now();
        while (open && (int)c.out.size() < K) {
            m += raw_msg(proc, c.serial, body);
            c.out[c.serial++] = t;
            outstanding++;
        }
        if (!m.empty() && write(c.fd, m.data(), m.size()) != (ssize_t)m.size()) fail("raw write");
    };
    for (auto& c : cs) refill(c);
    static char b[1 << 16];
    while (outstanding) {
        if (poll(pf.data(), C, 5000) <= 0) fail("raw stalled");
        open = now() < end;
        for (int i = 0; i < C; i++) {
            if (!pf[i].revents) continue;
            Cn& c = cs[i];
            ssize_t r = read(c.fd, b, sizeof b);
            if (r <= 0) fail("raw read");
            c.rd.append(b, r);
            size_t p = 0;
            double t = now();
            while (c.rd.size() - p >= 28) {
                uint32_t len, ser, st;
                memcpy(&len, &c.rd[p], 4);
                memcpy(&ser, &c.rd[p + 20], 4);
                memcpy(&st, &c.rd[p + 24], 4);
                len = ntohl(len);
                if (c.rd.size() - p < len) break;
                auto it = c.out.find(ntohl(ser));
                if (st || it == c.out.end()) fail("raw reply");
                v.push_back((t - it->second) * 1e6);
                c.out.erase(it);
                outstanding--;
                p += len;
            }
            c.rd.erase(0, p);
            refill(c);
        }
    }
    emit("raw", name + " " + std::to_string(C) + "x" + std::to_string(K), v, now() - w0, cpu0);
    for (auto& c : cs) close(c.fd);
}
static void t_raw() {
    with_rtt_dom([] {
        int s = raw_connect();
        uint32_t n = htonl(rtt_dom.size());
        string body = string((char*)&n, 4) + rtt_dom + string((4 - rtt_dom.size() % 4) % 4, '\0'), rep;
        if (!raw_call(s, 23, body, &rep)) fail("raw lookup");
        close(s);
        string dom = rep.substr(24);
        int shape[][2] = {{1, 1}, {1, 5}, {1, 32}, {16, 1}, {16, 5}, {64, 5}};
        for (auto& k : shape) drive_raw("libversion", 157, "", k[0], k[1]);
        for (auto& k : shape) drive_raw("getinfo", 16, dom, k[0], k[1]);
    });
}
// bare unix-socket ping-pong of RPC-sized messages between two threads
static void t_sockfloor() {
    int sp[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sp)) return;
    std::thread srv([&] {
        char b[64];
        while (read(sp[1], b, 28) == 28)
            if (write(sp[1], b, 36) < 0) break;
    });
    vector<double> v;
    char b[64] = {};
    double w0 = now();
    while (now() - w0 < opt.secs) {
        double a = now();
        if (write(sp[0], b, 28) != 28 || read(sp[0], b, 36) != 36) break;
        v.push_back((now() - a) * 1e6);
    }
    double w = now() - w0;
    shutdown(sp[0], SHUT_RDWR);
    srv.join();
    emit("floor", "unix-socket ping-pong", v, w);
}

static void repeat(const string& test, const string& variant, const std::function<void()>& f, int maxn = 200);

// ---- documents ------------------------------------------------------------------------
/// A guest that fills its buses: its document is of the length that big installations have.
static string xml_large(const string& name) {
    auto x = xml_typical(name, 0);
    string more;
    for (int i = 1; i <= 60; i++) {
        char disk[8];
        snprintf(disk, sizeof disk, "vd%c%c", 'a' + i / 26, 'a' + i % 26);
        more += "<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none' io='native' "
                "discard='unmap'/><source file='/var/lib/libvirt/images/" +
                name + "-" + disk + ".qcow2'/><target dev='" + disk +
                "' bus='virtio'/><iotune><total_iops_sec>" + std::to_string(1000 + i) +
                "</total_iops_sec></iotune></disk>\n";
    }
    for (int i = 1; i <= 20; i++)
        more += "<channel type='unix'><source mode='bind'/><target type='virtio' name='org.example.bench." +
                std::to_string(i) + "'/></channel>\n";
    return x.insert(x.find("  </devices>"), more);
}
/// The documents of a directory, by the names of their files; none without --dir.
static vector<string> documents() {
    vector<std::filesystem::path> paths;
    if (!opt.dir.empty())
        for (const auto& entry : std::filesystem::directory_iterator(opt.dir))
            if (entry.path().extension() == ".xml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    vector<string> texts;
    for (const auto& path : paths) {
        std::ifstream file(path);
        texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return texts;
}
/// Reading, completing and writing a document, and QEMU's command line for it. Documents that the daemon
/// refuses count as well: refusing is an answer.
static void t_xml() {
    virConnectPtr c = open_conn();
    auto name = dname(0), large = xml_large(name);
    virDomainPtr d = nullptr;
    repeat("xml", "define a large domain again", [&] {
        if (d) virDomainFree(d);
        d = virDomainDefineXML(c, large.c_str());
        if (!d) fail("define");
    });
    auto dump = [&] {
        char* text = virDomainGetXMLDesc(d, VIR_DOMAIN_XML_INACTIVE);
        if (!text) fail("dumpxml");
        string copy = text;
        free(text);
        return copy;
    };
    auto shown = dump();
    repeat("xml", "dumpxml of it", dump);
    auto to_native = [&](const string& xml) {
        free(virConnectDomainXMLToNative(c, "qemu-argv", xml.c_str(), 0));
    };
    repeat("xml", "domxml-to-native of it", [&] { to_native(shown); });
    virDomainFree(d);
    drop(c, name);
    auto given = documents();
    if (!given.empty())
        repeat(
            "xml", "domxml-to-native of " + std::to_string(given.size()) + " documents",
            [&] {
                for (const auto& xml : given) to_native(xml);
            },
            5);
    virConnectClose(c);
}

// ---- define / undefine / list / stats -----------------------------------------------------
static void t_define(bool small) {
    virConnectPtr c = open_conn();
    int n = opt.n ? opt.n : 1000;
    vector<double> v;
    double cpu0 = daemon_cpu_us(), w0 = now();
    for (int i = 0; i < n; i++) {
        int k = opt.base + i;
        string x = small ? xml_small(dname(k), k) : xml_typical(dname(k), k);
        double a = now();
        virDomainPtr d = virDomainDefineXML(c, x.c_str());
        if (!d) fail("define");
        v.push_back((now() - a) * 1e6);
        virDomainFree(d);
    }
    emit("define", (small ? "small/" : "typical/") + std::to_string(n), v, now() - w0, cpu0);
    virConnectClose(c);
}
/// Definitions of many clients at once: a durable daemon shares its syncs among them.
static void t_define_clients() {
    int clients = 32, each = (opt.n ? opt.n : 3200) / clients;
    vector<virConnectPtr> cs;
    for (int t = 0; t < clients; t++) cs.push_back(open_conn());
    vector<vector<double>> lat(clients);
    std::atomic<int> ready{0};
    std::atomic<bool> go{false}, bad{false};
    vector<std::thread> th;
    for (int t = 0; t < clients; t++)
        th.emplace_back([&, t] {
            vector<string> documents;
            for (int i = 0; i < each; i++) {
                int k = opt.base + t * each + i;
                documents.push_back(xml_typical(dname(k), k));
            }
            ready++;
            while (!go) usleep(100);
            for (const auto& x : documents) {
                double a = now();
                virDomainPtr d = virDomainDefineXML(cs[t], x.c_str());
                if (!d) {
                    bad = true;
                    break;
                }
                lat[t].push_back((now() - a) * 1e6);
                virDomainFree(d);
            }
        });
    while (ready < clients) usleep(200);
    double cpu0 = daemon_cpu_us(), w0 = now();
    go = true;
    for (auto& t : th) t.join();
    double w = now() - w0;
    if (bad) fail("define");
    vector<double> all;
    for (auto& l : lat) all.insert(all.end(), l.begin(), l.end());
    emit("define", "typical, " + std::to_string(clients) + " clients at once", all, w, cpu0);
    for (auto c : cs) virConnectClose(c);
}
static void t_undefine() {
    virConnectPtr c = open_conn();
    virDomainPtr* ds = nullptr;
    int n = virConnectListAllDomains(c, &ds, VIR_CONNECT_LIST_DOMAINS_INACTIVE);
    if (n < 0) fail("list");
    vector<double> v;
    double cpu0 = daemon_cpu_us(), w0 = now();
    for (int i = 0; i < n; i++) {
        if (!strncmp(virDomainGetName(ds[i]), opt.prefix.c_str(), opt.prefix.size())) {
            double a = now();
            if (virDomainUndefine(ds[i]) < 0) fail("undefine");
            v.push_back((now() - a) * 1e6);
        }
        virDomainFree(ds[i]);
    }
    free(ds);
    emit("undefine", std::to_string(v.size()), v, now() - w0, cpu0);
    virConnectClose(c);
}
static void repeat(const string& test, const string& variant, const std::function<void()>& f, int maxn) {
    f();
    vector<double> v;
    double cpu0 = daemon_cpu_us(), w0 = now();
    while ((int)v.size() < maxn && (v.size() < 5 || now() - w0 < opt.secs)) {
        double a = now();
        f();
        v.push_back((now() - a) * 1e6);
    }
    emit(test, variant, v, now() - w0, cpu0);
}
static void t_list() {
    virConnectPtr c = open_conn();
    virDomainPtr* ds = nullptr;
    int n = virConnectListAllDomains(c, &ds, 0);
    if (n < 0) fail("list");
    string N = "/" + std::to_string(n);
    repeat("list", "ListAllDomains" + N, [&] {
        virDomainPtr* l = nullptr;
        int k = virConnectListAllDomains(c, &l, 0);
        if (k < 0) fail("list");
        for (int i = 0; i < k; i++) virDomainFree(l[i]);
        free(l);
    });
    auto stats = [&](unsigned what) {
        virDomainStatsRecordPtr* r = nullptr;
        if (virConnectGetAllDomainStats(c, what, &r, 0) < 0) fail("stats");
        virDomainStatsRecordListFree(r);
    };
    repeat("list", "GetAllDomainStats(all)" + N, [&] { stats(0); });
    repeat("list", "GetAllDomainStats(state)" + N, [&] { stats(VIR_DOMAIN_STATS_STATE); });
    repeat(
        "list", "GetInfo of each" + N,
        [&] {
            virDomainInfo inf;
            for (int i = 0; i < n; i++)
                if (virDomainGetInfo(ds[i], &inf) < 0) fail("info");
        },
        10);
    repeat(
        "list", "GetXMLDesc of each" + N,
        [&] {
            for (int i = 0; i < n; i++) {
                char* x = virDomainGetXMLDesc(ds[i], 0);
                if (!x) fail("xml");
                free(x);
            }
        },
        10);
    for (int i = 0; i < n; i++) virDomainFree(ds[i]);
    free(ds);
    virConnectClose(c);
}

// ---- bare QEMU (the floor of start and destroy) ------------------------------------------------
struct Bare {
    pid_t pid;
    int qmp;
    double qmp_us, run_us;
};
static bool qmp_line(int fd, const char* want) {
    string acc;
    char b[4096];
    for (;;) {
        ssize_t r = read(fd, b, sizeof b);
        if (r <= 0) return false;
        acc.append(b, r);
        if (acc.find(want) != string::npos && acc.back() == '\n') return true;
    }
}
static Bare bare_start(int k) {
    Bare r{};
    char path[108], ser[160], mon[64];
    snprintf(path, sizeof path, "/tmp/vb-qmp-%d-%d", getpid(), k);
    snprintf(ser, sizeof ser, "file,id=s0,path=%s.serial", path);
    int l = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    strcpy(a.sun_path, path);
    unlink(path);
    if (bind(l, (sockaddr*)&a, sizeof a) || listen(l, 1)) fail("bare qemu socket");
    snprintf(mon, sizeof mon, "socket,id=mon,fd=%d,server=on,wait=off", l);
    double t0 = now();
    r.pid = fork();
    if (r.pid == 0) {
        int n = open("/dev/null", O_RDWR);
        dup2(n, 0);
        dup2(n, 1);
        dup2(n, 2);
        execl(opt.qemu.c_str(), opt.qemu.c_str(), "-name", "vb-bare", "-S", "-machine",
              "pc,usb=off,dump-guest-core=off", "-accel", "tcg", "-cpu", "qemu64", "-m", "64", "-smp",
              "1,sockets=1,cores=1,threads=1", "-display", "none", "-no-user-config", "-nodefaults",
              "-chardev", mon, "-mon", "chardev=mon,mode=control", "-rtc", "base=utc", "-no-shutdown",
              "-boot", "strict=on", "-chardev", ser, "-device", "isa-serial,chardev=s0", "-device",
              "piix3-usb-uhci", "-sandbox",
              "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny", "-msg",
              "timestamp=on", (char*)nullptr);
        _exit(127);
    }
    close(l);
    r.qmp = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(r.qmp, (sockaddr*)&a, sizeof a)) fail("bare qemu connect");
    const char *cap = "{\"execute\":\"qmp_capabilities\"}\n", *cont = "{\"execute\":\"cont\"}\n";
    if (!qmp_line(r.qmp, "\"QMP\"") || write(r.qmp, cap, strlen(cap)) < 0 || !qmp_line(r.qmp, "\"return\""))
        fail("bare qmp");
    r.qmp_us = (now() - t0) * 1e6;
    if (write(r.qmp, cont, strlen(cont)) < 0 || !qmp_line(r.qmp, "\"return\"")) fail("bare cont");
    r.run_us = (now() - t0) * 1e6;
    unlink(path);
    unlink((string(path) + ".serial").c_str());
    return r;
}
static double bare_stop(Bare& b, int sig) {
    double t = now();
    kill(b.pid, sig);
    int st;
    waitpid(b.pid, &st, 0);
    double us = (now() - t) * 1e6;
    close(b.qmp);
    return us;
}
static void t_lifecycle() {
    int n = opt.n ? opt.n : 10;
    virConnectPtr c = opt.uri.empty() ? nullptr : open_conn();
    virDomainPtr d = nullptr;
    string name = opt.prefix + "-life";
    if (c) {
        drop(c, name);
        d = virDomainDefineXML(c, xml_small(name, 0x10000).c_str());
        if (!d) fail("define");
    }
    vector<double> st, de, qr, rr, kt, kk;
    double ws = 0, wd = 0, wb = 0;
    for (int i = 0; i <= n; i++) { // round 0 warms caches and is not counted
        if (d) {
            double a = now();
            if (virDomainCreate(d) < 0) fail("create");
            double b = now();
            int state = -1, reason;
            if (virDomainGetState(d, &state, &reason, 0) < 0 || state != VIR_DOMAIN_RUNNING)
                fail("not running");
            usleep(100000);
            double e = now();
            if (virDomainDestroy(d) < 0) fail("destroy");
            double f = now();
            if (i) {
                st.push_back((b - a) * 1e6);
                de.push_back((f - e) * 1e6);
                ws += b - a;
                wd += f - e;
            }
            usleep(50000);
        }
        if (opt.floor) {
            Bare q = bare_start(i);
            usleep(100000);
            double k = bare_stop(q, i % 2 ? SIGTERM : SIGKILL);
            if (i) {
                qr.push_back(q.qmp_us);
                rr.push_back(q.run_us);
                (i % 2 ? kt : kk).push_back(k);
                wb += q.run_us / 1e6;
            }
            usleep(50000);
        }
    }
    if (d) {
        emit("lifecycle", "start", st, ws);
        emit("lifecycle", "destroy", de, wd);
        virDomainUndefine(d);
        virDomainFree(d);
        virConnectClose(c);
    }
    if (opt.floor) {
        emit("floor", "bare qemu exec->QMP ready", qr, wb);
        emit("floor", "bare qemu exec->running", rr, wb);
        emit("floor", "bare qemu SIGTERM->reaped", kt, 0);
        emit("floor", "bare qemu SIGKILL->reaped", kk, 0);
    }
}
static void t_pstart() {
    int n = opt.n ? opt.n : 8;
    double t0, t1, t2;
    vector<double> st(n), de(n);
    if (!opt.uri.empty()) {
        vector<virConnectPtr> cs(n);
        vector<virDomainPtr> ds(n);
        for (int i = 0; i < n; i++) {
            cs[i] = open_conn();
            string nm = opt.prefix + "-par" + std::to_string(i);
            drop(cs[i], nm);
            if (!(ds[i] = virDomainDefineXML(cs[i], xml_small(nm, 0x20000 + i).c_str()))) fail("define");
        }
        auto all = [&](const std::function<void(int)>& f) {
            vector<std::thread> th;
            for (int i = 0; i < n; i++) th.emplace_back(f, i);
            for (auto& x : th) x.join();
        };
        t0 = now();
        all([&](int i) {
            double a = now();
            if (virDomainCreate(ds[i]) < 0) fail("create");
            st[i] = (now() - a) * 1e6;
        });
        t1 = now();
        usleep(200000);
        double t1b = now();
        all([&](int i) {
            double a = now();
            if (virDomainDestroy(ds[i]) < 0) fail("destroy");
            de[i] = (now() - a) * 1e6;
        });
        t2 = now();
        char x[64];
        snprintf(x, sizeof x, ",\"wall_ms\":%.1f", (t1 - t0) * 1e3);
        emit("pstart", "start x" + std::to_string(n), st, t1 - t0, -1, x);
        snprintf(x, sizeof x, ",\"wall_ms\":%.1f", (t2 - t1b) * 1e3);
        emit("pstart", "destroy x" + std::to_string(n), de, t2 - t1b, -1, x);
        for (int i = 0; i < n; i++) {
            virDomainUndefine(ds[i]);
            virDomainFree(ds[i]);
            virConnectClose(cs[i]);
        }
    }
    if (opt.floor) {
        vector<Bare> bs(n);
        vector<double> v(n);
        vector<std::thread> th;
        t0 = now();
        for (int i = 0; i < n; i++)
            th.emplace_back([&, i] {
                bs[i] = bare_start(1000 + i);
                v[i] = bs[i].run_us;
            });
        for (auto& x : th) x.join();
        t1 = now();
        for (auto& b : bs) bare_stop(b, SIGKILL);
        char x[64];
        snprintf(x, sizeof x, ",\"wall_ms\":%.1f", (t1 - t0) * 1e3);
        emit("floor", "bare qemu x" + std::to_string(n) + " parallel exec->running", v, t1 - t0, -1, x);
    }
}

// ---- events ----------------------------------------------------------------------------------------
static std::mutex ev_mx;
static std::condition_variable ev_cv;
static double ev_at;
static string ev_want;
static void on_event(virConnectPtr, virDomainPtr d, int event, int, void*) {
    double t = now();
    if (event != VIR_DOMAIN_EVENT_DEFINED) return;
    std::lock_guard<std::mutex> g(ev_mx);
    if (ev_want == virDomainGetName(d)) {
        ev_at = t;
        ev_cv.notify_all();
    }
}
static void t_event() {
    int n = opt.n ? opt.n : 100;
    virConnectPtr def = open_conn(); // opened before the event loop exists: plain blocking client
    if (virEventRegisterDefaultImpl() < 0) fail("event impl");
    std::atomic<bool> stop{false};
    static int tick = 0;
    int timer = virEventAddTimeout(20, [](int, void*) { tick++; }, nullptr, nullptr);
    std::thread loop([&] {
        while (!stop) virEventRunDefaultImpl();
    });
    virConnectPtr ev = open_conn();
    int id = virConnectDomainEventRegisterAny(ev, nullptr, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                              VIR_DOMAIN_EVENT_CALLBACK(on_event), nullptr, nullptr);
    if (id < 0) fail("event register");
    vector<double> full, after;
    double w0 = now();
    for (int i = 0; i < n; i++) {
        string nm = opt.prefix + "-ev" + std::to_string(i), x = xml_small(nm, 0x30000 + i);
        {
            std::lock_guard<std::mutex> g(ev_mx);
            ev_want = nm;
            ev_at = 0;
        }
        double a = now();
        virDomainPtr d = virDomainDefineXML(def, x.c_str());
        double b = now();
        if (!d) fail("define");
        {
            std::unique_lock<std::mutex> l(ev_mx);
            if (!ev_cv.wait_for(l, std::chrono::seconds(5), [] { return ev_at != 0; })) fail("event lost");
            full.push_back((ev_at - a) * 1e6);
            after.push_back((ev_at - b) * 1e6);
        }
        virDomainUndefine(d);
        virDomainFree(d);
    }
    double w = now() - w0;
    emit("event", "define call->event on other connection", full, w);
    emit("event", "define return->event (negative: event first)", after, w);
    virConnectDomainEventDeregisterAny(ev, id);
    virConnectClose(ev);
    virConnectClose(def);
    stop = true;
    virEventUpdateTimeout(timer, 0);
    loop.join();
}

// ---- storage -----------------------------------------------------------------------------------------
static int run_cmd(const char* a, const char* b, const char* c, const char* out) {
    pid_t p = fork();
    if (p == 0) {
        if (out) {
            int f = open(out, O_WRONLY);
            dup2(f, 1);
        }
        execlp(a, a, b, c, (char*)nullptr);
        _exit(127);
    }
    int st;
    waitpid(p, &st, 0);
    return st;
}
static void sync_file(const string& p) {
    int f = open(p.c_str(), O_RDONLY | O_CLOEXEC);
    if (f >= 0) {
        fdatasync(f);
        close(f);
    }
}
static void t_storage() {
    if (opt.dir.empty()) fail("--dir needed");
    int reps = opt.n ? opt.n : 3;
    size_t bytes = (size_t)opt.size_mib << 20, chunk = 256 << 10;
    string src = opt.dir + "/vb-src", dst = opt.dir + "/vb-dst", pdir = opt.dir + "/vb-pool";
    mkdir(pdir.c_str(), 0755);
    vector<char> buf(chunk);
    for (size_t i = 0; i < chunk; i++) buf[i] = (char)(i * 2654435761u >> 13) | 1;
    {
        int f = open(src.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
        for (size_t o = 0; o < bytes; o += chunk)
            if (write(f, buf.data(), chunk) != (ssize_t)chunk) fail("source file");
        fdatasync(f);
        close(f);
    }
    auto mb = [&](const char* variant, vector<double> v, double cpu0 = -1) {
        std::sort(v.begin(), v.end());
        char x[96];
        snprintf(x, sizeof x, ",\"MiB\":%d,\"MiB_s_median\":%.0f", opt.size_mib,
                 opt.size_mib / (pct(v, .5) / 1e6));
        double s = 0;
        for (double d : v) s += d / 1e6;
        emit(strncmp(variant, "floor", 5) ? "storage" : "floor", variant, v, s, cpu0, x);
    };
    virConnectPtr c = opt.uri.empty() ? nullptr : open_conn();
    if (c) {
        string px = "<pool type='dir'><name>" + opt.prefix + "-pool</name><target><path>" + pdir +
                    "</path></target></pool>";
        vector<double> pc, pd, vc, vd, up, dn;
        for (int i = 0; i < 10; i++) {
            double a = now();
            virStoragePoolPtr p = virStoragePoolCreateXML(c, px.c_str(), 0);
            double b = now();
            if (!p) fail("pool create");
            double e = now();
            virStoragePoolDestroy(p);
            double f = now();
            virStoragePoolFree(p);
            pc.push_back((b - a) * 1e6);
            pd.push_back((f - e) * 1e6);
        }
        emit("storage", "dir pool create", pc, 0);
        emit("storage", "dir pool destroy", pd, 0);
        virStoragePoolPtr p = virStoragePoolCreateXML(c, px.c_str(), 0);
        if (!p) fail("pool create");
        auto volxml = [&](const char* nm, const char* fmt) {
            return string("<volume><name>") + nm + "</name><capacity unit='MiB'>" +
                   std::to_string(opt.size_mib) +
                   "</capacity><allocation>0</allocation><target><format type='" + fmt +
                   "'/></target></volume>";
        };
        for (const char* fmt : {"raw", "qcow2"}) {
            vc.clear();
            vd.clear();
            for (int i = 0; i < 20; i++) {
                double a = now();
                virStorageVolPtr v = virStorageVolCreateXML(p, volxml("vb-v", fmt).c_str(), 0);
                double b = now();
                if (!v) fail("vol create");
                double e = now();
                virStorageVolDelete(v, 0);
                double f = now();
                virStorageVolFree(v);
                vc.push_back((b - a) * 1e6);
                vd.push_back((f - e) * 1e6);
            }
            emit("storage", string("vol create ") + fmt, vc, 0);
            emit("storage", string("vol delete ") + fmt, vd, 0);
        }
        virStorageVolPtr v = virStorageVolCreateXML(p, volxml("vb-big", "raw").c_str(), 0);
        if (!v) fail("vol create");
        double cpu = daemon_cpu_us();
        for (int i = 0; i < reps; i++) {
            int f = open(src.c_str(), O_RDONLY | O_CLOEXEC);
            double a = now();
            virStreamPtr s = virStreamNew(c, 0);
            if (virStorageVolUpload(v, s, 0, bytes, 0) < 0) fail("upload");
            ssize_t r;
            while ((r = read(f, buf.data(), chunk)) > 0) {
                ssize_t o = 0;
                while (o < r) {
                    int k = virStreamSend(s, buf.data() + o, r - o);
                    if (k < 0) fail("stream send");
                    o += k;
                }
            }
            if (virStreamFinish(s) < 0) fail("finish");
            up.push_back((now() - a) * 1e6);
            virStreamFree(s);
            close(f);
        }
        mb("upload", up, cpu);
        cpu = daemon_cpu_us();
        for (int i = 0; i < reps; i++) {
            double a = now();
            virStreamPtr s = virStreamNew(c, 0);
            if (virStorageVolDownload(v, s, 0, bytes, 0) < 0) fail("download");
            size_t got = 0;
            int k;
            while ((k = virStreamRecv(s, buf.data(), chunk)) > 0) got += k;
            if (k < 0 || got != bytes) fail("stream recv");
            virStreamFinish(s);
            dn.push_back((now() - a) * 1e6);
            virStreamFree(s);
        }
        mb("download", dn, cpu);
        virStorageVolDelete(v, 0);
        virStorageVolFree(v);
        virStoragePoolDestroy(p);
        virStoragePoolFree(p);
        virConnectClose(c);
    }
    if (opt.floor) {
        vector<double> cp, cps, cat, sk, sd;
        for (int i = 0; i < reps; i++) {
            unlink(dst.c_str());
            double a = now();
            run_cmd("cp", src.c_str(), dst.c_str(), nullptr);
            double b = now();
            sync_file(dst);
            double e = now();
            cp.push_back((b - a) * 1e6);
            cps.push_back((e - a) * 1e6);
            a = now();
            run_cmd("cat", src.c_str(), nullptr, "/dev/null");
            cat.push_back((now() - a) * 1e6);
        }
        // file -> unix socket -> file (upload) or nowhere (download), 256 KiB chunks:
        // the least any stream over a local socket must do
        for (int i = 0; i < 2 * reps; i++) {
            bool keep = i % 2 == 0;
            unlink(dst.c_str());
            int sp[2];
            if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sp)) fail("socketpair");
            double a = now();
            std::thread rx([&] {
                vector<char> b(chunk);
                int f = keep ? open(dst.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644) : -1;
                ssize_t r;
                while ((r = read(sp[1], b.data(), chunk)) > 0)
                    if (keep && write(f, b.data(), r) != r) break;
                if (keep) close(f);
            });
            int f = open(src.c_str(), O_RDONLY | O_CLOEXEC);
            ssize_t r;
            while ((r = read(f, buf.data(), chunk)) > 0) {
                ssize_t o = 0;
                while (o < r) {
                    ssize_t k = write(sp[0], buf.data() + o, r - o);
                    if (k <= 0) break;
                    o += k;
                }
            }
            close(f);
            close(sp[0]);
            rx.join();
            close(sp[1]);
            (keep ? sk : sd).push_back((now() - a) * 1e6);
        }
        mb("floor cp", cp);
        mb("floor cp+fdatasync", cps);
        mb("floor cat", cat);
        mb("floor file->socket->file", sk);
        mb("floor file->socket->discard", sd);
    }
    unlink(src.c_str());
    unlink(dst.c_str());
    rmdir(pdir.c_str());
}

// ---- what keeping a 4 KiB definition on this file system costs -------------------------
static void t_filefloor() {
    if (opt.dir.empty()) fail("--dir needed");
    int n = opt.n ? opt.n : 100;
    char b[4096];
    memset(b, 'x', sizeof b);
    string fin = opt.dir + "/vb-def", tmp = fin + ".new", jr = opt.dir + "/vb-journal";
    vector<double> a1, a2, a3;
    double w1 = 0, w2 = 0, w3 = 0;
    int j = open(jr.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) {
            double t = now();
            if (k < 2) {
                int f = open(tmp.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
                if (write(f, b, sizeof b) < 0) fail("write");
                if (k) fsync(f);
                close(f);
                rename(tmp.c_str(), (fin + std::to_string(k) + "-" + std::to_string(i)).c_str());
            } else {
                if (write(j, b, sizeof b) < 0) fail("write");
                fdatasync(j);
            }
            double us = (now() - t) * 1e6;
            (k == 0 ? a1 : k == 1 ? a2 : a3).push_back(us);
            (k == 0 ? w1 : k == 1 ? w2 : w3) += us / 1e6;
        }
    close(j);
    unlink(jr.c_str());
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 2; k++) unlink((fin + std::to_string(k) + "-" + std::to_string(i)).c_str());
    emit("floor", "4 KiB file write+rename", a1, w1);
    emit("floor", "4 KiB file write+fsync+rename", a2, w2);
    emit("floor", "4 KiB journal append+fdatasync", a3, w3);
}

// ---- network ---------------------------------------------------------------------------------------------
static void t_network() {
    int n = opt.n ? opt.n : 20;
    virConnectPtr c = opt.uri.empty() ? nullptr : open_conn();
    struct {
        const char *tag, *ip;
    } kinds[] = {{"bridge only", ""},
                 {"with ip+dhcp", "<ip address='10.213.7.1' netmask='255.255.255.0'><dhcp><range "
                                  "start='10.213.7.10' end='10.213.7.99'/></dhcp></ip>"}};
    if (c)
        for (auto& k : kinds) {
            vector<double> cr, de;
            string x = "<network><name>" + opt.prefix + "-net</name><uuid>" + uuid_of(7, 9) +
                       "</uuid><bridge name='vbbr0' stp='off' delay='0'/>" + k.ip + "</network>";
            int m = *k.ip ? std::min(n, 10) : n;
            for (int i = 0; i < m; i++) {
                double a = now();
                virNetworkPtr w = virNetworkCreateXML(c, x.c_str());
                double b = now();
                if (!w) fail("network create");
                double e = now();
                if (virNetworkDestroy(w) < 0) fail("network destroy");
                double f = now();
                virNetworkFree(w);
                cr.push_back((b - a) * 1e6);
                de.push_back((f - e) * 1e6);
            }
            emit("network", string("create, ") + k.tag, cr, 0);
            emit("network", string("destroy, ") + k.tag, de, 0);
        }
    if (c) virConnectClose(c);
    if (opt.floor) { // bare kernel cost: bridge add + up, down + delete
        vector<double> cr, de;
        int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        for (int i = 0; i < n; i++) {
            ifreq r{};
            strcpy(r.ifr_name, "vbbrf0");
            double a = now();
            if (ioctl(s, SIOCBRADDBR, "vbbrf0")) fail("SIOCBRADDBR");
            r.ifr_flags = IFF_UP;
            ioctl(s, SIOCSIFFLAGS, &r);
            double b = now();
            r.ifr_flags = 0;
            ioctl(s, SIOCSIFFLAGS, &r);
            ioctl(s, SIOCBRDELBR, "vbbrf0");
            cr.push_back((b - a) * 1e6);
            de.push_back((now() - b) * 1e6);
        }
        close(s);
        emit("floor", "kernel bridge add+up", cr, 0);
        emit("floor", "kernel bridge down+delete", de, 0);
        // the 11 per-network rules libvirt's network driver wants, each way in one transaction
        vector<double> ad, rm;
        auto tx = [&](const string& rules) {
            int p[2];
            if (pipe2(p, O_CLOEXEC)) return 0.0;
            double a = now();
            pid_t k = fork();
            if (k == 0) {
                dup2(p[0], 0);
                execlp("iptables-restore", "iptables-restore", "--noflush", (char*)nullptr);
                _exit(127);
            }
            close(p[0]);
            if (write(p[1], rules.data(), rules.size()) < 0) perror("write");
            close(p[1]);
            int st;
            waitpid(k, &st, 0);
            if (st) return 0.0;
            return (now() - a) * 1e6;
        };
        string add = "*filter\n:VBF - [0:0]\n", del = "*filter\n";
        for (int i = 0; i < 11; i++) {
            string r = " VBF -i vbbrf0 -p tcp --dport " + std::to_string(1000 + i) + " -j ACCEPT\n";
            add += "-A" + r;
            del += "-D" + r;
        }
        for (int i = 0; i < 5; i++) {
            double x = tx(add + "COMMIT\n"), y = tx(del + "COMMIT\n");
            if (x == 0 || y == 0) break;
            ad.push_back(x);
            rm.push_back(y);
        }
        tx("*filter\n-X VBF\nCOMMIT\n");
        if (!ad.empty()) {
            emit("floor", "11 filter rules added in one iptables-restore", ad, 0);
            emit("floor", "11 filter rules deleted in one iptables-restore", rm, 0);
        }
    }
}

// ---- time to first answer (--t0: CLOCK_MONOTONIC seconds when the daemon was spawned)
// ---------------------------
static void t_ready() {
    if (opt.t0 == 0) opt.t0 = now();
    string sock = sock_path();
    double dl = now() + opt.timeout_ms / 1e3, conn_at = 0;
    for (;;) { // wait for the listener with bare connects: cheap, 1 ms apart
        int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un a{};
        a.sun_family = AF_UNIX;
        strncpy(a.sun_path, sock.c_str(), sizeof a.sun_path - 1);
        int r = connect(s, (sockaddr*)&a, sizeof a);
        close(s);
        if (r == 0) break;
        if (now() > dl) fail("daemon never listened");
        usleep(1000);
    }
    conn_at = now();
    virConnectPtr c;
    while (!(c = virConnectOpen(opt.uri.c_str()))) {
        virResetLastError();
        if (now() > dl) fail("daemon never answered");
        usleep(2000);
    }
    unsigned long v;
    virConnectGetLibVersion(c, &v);
    double first = now();
    int n;
    while ((n = virConnectNumOfDefinedDomains(c)) < opt.expect && now() < dl) usleep(2000);
    double listed = now();
    printf("{\"target\":\"%s\",\"test\":\"ready\",\"variant\":\"%d "
           "domains\",\"listen_ms\":%.1f,\"first_answer_ms\":%.1f,\"all_domains_ms\":%.1f,\"domains\":%d}\n",
           opt.label.c_str(), opt.expect, (conn_at - opt.t0) * 1e3, (first - opt.t0) * 1e3,
           (listed - opt.t0) * 1e3, n);
    virConnectClose(c);
}

static void usage() {
    fprintf(
        stderr,
        "vbench --uri URI --test TEST [options]\n"
        "tests: connect rtt conc inflight raw sockfloor define define-small define-clients undefine list\n"
        "       lifecycle pstart event storage filefloor network xml ready\n"
        "options: --n N  --base K (first number of define)  --secs S  --threads 1,4,16,64  --calls "
        "libversion,getinfo,lookup,dumpxml\n"
        "         --prefix P (names of everything created)  --label L  --daemon-pid P[,P..]\n"
        "         --dir D (storage, xml: documents) --size MiB (storage)  --no-floor  --t0 SEC --expect N "
        "--timeout MS (ready)\n"
        "an empty --uri runs only the floors of lifecycle, pstart, storage and network\n");
    exit(2);
}
int main(int argc, char** argv) {
    for (int i = 1; i < argc; i++) {
        string a = argv[i];
        if (a == "--no-floor") {
            opt.floor = false;
            continue;
        }
        if (i + 1 >= argc) usage();
        string v = argv[++i];
        if (a == "--uri")
            opt.uri = v;
        else if (a == "--test")
            opt.test = v;
        else if (a == "--label")
            opt.label = v;
        else if (a == "--prefix")
            opt.prefix = v;
        else if (a == "--dir")
            opt.dir = v;
        else if (a == "--calls")
            opt.calls = v;
        else if (a == "--threads")
            opt.threads = v;
        else if (a == "--qemu")
            opt.qemu = v;
        else if (a == "--n")
            opt.n = atoi(v.c_str());
        else if (a == "--base")
            opt.base = atoi(v.c_str());
        else if (a == "--size")
            opt.size_mib = atoi(v.c_str());
        else if (a == "--secs")
            opt.secs = atof(v.c_str());
        else if (a == "--t0")
            opt.t0 = atof(v.c_str());
        else if (a == "--expect")
            opt.expect = atoi(v.c_str());
        else if (a == "--timeout")
            opt.timeout_ms = atoi(v.c_str());
        else if (a == "--daemon-pid")
            for (auto& p : split(v)) opt.pids.push_back(atoi(p.c_str()));
        else
            usage();
    }
    signal(SIGPIPE, SIG_IGN);
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    if (virInitialize() < 0) fail("init");
    if (opt.test == "connect")
        t_connect();
    else if (opt.test == "rtt")
        t_rtt();
    else if (opt.test == "conc")
        t_conc(false);
    else if (opt.test == "inflight")
        t_conc(true);
    else if (opt.test == "raw")
        t_raw();
    else if (opt.test == "sockfloor")
        t_sockfloor();
    else if (opt.test == "define")
        t_define(false);
    else if (opt.test == "xml")
        t_xml();
    else if (opt.test == "define-small")
        t_define(true);
    else if (opt.test == "define-clients")
        t_define_clients();
    else if (opt.test == "undefine")
        t_undefine();
    else if (opt.test == "list")
        t_list();
    else if (opt.test == "lifecycle")
        t_lifecycle();
    else if (opt.test == "pstart")
        t_pstart();
    else if (opt.test == "event")
        t_event();
    else if (opt.test == "storage")
        t_storage();
    else if (opt.test == "filefloor")
        t_filefloor();
    else if (opt.test == "network")
        t_network();
    else if (opt.test == "ready")
        t_ready();
    else
        usage();
    return 0;
}
