// SPDX-License-Identifier: Apache-2.0
// A QEMU as far as the driver sees one: it takes the monitor's descriptor from its command line, speaks QMP
// on it, and does what the guest's name and signals tell it.
//   name: "broken…" fails at once, "silent…" never greets, "mute…" greets and answers nothing after `cont`,
//         "stubborn…" ignores SIGTERM, "rejecting…" refuses `cont`, "deaf…" ignores the power button,
//         "unsteady…" closes the monitor at the first question for its state, "forgetful…" does not answer
//         it, "chatty…" resets often and powers off at `cont`, "hasty…" closes the monitor and powers off
//         after it, "lying…" names another file as its pty, "liar-…" says after `cont` what lies.hpp has
//         under the rest of its name, and resets when that was heard, or when it is asked anew; of devices,
//         "choosy…" refuses all, "late…" and "stalling…" do not answer, with and without taking them,
//         "keeping…" lets none go, "locked…" opens no tray,
//         "endless…" writes its state until that is cancelled, "failing…" cannot write it
//   SIGUSR1: the guest powers off; SIGUSR2: it resets
// It writes each command to its log. The human monitor's command `event NAME DATA` makes it tell that event,
// `lose ALIAS` makes it forget a device without telling.
// In the guest of a domain with a channel runs an agent, from `cont` on.
#include "qemu/tests/lies.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// The text between `from` and the next of `until`.
std::string between(const std::string& text, std::string_view from, std::string_view until) {
    auto begin = text.find(from);
    if (begin == std::string::npos) return {};
    begin += from.size();
    return text.substr(begin, text.find_first_of(until, begin) - begin);
}

std::string unescaped(const std::string& text) {
    std::string result;
    for (char c : text)
        if (c != '\\') result += c;
    return result;
}

class FakeQemu {
public:
    FakeQemu(std::string name, int listener, bool pty, const std::string& channel,
             std::vector<std::string> devices)
        : name_{std::move(name)}, listener_{listener}, devices_{std::move(devices)} {
        if (pty) open_pty();
        if (!channel.empty()) listen_at(channel);
        sigset_t watched;
        ::sigemptyset(&watched);
        for (int number : {SIGTERM, SIGUSR1, SIGUSR2}) ::sigaddset(&watched, number);
        ::sigprocmask(SIG_BLOCK, &watched, nullptr);
        signals_ = ::signalfd(-1, &watched, SFD_CLOEXEC);
    }

    void run() {
        for (;;) {
            pollfd waits[] = {{signals_, POLLIN, 0},
                              {client_ < 0 && !is("silent") ? listener_ : -1, POLLIN, 0},
                              {client_, POLLIN, 0},
                              {pty_, POLLIN, 0},
                              {agent_ < 0 ? channel_ : -1, POLLIN, 0},
                              {agent_, POLLIN, 0}};
            if (::poll(waits, 6, -1) < 0) std::exit(2);
            if (waits[0].revents != 0) take_signal();
            if (waits[1].revents != 0) greet();
            if (waits[2].revents != 0) read_commands();
            if (waits[3].revents != 0) echo();
            if (waits[4].revents != 0) agent_ = ::accept4(channel_, nullptr, nullptr, SOCK_CLOEXEC);
            if (waits[5].revents != 0) read_agent_commands();
        }
    }

private:
    bool is(std::string_view kind) const { return name_.starts_with(kind); }

    void open_pty() {
        pty_ = ::posix_openpt(O_RDWR | O_NOCTTY);
        ::grantpt(pty_);
        ::unlockpt(pty_);
        pty_name_ = ::ptsname(pty_);
        [[maybe_unused]] int kept_open = ::open(pty_name_.c_str(), O_RDWR | O_NOCTTY);
    }

    void listen_at(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        channel_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::bind(channel_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(channel_, 4) != 0)
            std::exit(2);
    }

    void read_agent_commands() {
        char bytes[4096];
        auto got = ::read(agent_, bytes, sizeof bytes);
        if (got <= 0) {
            ::close(agent_);
            agent_ = -1;
            agent_text_.clear();
            return;
        }
        agent_text_.append(bytes, static_cast<std::size_t>(got));
        for (auto end = agent_text_.find('\n'); end != std::string::npos; end = agent_text_.find('\n')) {
            auto line = agent_text_.substr(0, end);
            agent_text_.erase(0, end + 1);
            take_agent_command(line);
        }
    }

