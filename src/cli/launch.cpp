// SPDX-License-Identifier: Apache-2.0
#include "cli/launch.hpp"

#include "async/blocking.hpp"
#include "cli/interrupt.hpp"
#include "launch/greeting.hpp"
#include "launch/host_network.hpp"
#include "launch/names.hpp"
#include "protocol/domain.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <set>
#include <unistd.h>

namespace vireo::cli {

using namespace std::chrono_literals;

namespace {
/// The guest mounts before it serves ssh, or soon after.
constexpr auto mount_patience = 20s;

Error failure(ErrorCode code, const std::string& message) { return {code, ErrorDomain::None, message}; }

void warn(Shell& shell, std::string_view about) {
    shell.flush();
    fmt::print(stderr, "warning: {}\n", about);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}
} // namespace

awaitable<void> Launch::timed(std::string_view key, std::string title, awaitable<void> step) {
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
    phases_.emplace_back(key, seconds_since(begin));
    shell_.print_extra("{:>6.1f} s\n", phases_.back().second);
    shell_.flush();
}

awaitable<void> Launch::find_image() {
    auto found = co_await cli::find_image(shell_, wish_.image, end_download_);
    note_ = found.note;
    auto probe = [path = found.file] { return launch::probe_image(path); };
    image_ = co_await async::blocking(std::move(probe));
}

/// Starts the session's daemon where it does not run, which asks QEMU what it can do where that is not known.
awaitable<void> Launch::ask_daemon() {
    auto daemon = co_await shell_.connection();
    of_session_ = daemon->uri().ends_with("/session");
    protocol::ConnectGetDomainCapabilitiesArgs query;
    query.arch = launch::guest_architecture;
    query.machine = launch::guest_machine;
    auto answer = co_await daemon->call(protocol::connect_get_domain_capabilities, query);
    kvm_ = launch::offers_kvm(answer.capabilities);
}

awaitable<void> Launch::remember_failure(std::exception_ptr& failure, awaitable<void> step) {
    try {
        co_await std::move(step);
    } catch (...) { failure = std::current_exception(); }
    if (failure) *end_download_ = true; // of the other step
}

/// Image and daemon at the same time: the first launch of a user waits for neither alone.
awaitable<void> Launch::prepare() {
    using namespace asio::experimental::awaitable_operators;
    std::exception_ptr of_daemon, of_image;
    co_await (remember_failure(of_daemon, ask_daemon()) && remember_failure(of_image, find_image()));
    if (of_daemon) std::rethrow_exception(of_daemon);
    if (of_image) std::rethrow_exception(of_image);
    for (const auto& forward : wish_.forwards) launch::require_usable_port(forward.host, of_session_);
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
    launch::Seed seed;
    seed.instance_id = uuid_.text();
    seed.host_name = wish_.name;
    seed.user = wish_.user;
    seed.ssh_keys = wish_.ssh_keys;
    seed.ssh_keys.insert(seed.ssh_keys.begin(), line);
    seed.packages = wish_.packages;
    seed.mounts = wish_.mounts;
    seed.more = wish_.user_data;
    // Then the files of this user, which the guest sees with their owner's number, are its user's too.
    if (!wish_.mounts.empty() && of_session_ && ::geteuid() != 0) seed.user_id = ::geteuid();
    folder_->write("seed.iso", launch::seed_image(seed));
}

launch::GuestPlan Launch::make_plan() const {
    launch::GuestPlan plan;
    plan.name = wish_.name;
    plan.uuid = uuid_;
    plan.kvm = kvm_;
    plan.cpus = wish_.cpus;
    plan.memory = wish_.memory;
    plan.disk = folder_->disk();
    plan.seed = folder_->seed();
    plan.console_log = folder_->console_log();
    plan.forwards = wish_.forwards;
    plan.forwards.insert(plan.forwards.begin(), {login_.port, launch::ssh_port});
    plan.mounts = wish_.mounts;
    plan.keep_owners = !of_session_ || ::geteuid() == 0;
    plan.metadata = {folder_->path(), wish_.user, image_.path};
    plan.passt = launch::may_use_passt();
    return plan;
}

/// Defines and starts it. passt may fail for reasons that only a start shows (rights, namespaces): then
/// QEMU's own network serves.
awaitable<void> Launch::run_domain(launch::GuestPlan plan) {
    auto daemon = co_await shell_.connection();
    domain_ = co_await client::Domain::define(daemon, launch::domain_xml(plan), 0);
    folder_->mark_defined();
    std::optional<Error> problem;
    try {
        co_await domain_->create(0);
    } catch (const Error& failure) {
        if (!plan.passt) throw;
        problem = failure;
    }
    if (!problem) co_return;
    plan.passt = false;
    domain_ = co_await client::Domain::define(daemon, launch::domain_xml(plan), 0);
    co_await domain_->create(0);
    network_note_ = fmt::format("QEMU's own network serves: {}", problem->what());
}

awaitable<void> Launch::start() {
    login_ = {wish_.user, launch::find_free_port(), folder_->path() / "id_ed25519",
              folder_->path() / "known_hosts"};
    // Half a call cannot be undone: an interruption waits.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await run_domain(make_plan());
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (interrupted_) throw failure(ErrorCode::OperationAborted, "interrupted");
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
    for (;;) {
        auto answer = co_await launch::run_inside(login_, "true");
        if (answer) break;
        co_await check_guest();
        pause.expires_after(500ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

/// The guest mounts by itself; what it could not is said, and is no failure.
awaitable<void> Launch::await_mounts() {
    auto end = std::chrono::steady_clock::now() + mount_patience;
    asio::steady_timer pause{co_await asio::this_coro::executor};
    launch::MountReport report;
    auto is_missing = [&report](const launch::Mount& mount) { return !report.has(mount); };
    for (;;) {
        auto answer = co_await launch::run_inside(login_, std::string{launch::mount_report_command});
        if (answer) report = launch::parse_mount_report(*answer);
        bool hopeless = answer && !report.knows_9p;
        bool complete = std::ranges::none_of(wish_.mounts, is_missing);
        if (complete || hopeless || std::chrono::steady_clock::now() > end) break;
        pause.expires_after(500ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
    for (const auto& mount : wish_.mounts) (is_missing(mount) ? missing_ : mounted_).push_back(mount.place);
    no_9p_in_ = report.knows_9p ? "" : report.kernel;
}

void Launch::show_missing_mounts() {
    if (missing_.empty()) return;
    auto places = fmt::format("{}", fmt::join(missing_, ", "));
    if (no_9p_in_.empty())
        warn(shell_, fmt::format("{} is not mounted in the guest; {} says why", places,
                                 own_command(shell_, fmt::format("ssh {} sudo mount {}", wish_.name,
                                                                 missing_.front()))));
    else
        warn(shell_,
             fmt::format("{} is not mounted: the guest's kernel {} has no 9p file system (kernels for "
                         "clouds often leave it out; a distribution's usual kernel has it); {} copies",
                         places, no_9p_in_, own_command(shell_, "cp --recursive")));
}

awaitable<void> Launch::steps() {
    co_await timed("prepare", "image and daemon", prepare());
    if (!note_.empty()) shell_.print_extra("    {}\n", note_);
    co_await timed("name", "name and folder", choose_name());
    co_await timed("files", "disk, key and seed", make_files());
    co_await timed("start", "start", start());
    if (!network_note_.empty()) shell_.print_extra("    {}\n", network_note_);
    co_await timed("boot", "boot, until ssh lets us in", await_guest());
    if (!wish_.mounts.empty()) co_await timed("mount", "mounts", await_mounts());
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
    if (!wish_.mounts.empty()) record.add("mounted", mounted_, "").add("notMounted", missing_, "");
    for (const auto& [key, lasted] : phases_) record.add(fmt::format("{}Seconds", key), lasted, "");
    record.add("ssh", words, fmt::format("or by hand: {}", words));
    shell_.show(record);
    show_missing_mounts();
}

awaitable<void> Launch::run() {
    std::exception_ptr problem;
    auto remember = [this] { *end_download_ = interrupted_ = true; };
    try {
        co_await interruptible(steps(), std::move(remember));
    } catch (...) { problem = std::current_exception(); }
    if (!problem) co_return show_result();
    if (interrupted_) shell_.set_exit_code(130);
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
