// SPDX-License-Identifier: Apache-2.0
#include "cli/launch.hpp"

#include "async/blocking.hpp"
#include "cli/interrupt.hpp"
#include "launch/greeting.hpp"
#include "launch/names.hpp"
#include "protocol/connect.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <set>

namespace vireo::cli {

using namespace std::chrono_literals;

namespace {
Error failure(ErrorCode code, const std::string& message) { return {code, ErrorDomain::None, message}; }

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}
} // namespace

awaitable<void> Launch::timed(std::string title, awaitable<void> step) {
    auto begin = std::chrono::steady_clock::now();
    shell_.print_extra("  {:<28}", title);
    shell_.flush();
    std::exception_ptr problem;
    try {
        co_await std::move(step);
    } catch (...) { problem = std::current_exception(); }
    if (problem) {
        shell_.print_extra("  failed\n");
        std::rethrow_exception(problem);
    }
    shell_.print_extra("{:>6.1f} s\n", seconds_since(begin));
    shell_.flush();
}

awaitable<void> Launch::find_image() {
    auto found = co_await cli::find_image(shell_, wish_.image, stop_);
    note_ = found.note;
    auto probe = [path = found.file] { return launch::probe_image(path); };
    image_ = co_await async::blocking(std::move(probe));
}

/// Removes what killed launches of this daemon left: folders that never got a domain.
awaitable<void> Launch::sweep(std::shared_ptr<client::Connection> daemon) {
    auto domains = co_await client::Domain::list(daemon, 0);
    for (const auto& facts : launch::all_folders(launch::launch_directory())) {
        bool exists =
            std::ranges::any_of(domains, [&](const auto& domain) { return domain.uuid() == facts.domain; });
        if (facts.defined || facts.being_made || exists || facts.uri != daemon->uri()) continue;
        launch::remove_folder(facts.path);
        shell_.print_extra("  (removed what an interrupted launch left of '{}')\n", facts.name);
    }
}

awaitable<void> Launch::choose_name() {
    auto daemon = co_await shell_.connection();
    co_await sweep(daemon);
    std::set<std::string> taken;
    auto domains = co_await client::Domain::list(daemon, 0);
    for (const auto& domain : domains) taken.insert(domain.name());
    auto directory = launch::launch_directory();
    auto is_taken = [&](const std::string& name) {
        return taken.contains(name) || std::filesystem::exists(directory / name);
    };
    if (wish_.name.empty()) wish_.name = launch::generate_name(is_taken);
    if (taken.contains(wish_.name))
        throw failure(ErrorCode::OperationFailed,
                      fmt::format("there is a domain '{}' already: choose another --name", wish_.name));
    launch::FolderFacts facts;
    facts.domain = uuid_;
    facts.name = wish_.name;
    facts.uri = daemon->uri();
    facts.image = image_.path;
    folder_ = launch::GuestFolder::create(directory, std::move(facts));
}

awaitable<void> Launch::make_files() {
    co_await launch::create_overlay(image_, folder_->disk(), wish_.disk);
    auto key = folder_->path() / "id_ed25519";
    auto line = co_await launch::create_key(key, "vireo-" + wish_.name);
    launch::Seed seed{uuid_.text(), wish_.name, wish_.user, wish_.ssh_keys, wish_.packages, wish_.user_data};
    seed.ssh_keys.insert(seed.ssh_keys.begin(), line);
    folder_->write("seed.iso", launch::seed_image(seed));
}

awaitable<void> Launch::start() {
    auto daemon = co_await shell_.connection();
    auto capabilities = co_await daemon->call(protocol::connect_get_capabilities);
    launch::GuestPlan plan;
    plan.name = wish_.name;
    plan.uuid = uuid_;
    plan.kvm = launch::offers_kvm(capabilities.capabilities, "x86_64");
    plan.cpus = wish_.cpus;
    plan.memory = wish_.memory;
    plan.disk = folder_->disk();
    plan.seed = folder_->seed();
    plan.console_log = folder_->console_log();
    auto port = launch::find_free_port();
    plan.forwards = wish_.forwards;
    plan.forwards.insert(plan.forwards.begin(), {port, launch::ssh_port});
    plan.metadata = {folder_->path(), wish_.user, image_.path};
    login_ = {wish_.user, port, folder_->path() / "id_ed25519", folder_->path() / "known_hosts"};
    // Half a call cannot be undone: an interruption waits.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    domain_ = co_await client::Domain::define(daemon, launch::domain_xml(plan), 0);
    folder_->mark_defined();
    co_await domain_->create(0);
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (*stop_) throw failure(ErrorCode::OperationAborted, "interrupted");
    deadline_ = std::chrono::steady_clock::now() + wish_.patience;
}