    void take_agent_command(const std::string& line) {
        std::cerr << "agent: " << line << std::endl;
        auto command = between(line, R"("execute":")", "\"");
        auto answer = [&](const std::string& text) {
            ::send(agent_, text.data(), text.size(), MSG_NOSIGNAL);
        };
        if (command == "guest-sync-delimited")
            answer("\xff{\"return\": " + between(line, R"("id":)", "}") + "}\n");
        else if (command == "guest-get-time")
            answer("{\"return\": 1700000000123456789}\n");
        else if (command == "guest-network-get-interfaces")
            answer(R"({"return": [{"name": "eth0", "hardware-address": "52:54:00:00:00:01", "ip-addresses": )"
                   R"([{"ip-address-type": "ipv4", "ip-address": "10.0.0.2", "prefix": 8}]}, {"name": )"
                   R"("eth0:1", "ip-addresses": [{"ip-address-type": "ipv6", "ip-address": "fe80::1", )"
                   R"("prefix": 64}]}]})"
                   "\n");
        else if (command == "guest-shutdown")
            power_off();
        else if (command != "guest-silence")
            answer("{\"return\": {}}\n");
    }

    void echo() const {
        char bytes[256];
        auto got = ::read(pty_, bytes, sizeof bytes);
        if (got > 0 && ::write(pty_, bytes, static_cast<std::size_t>(got)) < 0) std::exit(2);
    }

    void say(const std::string& line) const {
        auto text = line + "\r\n";
        if (client_ >= 0) ::send(client_, text.data(), text.size(), MSG_NOSIGNAL);
    }
    void tell(const std::string& event, const std::string& data = "{}") const {
        say(R"({"timestamp": {"seconds": 1, "microseconds": 2}, "event": ")" + event + R"(", "data": )" +
            data + "}");
    }

    void lie() const {
        for (const auto& line : vireo::qemu::lies_of(name_.substr(std::strlen("liar-")))) say(line);
        tell("RESET", R"({"guest": true, "reason": "guest-reset"})");
    }

    void greet() {
        client_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        text_.clear();
        say(R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": []}})");
    }

    void hang_up() {
        ::close(client_);
        client_ = -1;
        text_.clear();
    }

    void read_commands() {
        char bytes[4096];
        auto got = ::read(client_, bytes, sizeof bytes);
        if (got <= 0) return hang_up();
        text_.append(bytes, static_cast<std::size_t>(got));
        for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
            auto line = text_.substr(0, end);
            text_.erase(0, end + 1);
            take_command(line);
        }
    }

    void take_command(const std::string& line) {
        auto command = between(line, R"("execute":")", "\"");
        auto id = between(line.substr(line.rfind(R"("id":)")), R"("id":)",
                          ",}"); // the last: arguments may have one
        std::cerr << "monitor: " << line << std::endl;
        if (mute_) return;
        if (command == "query-status" && ++status_questions_ == 1) {
            if (is("unsteady")) return hang_up();
            if (is("forgetful")) return;
        }
        auto answer = [&](const std::string& value) {
            say(R"({"return": )" + value + R"(, "id": )" + id + "}");
        };
        if (command == "cont" && is("rejecting"))
            return say(R"({"error": {"class": "GenericError", "desc": "no such luck"}, "id": )" + id + "}");
        if (command == "cont") {
            tell("RESUME");
            status_ = "running";
            mute_ = is("mute");
            if (channel_ >= 0) tell("VSERPORT_CHANGE", R"({"open": true, "id": "channel0"})");
            if (is("liar-")) {
                answer("{}");
                return lie();
            }
            if (is("chatty")) {
                for (int i = 0; i < 100; ++i) tell("RESET", R"({"guest": true, "reason": "guest-reset"})");
                power_off();
            }
            if (is("hasty")) {
                answer("{}");
                hang_up();
                return power_off();
            }
        } else if (command == "human-monitor-command") {
            auto words = line.substr(line.find(R"("command-line":")") + 16);
            words = unescaped(words.substr(0, words.rfind("\"},\"id\"")));
            auto name = between(words, "event ", " ");
            if (words.starts_with("lose ")) std::erase(devices_, words.substr(std::strlen("lose ")));
            if (!name.empty()) tell(name, words.substr(words.find('{')));
            return answer("\"told\"");
        } else if (command == "refuse-me" || command == "query-dirty-rate") { // as an older QEMU does
            return say(R"({"error": {"class": "GenericError", "desc": "as you like"}, "id": )" + id + "}");
        } else if (command == "stop") {
            status_ = "paused";
            tell("STOP");
        } else if (command == "system_reset") {
            if (status_ == "shutdown") status_ = "prelaunch";
            tell("RESET", R"({"guest": false, "reason": "host-qmp-system-reset"})");
        } else if (command == "system_powerdown") {
            tell("POWERDOWN");
            if (!is("deaf")) power_off();
        } else if (command == "query-status") {
            if (is("liar-")) tell("RESET", R"({"guest": true, "reason": "guest-reset"})");
            return answer(R"({"running": )" + std::string{status_ == "running" ? "true" : "false"} +
                          R"(, "singlestep": false, "status": ")" + status_ + "\"}");
        } else if (command == "query-hotpluggable-cpus") {
            return answer(cpu_places());
        } else if (command == "device_add") {
            if (is("choosy"))
                return say(R"({"error": {"class": "GenericError", "desc": "not this one"}, "id": )" + id +
                           "}");
            auto alias = between(line, R"("id":")", "\"");
            if (alias.starts_with("vcpu")) plugged_.push_back(std::stoi(alias.substr(std::strlen("vcpu"))));
            if (!is("stalling")) devices_.push_back(alias);
            if (is("stalling") || is("late")) return;
        } else if (command == "device_del") {
            auto alias = between(line, R"("arguments":{"id":")", "\"");
            answer("{}");
            auto data = R"({"device": ")" + alias + R"(", "path": "/machine/peripheral/)" + alias + "\"}";
            if (is("keeping")) return tell("DEVICE_UNPLUG_GUEST_ERROR", data);
            if (alias.starts_with("vcpu")) std::erase(plugged_, std::stoi(alias.substr(std::strlen("vcpu"))));
            std::erase(devices_, alias);
            return tell("DEVICE_DELETED", data);
        } else if (command == "blockdev-open-tray" && is("locked")) {
            return say(R"({"error": {"class": "GenericError", "desc": "the tray is locked"}, "id": )" + id +
                       "}");
        } else if (command == "qom-list") {
            return answer(device_list());
        } else if (command == "query-named-block-nodes") {
            return answer("[]");
        } else if (command == "migrate") {
            transfer_ = is("failing") ? "failed" : is("endless") ? "active" : "completed";
            if (transfer_ == "completed") status_ = "postmigrate";
        } else if (command == "migrate-incoming") {
            transfer_ = is("failing") ? "failed" : "completed";
            status_ = "paused";
        } else if (command == "migrate_cancel") {
            if (transfer_ == "active") transfer_ = "cancelled";
        } else if (command == "query-migrate") {
            return answer(R"({"status": ")" + transfer_ + R"(", "error-desc": "as asked", "ram": )" +
                          R"({"total": 1000, "transferred": 600, "remaining": 400, "mbps": 8.0}})");
        } else if (command == "dump-guest-memory") {
            dump_ = is("failing") ? "failed" : "completed";
        } else if (command == "query-dump") {
            return answer(R"({"status": ")" + dump_ + R"(", "completed": 70, "total": 100})");
        } else if (command == "query-chardev") {
            return answer(R"([{"frontend-open": true, "label": "charchannel0", "filename": "disconnected:"},)"
                          R"({"frontend-open": true, "label": "charserial0", "filename": "pty:)" +
                          (is("lying") ? pty_name_ + "/../../null" : pty_name_) + "\"}]");
        }
        answer("{}");
    }

    /// Four, of which two are there from the start.
    std::string cpu_places() const {
        std::string places;
        for (int number = 3; number >= 0; --number) {
            bool plugged = std::find(plugged_.begin(), plugged_.end(), number) != plugged_.end();
            auto path = number < 2 ? "/machine/unattached/device[0]"
                                   : "/machine/peripheral/vcpu" + std::to_string(number);
            places += std::string{places.empty() ? "" : ", "} +
                      R"({"type": "fake-cpu", "vcpus-count": 1, "props": {"socket-id": )" +
                      std::to_string(number) + "}" +
                      (number < 2 || plugged ? R"(, "qom-path": ")" + path + "\"" : "") + "}";
        }
        return "[" + places + "]";
    }

    std::string device_list() const {
        std::string list;
        for (const auto& device : devices_)
            list +=
                std::string{list.empty() ? "" : ", "} + R"({"type": "child<x>", "name": ")" + device + "\"}";
        return "[" + list + "]";
    }

    void power_off() {
        status_ = "shutdown";
        tell("SHUTDOWN", R"({"guest": true, "reason": "guest-shutdown"})");
        tell("STOP");
    }

    void take_signal() {
        signalfd_siginfo signal{};
        if (::read(signals_, &signal, sizeof signal) != sizeof signal) std::exit(2);
        if (signal.ssi_signo == SIGUSR1) power_off();
        if (signal.ssi_signo == SIGUSR2) tell("RESET", R"({"guest": true, "reason": "guest-reset"})");
        if (signal.ssi_signo != SIGTERM || is("stubborn")) return;
        tell("SHUTDOWN", R"({"guest": false, "reason": "host-signal"})");
        std::exit(0);
    }

    std::string name_, text_, status_ = "prelaunch", pty_name_;
    std::string agent_text_;
    std::string transfer_ = "none", dump_ = "none"; ///< of its state; of its memory
    int listener_, signals_ = -1, client_ = -1, pty_ = -1, channel_ = -1, agent_ = -1;
    int status_questions_ = 0;
    std::vector<int> plugged_; ///< vcpus
    std::vector<std::string> devices_;
    bool mute_ = false;
};

} // namespace

int main(int count, char** words) {
    std::string line;
    for (int i = 1; i < count; ++i) line += std::string{words[i]} + " ";
    auto name = between(line, "guest=", ", ");
    if (name.starts_with("broken")) {
        std::cerr << "the fake is broken as asked\n";
        return 1;
    }
    std::vector<std::string> devices;
    for (int i = 1; i + 1 < count; ++i)
        if (std::string_view{words[i]} == "-device")
            devices.push_back(between(words[i + 1], R"("id":")", "\""));
    FakeQemu{name, std::stoi(between(line, "charmonitor,fd=", ", ")),
             line.find("pty,id=") != std::string::npos, between(line, "id=charchannel0,path=", ", "), devices}
        .run();
}
