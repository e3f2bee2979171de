// SPDX-License-Identifier: Apache-2.0
// The protocol of QEMU's guest agent (its "QEMU Guest Agent Protocol Reference"): JSON lines as in QMP, but
// without a greeting, and without ids in answers. What an earlier client left in the channel is skipped by
// `guest-sync-delimited`, whose answer follows a byte that is in no JSON text.
#include "qemu/agent/agent.hpp"

#include "async/blocking.hpp"
#include "base/random.hpp"
#include "qemu/error.hpp"
#include "qemu/unix_socket.hpp"
#include "json/json.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace vireo::qemu {

namespace {
constexpr char mark = '\xff';
/// For the commands of others.
constexpr std::chrono::seconds turn_patience{30};

Error unresponsive(std::string_view what) {
    return error(ErrorCode::AgentUnresponsive, fmt::format("the guest agent {}", what));
}

std::string name_of_command(const json::object& message) {
    return std::string{json::find_text(message, "execute").value_or("a command without a name")};
}

/// Throws when the answer is an error.
void require_success(const json::object& answer, std::string_view command) {
    const auto* refusal = json::find_object(answer, "error");
    if (refusal != nullptr)
        throw AgentRefusal(fmt::format("the guest agent did not run '{}': {}", command,
                                       json::find_text(*refusal, "desc").value_or("it gave no reason")),
                           json::find_text(*refusal, "class") == "CommandNotFound");
    if (!answer.contains("return")) throw unresponsive("sent what is no answer");
}

/// A long text in the pool: the guest decides how long it is.
awaitable<std::expected<json::value, std::string>> parse(std::string text) {
    constexpr std::size_t quick_text = 64U << 10;
    if (text.size() <= quick_text) co_return json::parse(text);
    auto work = [&text] { return json::parse(text); };
    co_return co_await async::blocking(std::move(work));
}

std::chrono::steady_clock::time_point end_of(Agent::Patience patience) {
    return patience ? std::chrono::steady_clock::now() + *patience
                    : std::chrono::steady_clock::time_point::max();
}
} // namespace

AgentRefusal::AgentRefusal(const std::string& message, bool unknown_command)
    : Error{error(ErrorCode::InternalError, message)}, unknown_command{unknown_command} {}

Agent::Agent(asio::any_io_executor executor, std::string socket_path)
    : executor_{std::move(executor)}, path_{std::move(socket_path)}, turns_{executor_}, socket_{executor_} {
    std::array<std::uint8_t, sizeof last_id_> start{}; // not one that an earlier daemon has used
    fill_random(start);
    std::memcpy(&last_id_, start.data(), start.size());
}

Agent::~Agent() = default;

awaitable<json::value> Agent::execute(std::string command, Patience patience) {
    json::object none;
    co_return co_await execute(std::move(command), std::move(none), patience);
}

awaitable<json::value> Agent::execute(std::string command, json::object arguments, Patience patience) {
    json::object message{{"execute", command}};
    if (!arguments.empty()) message["arguments"] = std::move(arguments);
    auto answer = co_await ask(std::move(message), Ending::Answer, patience);
    co_return std::move(answer["return"]);
}

awaitable<std::string> Agent::pass_on(json::object message, Patience patience) {
    auto answer = co_await ask(std::move(message), Ending::Answer, patience);
    if (answer.empty()) co_return std::string{};
    auto print = [&answer] { return json::print(answer); };
    co_return co_await async::blocking(std::move(print));
}

awaitable<void> Agent::send_off(std::string command, json::object arguments, Patience patience) {
    json::object message{{"execute", command}};
    if (!arguments.empty()) message["arguments"] = std::move(arguments);
    co_await ask(std::move(message), Ending::Departure, patience);
}

awaitable<json::object> Agent::ask(json::object message, Ending ending, Patience patience) {
    async::JobRequest request{.name = name_of_command(message), .patience = turn_patience};
    auto turn = co_await turns_.begin(std::move(request));
    std::exception_ptr failure;
    try {
        auto answer = co_await converse(json::print(message) + "\n", ending, patience);
        if (!answer) co_return json::object{};
        require_success(*answer, name_of_command(message));
        co_return std::move(*answer);
    } catch (const Error& error) {
        if (error.code != ErrorCode::InternalError) hang_up(); // there may be an answer that is not awaited
        failure = std::current_exception();
    } catch (...) {
        hang_up();
        failure = std::current_exception();
    }
    std::rethrow_exception(failure);
}