/// Throws Error when the guest ended or its time is over.
awaitable<void> Launch::check_guest() {
    auto answer = co_await domain_->state();
    if (answer.state == shut_off_state || answer.state == crashed_state)
        throw failure(ErrorCode::OperationFailed,
                      fmt::format("guest '{}' ended while it booted", wish_.name));
    if (std::chrono::steady_clock::now() > *deadline_)
        throw failure(
            ErrorCode::OperationTimeout,
            fmt::format(
                "guest '{}' did not let us in within {} s; --timeout gives it longer, --keep keeps it "
                "for a look",
                wish_.name, wish_.patience.count()));
}

awaitable<void> Launch::await_guest() {
    auto check = [this] { return check_guest(); };
    co_await launch::await_greeting(login_.port, std::move(check));
    asio::steady_timer pause{co_await asio::this_coro::executor};
    for (bool in = false; !in;) {
        in = co_await launch::can_log_in(login_);
        if (in) break;
        co_await check_guest();
        pause.expires_after(500ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

awaitable<void> Launch::steps() {
    co_await timed("image", find_image());
    if (!note_.empty()) shell_.print_extra("    {}\n", note_);
    co_await timed("name and folder", choose_name());
    co_await timed("disk, key and seed", make_files());
    co_await timed("start", start());
    co_await timed("boot, until ssh lets us in", await_guest());
}

awaitable<void> Launch::undo() {
    if (domain_) {
        co_await end_guest(*domain_);
        co_await domain_->undefine(0);
    }
    if (folder_) launch::remove_folder(folder_->path());
}

void Launch::show_console() {
    if (!folder_) return;
    auto lines = launch::last_lines(folder_->console_log(), 20);
    if (lines.empty()) return;
    shell_.show_error(fmt::format("the last lines of the guest's console:\n{}", fmt::join(lines, "\n")));
}

void Launch::show_result() {
    auto seconds = seconds_since(begin_);
    auto words = fmt::format("{}", fmt::join(launch::ssh_words(login_), " "));
    Record record;
    record.add("name", wish_.name, fmt::format("\nGuest '{}' is up after {:.1f} s", wish_.name, seconds));
    record.add("uuid", uuid_.text(), "").add("user", login_.user, "").add("sshPort", login_.port, "");
    record.add("folder", folder_->path().string(), "").add("seconds", seconds, "");
    record.add_line(fmt::format("  {:<40} gets you in", own_command(shell_, "ssh " + wish_.name)));
    record.add_line(fmt::format("  {:<40} removes it", own_command(shell_, "rm " + wish_.name)));
    record.add("ssh", words, fmt::format("or by hand: {}", words));
    shell_.show(record);
}

awaitable<void> Launch::run() {
    std::exception_ptr problem;
    auto remember = [stop = stop_] { *stop = true; };
    try {
        co_await interruptible(steps(), std::move(remember));
    } catch (...) { problem = std::current_exception(); }
    if (!problem) co_return show_result();
    if (*stop_) shell_.set_exit_code(130);
    show_console();
    if (wish_.keep && domain_) {
        shell_.show_error(fmt::format("guest '{0}' is kept: {1} shows its console, {2} removes it",
                                      wish_.name, own_command(shell_, "console " + wish_.name),
                                      own_command(shell_, "rm " + wish_.name)));
        std::rethrow_exception(problem);
    }
    std::string left;
    try {
        co_await undo();
    } catch (const Error& error) { left = error.what(); }
    if (!left.empty())
        shell_.show_error(fmt::format("not all could be undone: {}; {} removes the rest", left,
                                      own_command(shell_, "rm " + wish_.name)));
    std::rethrow_exception(problem);
}

} // namespace vireo::cli
