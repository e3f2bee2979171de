// SPDX-License-Identifier: Apache-2.0
#include "qemu/monitor/monitor.hpp"

#include "async/task_group.hpp"
#include "base/log.hpp"
#include "qemu/error.hpp"
#include "qemu/monitor/monitor_event.hpp"
#include "json/json.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

#include <cstring>
#include <map>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu.monitor"};
/// Commands that QEMU has not taken from its socket yet.
constexpr std::size_t unread_limit = 1U << 20;
constexpr std::size_t chunk_size = 64U << 10;

/// A caller of `execute`. `alarm` ends early when the answer is there.
struct Waiter {
    explicit Waiter(const asio::any_io_executor& executor, Monitor::Milliseconds deadline)
        : alarm{executor, deadline} {}
    asio::steady_timer alarm;
    std::optional<json::object> answer;
};

std::string text_of(const json::object& message, std::string_view key, std::string_view otherwise) {
    return std::string{json::find_text(message, key).value_or(otherwise)};
}

std::chrono::microseconds time_of(const json::object& message) {
    const auto* stamp = json::find_object(message, "timestamp");
    if (stamp == nullptr) return {};
    auto within = [](std::optional<std::int64_t> number, std::int64_t most) {
        return number && *number >= 0 && *number <= most ? *number : 0;
    };
    constexpr std::int64_t seconds_limit = 1LL << 40;
    return std::chrono::seconds{within(json::find_number(*stamp, "seconds"), seconds_limit)} +
           std::chrono::microseconds{within(json::find_number(*stamp, "microseconds"), 999'999)};
}

Error refused(std::string_view command, std::string_view why) {
    return error(ErrorCode::OperationFailed, fmt::format("QEMU did not run '{}': {}", command, why));
}

/// The `return` value of an answer; an error is thrown.
json::value result_of(json::object answer, std::string_view command) {
    if (auto* value = answer.if_contains("return")) return std::move(*value);
    const auto* refusal = json::find_object(answer, "error");
    throw refused(command,
                  refusal != nullptr ? text_of(*refusal, "desc", "it gave no reason") : "it gave no reason");
}
} // namespace

struct Monitor::State : std::enable_shared_from_this<State> {
    State(Socket connected, MonitorListener told)
        : socket{std::move(connected)}, listener{std::move(told)}, tasks{socket.get_executor()} {}

    void finish(const std::string& reason);
    void send(const std::string& line);
    void send(const std::string& line, const std::vector<Fd>& files);
    void keep_unsent(std::string_view rest);
    void take(std::string_view bytes);
    void take_line(std::string_view line);
    void take_message(json::object message);
    void take_event(const json::object& message);
    void take_answer(json::object message);
    static awaitable<json::object> ask(std::shared_ptr<State> self, json::object message,
                                       std::vector<Fd> files, Milliseconds deadline);
    static awaitable<void> read(std::shared_ptr<State> self);
    static awaitable<void> write(std::shared_ptr<State> self);

    Socket socket;
    MonitorListener listener;
    std::map<std::int64_t, std::shared_ptr<Waiter>> waiting;
    std::int64_t last_id = 0;
    std::string partial_line;
    std::string unsent; // what the socket had no room for; `write` runs while it is not empty
    std::string end;    // why the connection is over
    std::shared_ptr<Waiter> greeting;
    async::TaskGroup tasks; // they hold this state, and end when the socket is closed
};

/// Ends the connection once, for this reason: wakes all callers, and tells the listener.
void Monitor::State::finish(const std::string& reason) {
    if (!end.empty()) return;
    end = reason;
    boost::system::error_code ignored; // closing reports what is lost anyway
    socket.close(ignored);
    partial_line = {};
    unsent = {};
    if (greeting) greeting->alarm.cancel();
    for (auto& [id, waiter] : waiting) waiter->alarm.cancel();
    auto told = std::exchange(listener, {});
    if (told.on_end) told.on_end(reason);
}

/// Most commands fit the socket at once; the rest of one that does not is written by a task.
void Monitor::State::send(const std::string& line) {
    if (unsent.size() + line.size() > unread_limit)
        throw error(ErrorCode::OperationFailed, "QEMU does not read the commands on its monitor");
    if (!unsent.empty()) return keep_unsent(line);
    auto count = ::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    // the reader finds out about a broken connection
    keep_unsent(std::string_view{line}.substr(count < 0 ? 0 : static_cast<std::size_t>(count)));
}

void Monitor::State::keep_unsent(std::string_view rest) {
    bool idle = unsent.empty();
    unsent.append(rest);
    // it begins at once, and ends when it finds nothing
    if (idle && !rest.empty()) tasks.spawn(write(shared_from_this()));
}

/// QEMU takes descriptors with the bytes that they came with, so both must be the next that it reads.
void Monitor::State::send(const std::string& line, const std::vector<Fd>& files) {
    if (files.empty()) return send(line);
    std::vector<int> numbers;
    for (const auto& file : files) numbers.push_back(file.get());
    std::vector<char> space(CMSG_SPACE(numbers.size() * sizeof(int)));
    iovec bytes{const_cast<char*>(line.data()), line.size()};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    auto* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(numbers.size() * sizeof(int));
    std::memcpy(CMSG_DATA(control), numbers.data(), numbers.size() * sizeof(int));
    auto count =
        unsent.empty() ? ::sendmsg(socket.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) : -1;
    if (count < 0)
        throw error(ErrorCode::OperationFailed,
                    "QEMU does not read its monitor, so that no descriptor can be passed to it");
    keep_unsent(std::string_view{line}.substr(static_cast<std::size_t>(count)));
}

awaitable<void> Monitor::State::write(std::shared_ptr<State> self) {
    while (self->end.empty() && !self->unsent.empty()) {
        auto portion = self->unsent; // `unsent` may grow meanwhile
        boost::system::error_code failure;
        co_await asio::async_write(self->socket, asio::buffer(portion),
                                   asio::redirect_error(asio::use_awaitable, failure));
        if (failure) co_return self->finish("its monitor cannot be written: " + failure.message());
        if (self->end.empty()) self->unsent.erase(0, portion.size());
    }
}

awaitable<void> Monitor::State::read(std::shared_ptr<State> self) {
    std::vector<char> chunk(chunk_size);
    while (self->end.empty()) {
        boost::system::error_code failure;
        auto count = co_await self->socket.async_read_some(
            asio::buffer(chunk), asio::redirect_error(asio::use_awaitable, failure));
        if (failure == asio::error::eof) co_return self->finish("it closed its monitor");
        if (failure) co_return self->finish("its monitor cannot be read: " + failure.message());
        self->take({chunk.data(), count});
    }
}

void Monitor::State::take(std::string_view bytes) {
    while (end.empty() && !bytes.empty()) {
        auto newline = bytes.find('\n');
        bool complete = newline != std::string_view::npos;
        auto piece = bytes.substr(0, newline);
        bytes.remove_prefix(complete ? newline + 1 : bytes.size());
        if (partial_line.size() + piece.size() > line_limit)
            return finish(fmt::format("it sent a line of more than {} bytes on its monitor", line_limit));
        if (!complete) {
            partial_line.append(piece);
        } else if (partial_line.empty()) {
            take_line(piece);
        } else {
            auto line = std::exchange(partial_line, {}).append(piece);
            take_line(line);
        }
    }
}

void Monitor::State::take_line(std::string_view line) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    auto message = json::parse(line);
    if (!message) return finish("it sent what is not JSON on its monitor: " + message.error());
    if (!message->is_object()) return finish("it sent JSON that is not an object on its monitor");
    take_message(std::move(message->get_object()));
}

