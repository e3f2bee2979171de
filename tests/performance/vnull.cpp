// SPDX-License-Identifier: Apache-2.0
// vnull: a null server that speaks just enough of the RPC framing for the load
// generator. It keeps the last-defined XML per domain in a hash map, parses
// nothing but <name>/<uuid>, writes no file, takes no lock, runs one epoll
// thread. Measured through the stock client library it is the floor: no daemon
// can look faster than this to that client on that machine.
//   vnull SOCKET
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <endian.h>
#include <map>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

struct Dom {
    std::string name, xml;
    unsigned char uuid[16];
};
static std::map<std::string, Dom> doms;

struct Out {
    std::string b;
    void u32(uint32_t v) {
        v = htonl(v);
        b.append((char*)&v, 4);
    }
    void u64(uint64_t v) {
        v = htobe64(v);
        b.append((char*)&v, 8);
    }
    void str(const char* s, size_t n) {
        u32(n);
        b.append(s, n);
        b.append((4 - n % 4) % 4, '\0');
    }
    void str(const std::string& s) { str(s.data(), s.size()); }
    void dom(const Dom& d) {
        str(d.name);
        b.append((const char*)d.uuid, 16);
        u32(-1);
    }
    void param(const char* k, uint32_t v) {
        str(k, strlen(k));
        u32(2);
        u32(v);
    }
};
struct In {
    const char *p, *e;
    uint32_t u32() {
        if (e - p < 4) return 0;
        uint32_t v;
        memcpy(&v, p, 4);
        p += 4;
        return ntohl(v);
    }
    std::string str() {
        uint32_t n = u32();
        if ((size_t)(e - p) < n) n = e - p;
        std::string s(p, n);
        p += n + (4 - n % 4) % 4;
        return s;
    }
};
static int hexv(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }
static std::string tag(const std::string& x, const char* t) {
    std::string o = std::string("<") + t + ">";
    size_t a = x.find(o);
    if (a == std::string::npos) return "";
    a += o.size();
    return x.substr(a, x.find('<', a) - a);
}
// a download in progress: the server pushes packets while the socket takes them
struct Stream {
    uint64_t left = 0;
    uint32_t proc = 0, serial = 0;
    bool on = false;
};
static void packet(std::string& wr, uint32_t proc, uint32_t serial, uint32_t status, const char* d,
                   size_t n) {
    uint32_t h[7] = {htonl((uint32_t)(28 + n)),
                     htonl(0x20008086),
                     htonl(1),
                     htonl(proc),
                     htonl(3),
                     htonl(serial),
                     htonl(status)};
    wr.append((char*)h, sizeof h);
    wr.append(d, n);
}
static void pump(Stream& s, std::string& wr) {
    static const std::string block(262120, 'd');
    while (s.on && wr.size() < block.size()) {
        size_t n = s.left < block.size() ? s.left : block.size();
        packet(wr, s.proc, s.serial, 2, block.data(), n);
        s.left -= n;
        if (n == 0) s.on = false; // the empty packet is the end of the data
    }
}
static void handle(const char* m, size_t len, std::string& wr, Stream& sm) {
    In in{m, m + len};
    uint32_t prog = in.u32(), vers = in.u32(), proc = in.u32();
    uint32_t type = in.u32();
    uint32_t serial = in.u32();
    uint32_t status = in.u32();
    if (type == 3) { // stream: upload data is dropped; finish and abort are acknowledged
        if (status != 2) packet(wr, proc, serial, 0, "", 0);
        return;
    }
    Out o;
    o.u32(0);
    o.u32(prog);
    o.u32(vers);
    o.u32(proc);
    o.u32(1);
    o.u32(serial);
    o.u32(0);
    bool bad = false;
    switch (proc) {
    case 66:
        o.u32(1);
        o.u32(0);
        break;
    case 60: o.u32(0); break;
    case 4:
    case 157: o.u64(9000000); break;
    case 25: o.u32(doms.size()); break;
    case 110: o.str("qemu:///system"); break;
    case 3: o.str("QEMU"); break;
    case 23: {
        auto it = doms.find(in.str());
        if (it == doms.end())
            bad = true;
        else
            o.dom(it->second);
        break;
    }
    case 16:
        o.u32(5);
        o.u64(65536);
        o.u64(65536);
        o.u32(1);
        o.u64(0);
        break;
    case 14: {
        auto it = doms.find(in.str());
        if (it == doms.end())
            bad = true;
        else
            o.str(it->second.xml);
        break;
    }
    case 273:
        o.u32(doms.size());
        for (auto& d : doms) o.dom(d.second);
        o.u32(doms.size());
        break;
    case 344:
        o.u32(doms.size());
        for (auto& d : doms) {
            o.dom(d.second);
            o.u32(12);
            o.param("state.state", 5);
            o.param("state.reason", 0);
            o.param("balloon.current", 65536);
            o.param("balloon.maximum", 65536);
            o.param("vcpu.current", 1);
            o.param("vcpu.maximum", 1);
            o.param("net.count", 0);
            o.param("block.count", 1);
            o.param("block.0.x", 1);
            o.param("block.0.capacity", 1);
            o.param("block.0.allocation", 1);
            o.param("block.0.physical", 1);
        }
        break;
    case 11:
    case 350: {
        std::string x = in.str();
        Dom d;
        d.name = tag(x, "name");
        std::string u = tag(x, "uuid");
        int k = 0;
        memset(d.uuid, 0, 16);
        for (size_t i = 0; i + 1 < u.size() && k < 16; i++)
            if (u[i] != '-') {
                d.uuid[k++] = hexv(u[i]) << 4 | hexv(u[i + 1]);
                i++;
            }
        d.xml = std::move(x);
        o.dom(d);
        doms[d.name] = std::move(d);
        break;
    }
    case 76:
        o.str(tag(in.str(), "name"));
        o.b.append(16, 'p');
        break;
    case 93: {
        std::string pool = in.str();
        in.p += 16;
        std::string nm = tag(in.str(), "name");
        o.str(pool);
        o.str(nm);
        o.str("/null/" + nm);
        break;
    }
    case 209:
        in.str();
        in.str();
        in.str();
        in.u32();
        in.u32();
        sm.left = (uint64_t)in.u32() << 32;
        sm.left |= in.u32();
        sm.proc = proc;
        sm.serial = serial;
        sm.on = true;
        break;
    case 35:
    case 231: doms.erase(in.str()); break;
    default: break;
    }
    if (bad) {
        uint32_t one = htonl(1);
        memcpy(&o.b[24], &one, 4);
        o.u32(42);
        o.u32(10);
        o.u32(1);
        o.str("no domain");
        o.u32(2);
        o.u32(0);
        o.u32(0);
        o.u32(0);
        o.u32(0);
        o.u32(0);
        o.u32(0);
        o.u32(0);
    }
    uint32_t n = htonl(o.b.size());
    memcpy(&o.b[0], &n, 4);
    wr += o.b;
}
struct Conn {
    std::string rd, wr;
    size_t off = 0;
    Stream sm;
};
int main(int argc, char** argv) {
    if (argc < 2) return 2;
    signal(SIGPIPE, SIG_IGN);
    int l = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    strncpy(a.sun_path, argv[1], sizeof a.sun_path - 1);
    unlink(argv[1]);
    if (bind(l, (sockaddr*)&a, sizeof a) || listen(l, 1024)) {
        perror("bind");
        return 1;
    }
    int ep = epoll_create1(EPOLL_CLOEXEC);
    epoll_event ev{};
    ev.events = EPOLLIN;
    ev.data.fd = l;
    epoll_ctl(ep, EPOLL_CTL_ADD, l, &ev);
    std::unordered_map<int, Conn> cs;
    static char buf[1 << 18];
    for (;;) {
        epoll_event evs[64];
        int n = epoll_wait(ep, evs, 64, -1);
        for (int i = 0; i < n; i++) {
            int fd = evs[i].data.fd;
            if (fd == l) {
                int c;
                while ((c = accept4(l, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
                    ev.events = EPOLLIN;
                    ev.data.fd = c;
                    epoll_ctl(ep, EPOLL_CTL_ADD, c, &ev);
                    cs[c];
                }
                continue;
            }
            Conn& c = cs[fd];
            bool dead = false;
            if (evs[i].events & (EPOLLIN | EPOLLHUP)) {
                ssize_t r = read(fd, buf, sizeof buf);
                if (r == 0 || (r < 0 && errno != EAGAIN))
                    dead = true;
                else if (r > 0) {
                    c.rd.append(buf, r);
                    size_t p = 0;
                    while (c.rd.size() - p >= 4) {
                        uint32_t len;
                        memcpy(&len, &c.rd[p], 4);
                        len = ntohl(len);
                        if (len < 28 || c.rd.size() - p < len) break;
                        handle(&c.rd[p + 4], len - 4, c.wr, c.sm);
                        p += len;
                    }
                    c.rd.erase(0, p);
                }
            }
            if (c.off == 0) pump(c.sm, c.wr);
            if (!dead && !c.wr.empty()) {
                ssize_t w = write(fd, c.wr.data() + c.off, c.wr.size() - c.off);
                if (w > 0)
                    c.off += w;
                else if (w < 0 && errno != EAGAIN)
                    dead = true;
                if (c.off == c.wr.size()) {
                    c.wr.clear();
                    c.off = 0;
                    ev.events = c.sm.on ? EPOLLIN | EPOLLOUT : EPOLLIN;
                } else
                    ev.events = EPOLLIN | EPOLLOUT;
                ev.data.fd = fd;
                epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
            }
            if (dead) {
                close(fd);
                cs.erase(fd);
            }
        }
    }
}
