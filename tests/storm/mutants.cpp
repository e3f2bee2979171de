// SPDX-License-Identifier: Apache-2.0
// mutants SOCKET COUNT SEED: sends COUNT messages that lie in their bodies, and a few in their frames, and
// reads the answers. Prints what became of them; fails when the daemon is silent or refuses to talk.
#include "wire.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <memory>
#include <random>

namespace {
using namespace vireo::storm;

constexpr std::uint32_t fence_serial = 0xffff'ffff;
constexpr int last_procedure = 443, batch_size = 48;
/// A connection is left after so many batches: what it was allowed to register goes with it.
constexpr int batches_of_a_connection = 400;

class Storm {
public:
    Storm(std::string path, std::uint32_t seed) : path_{std::move(path)}, dice_{seed} {}

    void run(std::size_t count) {
        while (sent_ < count) {
            Client client{path_};
            ++connections_;
            if (!client.open()) throw std::runtime_error("the daemon does not answer a new client");
            for (int i = 0; i < batches_of_a_connection && sent_ < count; ++i)
                if (!talk(client)) break;
        }
        std::printf("%zu messages, %zu answers, %zu connections\n", sent_, answers_, connections_);
    }

private:
    std::uint32_t below(std::uint32_t limit) { return dice_() % limit; }
    bool once_in(std::uint32_t times) { return below(times) == 0; }

    /// One batch, and all that is answered to it. False when the connection was closed.
    bool talk(Client& client) {
        std::string bytes;
        for (int i = 0; i < batch_size; ++i, ++sent_) append_message(bytes, header(), body());
        bool poisoned = once_in(10);
        if (poisoned) append_poison(bytes);
        append_message(bytes, {.serial = fence_serial}, {});
        if (!client.send(bytes)) return false;
        while (auto serial = client.receive()) {
            ++answers_;
            if (*serial == fence_serial) return true;
        }
        if (!poisoned) throw std::runtime_error("the daemon closed the connection, or was silent, for calls");
        return false;
    }

    Header header() {
        Header header{.procedure = static_cast<std::int32_t>(1 + below(last_procedure)),
                      .serial = below(100)};
        constexpr std::uint32_t others[] = {0x20008087, 0x00068000, 0x06900690, 0, 0xffffffff};
        if (once_in(20)) header.program = others[below(std::size(others))];
        if (once_in(100)) header.version = below(3);
        if (once_in(100)) header.procedure = static_cast<std::int32_t>(dice_());
        if (once_in(100)) header.status = static_cast<std::int32_t>(below(4));
        return header;
    }

    std::string body() {
        std::string bytes;
        auto parts = below(8);
        for (std::uint32_t i = 0; i < parts; ++i) append_part(bytes);
        if (once_in(8) && !bytes.empty()) bytes.resize(below(static_cast<std::uint32_t>(bytes.size())));
        if (once_in(8) && !bytes.empty())
            bytes[below(static_cast<std::uint32_t>(bytes.size()))] ^= 1 << below(8);
        return bytes;
    }

    /// What the messages of the protocol are made of, right or nearly so.
    void append_part(std::string& bytes) {
        constexpr std::uint32_t numbers[] = {0, 1, 2, 3, 16, 0x7fffffff, 0x80000000, 0xffffffff, 0x40000000};
        constexpr const char* texts[] = {
            "",           "victim",      "<domain type='qemu'><name>x</name></domain>",
            "\xff\xfe",   "<domain>",    "vda",
            "cpu_shares", "/etc/passwd", "qemu:///system"};
        switch (below(5)) {
        case 0: return append_number(bytes, numbers[below(std::size(numbers))]);
        case 1: return append_text(bytes, texts[below(std::size(texts))]);
        case 2: // a domain's handle
            append_text(bytes, "victim");
            for (int i = 0; i < 4; ++i)
                append_number(bytes, once_in(4) ? static_cast<std::uint32_t>(dice_()) : 0x11111111);
            return append_number(bytes, 0xffffffff);
        case 3: return append_number(bytes, static_cast<std::uint32_t>(dice_()));
        default: return append_text(bytes, std::string(below(300), static_cast<char>(below(256))));
        }
    }

    /// After this the daemon may close the connection.
    void append_poison(std::string& bytes) {
        ++sent_;
        Header bad{.procedure = lib_version_procedure};
        switch (below(4)) {
        case 0: bad.type = static_cast<std::int32_t>(below(9)); break;
        case 1: bad.length = below(28); break;
        case 2: bad.length = 0x2000005 + below(1000); break;
        default: bad.program = 0x6b656570; break; // keepalive, of no known kind
        }
        append_message(bytes, bad, {});
    }

    std::string path_;
    std::mt19937 dice_;
    std::size_t sent_ = 0, answers_ = 0, connections_ = 0;
};
} // namespace

int main(int count, char** words) {
    if (count != 4) return 2;
    try {
        auto storm = std::make_unique<Storm>(words[1], static_cast<std::uint32_t>(std::atoi(words[3])));
        storm->run(static_cast<std::size_t>(std::atoll(words[2])));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mutants: %s\n", error.what());
        return 1;
    }
    return 0;
}
