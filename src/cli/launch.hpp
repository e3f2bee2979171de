// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/image_source.hpp"
#include "cli/launched_guest.hpp"
#include "launch/guest_folder.hpp"
#include "launch/image.hpp"
#include "launch/seed.hpp"

#include <chrono>

namespace vireo::cli {

/// What the user asked for.
struct LaunchWish {
    std::string image, name; ///< an empty name is generated
    std::string user;
    std::uint32_t cpus = 1;
    MemorySize memory;
    std::optional<MemorySize> disk;
    std::vector<std::string> ssh_keys, packages; ///< lines of authorized_keys
    std::string user_data;
    std::vector<launch::Forward> forwards;
    std::vector<launch::Mount> mounts;
    std::chrono::seconds patience{};
    bool keep = false;

    /// Throws Error for what cannot be done.
    static LaunchWish of(const Arguments& arguments);
};

/// One launch: its steps, and what must be undone when one of them fails.
class Launch {
public:
    Launch(Shell& shell, LaunchWish wish) : shell_{shell}, wish_{std::move(wish)} {}
    /// All of it; a failed step is undone, unless the guest shall be kept. Throws Error.
    awaitable<void> run();

private:
    awaitable<void> steps();
    awaitable<void> prepare();
    awaitable<void> find_image();
    awaitable<void> ask_daemon();
    awaitable<void> remember_failure(std::exception_ptr& failure, awaitable<void> step);
    awaitable<void> choose_name();
    awaitable<void> sweep(std::shared_ptr<client::Connection> daemon);
    awaitable<void> make_files();
    awaitable<void> start();
    launch::GuestPlan make_plan() const;
    awaitable<void> run_domain(launch::GuestPlan plan);
    awaitable<void> await_guest();
    awaitable<void> await_mounts();
    awaitable<void> undo();
    awaitable<void> check_guest();
    void show_console();
    void show_result();
    void show_missing_mounts();
    /// Does `step`, tells how long it took and remembers it as the phase `key`.
    awaitable<void> timed(std::string_view key, std::string title, awaitable<void> step);

    Shell& shell_;
    LaunchWish wish_;
    launch::Image image_;
    Uuid uuid_ = Uuid::generate();
    std::optional<launch::GuestFolder> folder_;
    std::optional<client::Domain> domain_;
    std::optional<std::chrono::steady_clock::time_point> deadline_; ///< once the guest runs
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    launch::Login login_;
    std::string note_, network_note_; ///< about the image, about the network
    bool kvm_ = false, of_session_ = false;
    std::vector<std::string> mounted_, missing_; ///< places in the guest
    std::string no_9p_in_;                       ///< the guest's kernel, when that is why some are missing
    std::vector<std::pair<std::string_view, double>> phases_; ///< seconds
    StopRequest end_download_ = std::make_shared<std::atomic<bool>>(false);
    bool interrupted_ = false;
};

} // namespace vireo::cli