void Monitor::State::take_message(json::object message) {
    if (message.contains("event")) return take_event(message);
    if (message.contains("return") || message.contains("error")) return take_answer(std::move(message));
    if (!message.contains("QMP") || !greeting || greeting->answer)
        return finish("it sent an object on its monitor that is neither answer nor event");
    greeting->answer = std::move(message);
    greeting->alarm.cancel();
}

void Monitor::State::take_event(const json::object& message) {
    const auto* data = json::find_object(message, "data");
    MonitorEvent event{text_of(message, "event", ""), data != nullptr ? *data : json::object{},
                       time_of(message)};
    if (event.name.empty()) return finish("it sent an event without a name on its monitor");
    auto tell = listener.on_event; // the listener may close us
    if (tell) tell(event);
}

void Monitor::State::take_answer(json::object message) {
    auto id = json::find_number(message, "id");
    if (!id) { // QEMU could not even read what we sent: no telling whose answer this is
        if (message.contains("error")) finish("it could not read a command on its monitor");
        return;
    }
    auto found = waiting.find(*id);
    if (found == waiting.end() || found->second->answer) {
        log.debug("dropped an answer that nobody waits for (id {})", *id);
        return;
    }
    found->second->answer = std::move(message);
    found->second->alarm.cancel();
}