awaitable<std::optional<json::object>> Agent::converse(std::string line, Ending ending, Patience patience) {
    bool waits = !patience || patience->count() > 0;
    auto presence = patience && waits ? std::min(*patience, default_patience) : default_patience;
    connect();
    co_await synchronise(end_of(presence));
    co_await write(std::move(line), end_of(presence));
    if (!waits) co_return std::nullopt;
    auto deadline = end_of(patience);
    std::exception_ptr failure;
    try {
        auto text = co_await read_line(false, deadline);
        auto document = co_await parse(std::move(text));
        if (!document || !document->is_object()) throw unresponsive("sent what is not an object of JSON");
        co_return std::move(document->get_object());
    } catch (...) { failure = std::current_exception(); }
    if (ending == Ending::Departure && !socket_.is_open()) co_return std::nullopt;
    std::rethrow_exception(failure);
}

void Agent::connect() {
    if (closed_) throw unresponsive("is gone with its guest");
    if (socket_.is_open()) return;
    input_.clear();
    try {
        socket_.assign(asio::local::stream_protocol{}, connect_to(path_).release());
    } catch (const std::system_error& failure) {
        throw unresponsive(fmt::format("is not there: {}", failure.what()));
    }
}

awaitable<void> Agent::synchronise(Deadline deadline) {
    auto id = ++last_id_;
    json::object arguments{{"id", id}};
    json::object message{{"execute", "guest-sync-delimited"}, {"arguments", std::move(arguments)}};
    co_await write(mark + json::print(message) + "\n", deadline);
    for (std::size_t skipped = 0; skipped < answer_limit;) {
        auto line = co_await read_line(true, deadline);
        skipped += line.size() + 1;
        auto answer = co_await parse(std::move(line)); // also one to an earlier question
        const auto* object = answer ? answer->if_object() : nullptr;
        if (object != nullptr && json::find_number(*object, "return") == id) co_return;
    }
    throw unresponsive("does not answer what it is asked");
}

awaitable<void> Agent::write(std::string bytes, Deadline deadline) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer alarm{executor_, deadline};
    boost::system::error_code failure;
    auto first = co_await (
        asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, failure)) ||
        alarm.async_wait(asio::use_awaitable));
    if (first.index() == 1) throw unresponsive("does not read what it is sent");
    if (failure) throw unresponsive("cannot be reached: " + failure.message());
}

awaitable<std::string> Agent::read_line(bool after_mark, Deadline deadline) {
    std::size_t skipped = 0;
    while (after_mark) {
        auto found = input_.find(mark);
        after_mark = found == std::string::npos;
        skipped += std::min(found, input_.size());
        input_.erase(0, after_mark ? found : found + 1);
        if (skipped > answer_limit) throw unresponsive("fills its channel with nonsense");
        if (after_mark) co_await read_more(deadline);
    }
    std::size_t searched = 0;
    for (;;) {
        auto end = input_.find('\n', searched);
        if (end != std::string::npos) {
            auto line = input_.substr(0, end);
            input_.erase(0, end + 1);
            co_return line;
        }
        searched = input_.size();
        if (searched > answer_limit)
            throw unresponsive(fmt::format("sent an answer of more than {} bytes", answer_limit));
        co_await read_more(deadline);
    }
}

awaitable<void> Agent::read_more(Deadline deadline) {
    using namespace asio::experimental::awaitable_operators;
    constexpr std::size_t chunk = 16U << 10;
    std::vector<char> space(chunk);
    asio::steady_timer alarm{executor_, deadline};
    boost::system::error_code failure;
    auto first = co_await (
        socket_.async_read_some(asio::buffer(space), asio::redirect_error(asio::use_awaitable, failure)) ||
        alarm.async_wait(asio::use_awaitable));
    if (first.index() == 1) throw unresponsive("did not answer in time");
    if (!socket_.is_open()) throw unresponsive("has closed its channel");
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    if (failure) throw unresponsive("cannot be heard: " + failure.message());
    input_.append(space.data(), std::get<0>(first));
}

void Agent::hang_up() {
    boost::system::error_code ignored; // closing reports what is lost anyway
    socket_.close(ignored);
    input_ = {};
}

void Agent::disconnect() { hang_up(); }

void Agent::close() {
    closed_ = true;
    hang_up();
}

} // namespace vireo::qemu
