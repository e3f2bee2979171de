// SPDX-License-Identifier: Apache-2.0
#include "cli/image_source.hpp"

#include "async/blocking.hpp"
#include "cli/interrupt.hpp"
#include "launch/catalogue.hpp"
#include "launch/guest_folder.hpp"

#include <chrono>
#include <set>
#include <unistd.h>

namespace vireo::cli {

namespace {
using enum OptionKind;

/// A line on standard error that is drawn over and over; nothing where that is no terminal. Used by one
/// thread at a time.
class ProgressBar {
public:
    explicit ProgressBar(bool wanted) : wanted_{wanted && ::isatty(STDERR_FILENO)} {}
    ~ProgressBar() {
        if (drawn_) fmt::print(stderr, "\r\x1b[K");
    }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    void draw(std::uint64_t done, std::uint64_t total) {
        auto now = std::chrono::steady_clock::now();
        if (!wanted_ || (drawn_ && now - *drawn_ < std::chrono::milliseconds{100})) return;
        drawn_ = now;
        constexpr double mib = 1 << 20;
        if (total == 0) return fmt::print(stderr, "\r  {:.1f} MiB\x1b[K", static_cast<double>(done) / mib);
        auto part = static_cast<double>(done) / static_cast<double>(total);
        constexpr std::size_t width = 40;
        std::string bar(static_cast<std::size_t>(part * width), '#');
        fmt::print(stderr, "\r  [{:<{}}] {:3.0f} %  {:.1f} of {:.1f} MiB\x1b[K", bar, width, part * 100,
                   static_cast<double>(done) / mib, static_cast<double>(total) / mib);
    }

private:
    bool wanted_;
    std::optional<std::chrono::steady_clock::time_point> drawn_;
};

launch::ImageCache cache() {
    auto directory = launch::image_cache_directory();
    return launch::ImageCache{std::filesystem::weakly_canonical(directory)};
}

launch::FetchedImage fetch(const std::string& wanted, bool with_bar, const std::atomic<bool>& stop) {
    std::error_code none;
    if (std::filesystem::is_regular_file(wanted, none)) return {wanted, ""};
    std::string url = wanted;
    std::optional<std::string> checksums;
    if (!launch::is_url(wanted)) {
        if (wanted.find('/') != wanted.npos) return {wanted, ""}; // a path, whose absence its reader tells
        auto entry = launch::require_entry(launch::load_catalogue(), wanted);
        url = entry.url;
        checksums = entry.checksums;
    }
    ProgressBar bar{with_bar};
    auto tell = [&](std::uint64_t done, std::uint64_t total) {
        bar.draw(done, total);
        return !stop;
    };
    return cache().fetch(url, checksums, tell);
}

std::string mib_of(const std::filesystem::path& file) {
    std::error_code gone;
    auto size = std::filesystem::file_size(file, gone);
    return gone ? "-" : fmt::format("{} MiB", (size + (1U << 20) - 1) >> 20);
}

/// The images that guests lie over.
std::set<std::filesystem::path> used_images() {
    std::set<std::filesystem::path> used;
    for (const auto& folder : launch::all_folders(launch::launch_directory())) used.insert(folder.image);
    return used;
}

awaitable<void> list_images(Shell& shell) {
    Table table{{"Image", "Downloaded", "Source"}};
    auto cached = cache().images();
    for (const auto& entry : launch::load_catalogue()) {
        auto here = std::ranges::find(cached, entry.url, &launch::CachedImage::url);
        table.add_row({entry.title(), here == cached.end() ? "-" : mib_of(here->file), entry.url});
        if (here != cached.end()) cached.erase(here);
    }
    for (const auto& image : cached) table.add_row({"-", mib_of(image.file), image.url});
    shell.show(table);
    co_return;
}

awaitable<void> find_into(launch::FetchedImage& image, Shell& shell, std::string wanted, StopRequest stop) {
    image = co_await find_image(shell, std::move(wanted), std::move(stop));
}

awaitable<void> fetch_image(Shell& shell, std::string wanted) {
    auto stop = std::make_shared<std::atomic<bool>>(false);
    auto remember = [stop] { *stop = true; };
    launch::FetchedImage image;
    co_await interruptible(find_into(image, shell, std::move(wanted), stop), std::move(remember));
    Record record;
    record.add("file", image.file.string(), image.file.string());
    record.add("note", image.note, image.note);
    shell.show(record);
}

awaitable<void> prune_images(Shell& shell) {
    auto removed = cache().prune(used_images());
    for (const auto& path : removed) shell.print_extra("removed {}\n", path.string());
    if (removed.empty()) shell.print_extra("there was nothing to remove\n");
    co_return;
}

awaitable<void> images(Shell& shell, const Arguments& arguments) {
    auto action = arguments.optional_text("action").value_or("list");
    bool wants_image = action == "fetch";
    if (wants_image != arguments.has("image"))
        throw usage_error(wants_image ? "images fetch needs an image: a name of the catalogue or a URL"
                                      : fmt::format("images {} takes no image", action));
    if (action == "list") co_return co_await list_images(shell);
    if (action == "fetch") co_return co_await fetch_image(shell, arguments.text("image"));
    if (action == "prune") co_return co_await prune_images(shell);
    throw usage_error(fmt::format("images cannot '{}': it can list, fetch and prune", action));
}
} // namespace

awaitable<launch::FetchedImage> find_image(Shell& shell, std::string wanted, StopRequest stop) {
    bool with_bar = !shell.options().quiet && !shell.as_json();
    auto work = [wanted, with_bar, stop] { return fetch(wanted, with_bar, *stop); };
    co_return co_await async::blocking(std::move(work));
}

Command images_command() {
    return {
        "images",
        "the images that can be launched by name, and those downloaded",
        "list shows the catalogue and what is here of it; fetch downloads one; prune removes what no guest "
        "uses. Images of your own get names in ~/.config/vireo/images.json, where they are looked for first: "
        R"({"images": [{"name": "mine", "version": "1", "aliases": ["one"], "architecture": "x86_64", "url": )"
        R"("https://…/disk.qcow2", "checksums": "https://…/SHA256SUMS"}]})"
        ".",
        {{"action", Text, "list (as without it), fetch or prune"},
         {"image", Text, "to fetch: debian:12, or a URL"}},
        images};
}

} // namespace vireo::cli