Monitor::Monitor(std::shared_ptr<State> state) : state_{std::move(state)} {}
Monitor::~Monitor() { close(); }

void Monitor::close() {
    state_->listener = {};
    state_->finish("the monitor was closed");
}

bool Monitor::is_open() const { return state_->end.empty(); }

awaitable<std::unique_ptr<Monitor>> Monitor::connect(std::string path, MonitorListener listener,
                                                     Milliseconds deadline) {
    using namespace asio::experimental::awaitable_operators;
    auto executor = co_await asio::this_coro::executor;
    Socket socket{executor};
    asio::steady_timer alarm{executor, deadline};
    boost::system::error_code failure;
    asio::local::stream_protocol::endpoint endpoint{path};
    auto first =
        co_await (socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failure)) ||
                  alarm.async_wait(asio::use_awaitable));
    if (first.index() == 1)
        throw error(ErrorCode::OperationTimeout, fmt::format("no connection to QEMU's monitor at {}", path));
    if (failure)
        throw error(ErrorCode::OperationFailed,
                    fmt::format("cannot connect to QEMU's monitor at {}: {}", path, failure.message()));
    co_return co_await greet(std::move(socket), std::move(listener), deadline);
}

awaitable<std::unique_ptr<Monitor>> Monitor::greet(Socket socket, MonitorListener listener,
                                                   Milliseconds deadline) {
    auto executor = co_await asio::this_coro::executor;
    auto state = std::make_shared<State>(std::move(socket), std::move(listener));
    std::unique_ptr<Monitor> monitor{new Monitor{state}};
    auto greeting = std::make_shared<Waiter>(executor, deadline);
    state->greeting = greeting;
    state->tasks.spawn(State::read(state));
    auto [alarm] = co_await greeting->alarm.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!greeting->answer) {
        if (!state->end.empty())
            throw error(ErrorCode::OperationFailed, "QEMU failed to greet: " + state->end);
        if (alarm) throw boost::system::system_error(alarm); // the caller was cancelled
        throw error(ErrorCode::OperationTimeout,
                    fmt::format("QEMU did not greet on its monitor within {} ms", deadline.count()));
    }
    co_await monitor->execute("qmp_capabilities", deadline);
    co_return monitor;
}

awaitable<json::value> Monitor::execute(std::string command, Milliseconds deadline) {
    json::object none;
    co_return co_await execute(std::move(command), std::move(none), deadline);
}

awaitable<json::value> Monitor::execute(std::string command, json::object arguments, Milliseconds deadline) {
    json::object message{{"execute", command}};
    if (!arguments.empty()) message["arguments"] = std::move(arguments);
    std::vector<Fd> none;
    auto answer = co_await State::ask(state_, std::move(message), std::move(none), deadline);
    co_return result_of(std::move(answer), command);
}

awaitable<json::object> Monitor::pass_on(json::object message, std::vector<Fd> files, Milliseconds deadline) {
    return State::ask(state_, std::move(message), std::move(files), deadline);
}

awaitable<void> Monitor::lend(std::string name, Fd file, Milliseconds deadline) {
    json::object arguments{{"fdname", name}};
    json::object message{{"execute", "getfd"}, {"arguments", std::move(arguments)}};
    std::vector<Fd> files;
    files.push_back(std::move(file));
    auto answer = co_await State::ask(state_, std::move(message), std::move(files), deadline);
    result_of(std::move(answer), "getfd");
}

/// Sends a message under an id of ours and awaits its answer. The monitor may be gone when that comes.
awaitable<json::object> Monitor::State::ask(std::shared_ptr<State> self, json::object message,
                                            std::vector<Fd> files, Milliseconds deadline) {
    auto command = text_of(message, "execute", "a command without a name");
    if (!self->end.empty()) throw refused(command, self->end);
    auto id = ++self->last_id;
    message["id"] = id;
    self->send(json::print(message) + "\n", files);
    files.clear();

    auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor, deadline);
    self->waiting.emplace(id, waiter);
    auto [alarm] = co_await waiter->alarm.async_wait(asio::as_tuple(asio::use_awaitable));
    self->waiting.erase(id);
    if (waiter->answer) co_return std::move(*waiter->answer);
    if (!self->end.empty()) throw refused(command, self->end);
    if (alarm) throw boost::system::system_error(alarm); // the caller was cancelled
    throw error(ErrorCode::OperationTimeout,
                fmt::format("QEMU did not answer '{}' within {} ms", command, deadline.count()));
}

} // namespace vireo::qemu
