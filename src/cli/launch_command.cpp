// SPDX-License-Identifier: Apache-2.0
// The command that makes guests of images.
#include "cli/launch.hpp"
#include "launch/names.hpp"

#include <cstdlib>

namespace vireo::cli {

namespace {
using enum OptionKind;

constexpr auto most_memory = MemorySize::mib(std::uint64_t{1} << 30), usual_memory = MemorySize::mib(1024);
constexpr std::uint64_t mib = std::uint64_t{1} << 20; ///< the unit of a number alone

/// Each line of a file of public keys.
std::vector<std::string> keys_in(const std::string& path) {
    std::vector<std::string> keys;
    auto content = content_of(path);
    for (std::size_t at = 0; at < content.size();) {
        auto end = std::min(content.find('\n', at), content.size());
        auto line = content.substr(at, end - at);
        if (line.starts_with("-----"))
            throw usage_error(
                fmt::format("'{0}' is a private key: --ssh-key wants the public one, often '{0}.pub'", path));
        if (!line.empty() && line.front() != '#') keys.push_back(std::move(line));
        at = end + 1;
    }
    if (keys.empty()) throw usage_error(fmt::format("there is no public key in '{}'", path));
    return keys;
}

std::vector<std::string> keys_of(const Arguments& arguments) {
    auto files = arguments.texts("ssh-key");
    const char* home = std::getenv("HOME");
    if (files.empty()) return launch::own_public_keys(home ? home : "/");
    std::vector<std::string> keys;
    for (const auto& file : files)
        for (auto& key : keys_in(file)) keys.push_back(std::move(key));
    return keys;
}

awaitable<void> launch_guest(Shell& shell, const Arguments& arguments) {
    Launch work{shell, LaunchWish::of(arguments)};
    co_await work.run();
}
} // namespace

LaunchWish LaunchWish::of(const Arguments& arguments) {
    LaunchWish wish;
    wish.image = arguments.text("image");
    wish.name = arguments.optional_text("name").value_or("");
    if (!wish.name.empty()) launch::require_host_name(wish.name);
    wish.user = arguments.optional_text("user").value_or("vireo");
    launch::require_user_name(wish.user);
    wish.cpus = static_cast<std::uint32_t>(arguments.number("cpus", 1).value_or(1));
    wish.memory = arguments.amount("memory", most_memory, mib).value_or(usual_memory);
    if (wish.memory < MemorySize::mib(32))
        throw usage_error("--memory: no guest boots with less than 32 MiB");
    if (arguments.has("disk"))
        wish.disk = arguments.amount("disk", MemorySize::bytes(std::uint64_t{1} << 62), mib * 1024);
    wish.ssh_keys = keys_of(arguments);
    wish.packages = arguments.texts("package");
    if (auto file = arguments.optional_text("cloud-init")) wish.user_data = content_of(*file);
    for (const auto& text : arguments.texts("forward")) wish.forwards.push_back(launch::parse_forward(text));
    for (const auto& text : arguments.texts("mount")) wish.mounts.push_back(launch::parse_mount(text));
    wish.patience = std::chrono::seconds{arguments.number("timeout", 1).value_or(300)};
    wish.keep = arguments.has("keep");
    return wish;
}

std::vector<Command> making_commands() {
    return {
        {"launch",
         "make a guest of a cloud image and wait until ssh lets you in",
         "IMAGE is a file (qcow2, raw, vmdk or vdi), which stays as it is; or a URL, or a name such as "
         "debian:12 (vireo images "
         "list), which is downloaded once. The guest is an ordinary domain afterwards.",
         {{"image", Positional, "a file, a URL or a name of the catalogue"},
          {"name", NamedText, "of the guest, and its host name (default: one is made up)"},
          {"cpus", NamedNumber, "how many it has (1)"},
          {"memory", NamedText, "how much: MiB, or with a unit as in 2G (1G)"},
          {"disk", NamedText, "how large: GiB, or with a unit as in 20G (as the image says)"},
          {"user", NamedText, "who you are in there (vireo)"},
          {"ssh-key", NamedTexts, "file with public keys that shall let in too (~/.ssh/id_*.pub)"},
          {"package", NamedTexts, "what to install at the first boot"},
          {"cloud-init", NamedText, "file with user data of yours, which is merged"},
          {"forward", NamedTexts, "a port of this host that leads to one of the guest's: 8080:80"},
          {"mount", NamedTexts,
           "a directory of this host in the guest: DIR:/path; what the guest writes there is yours (the "
           "system's daemon keeps the guest's owners beside the files)"},
          {"timeout", NamedNumber, "seconds until the guest must let you in (300)"},
          {"keep", Flag, "keep a guest that did not get so far"}},
         launch_guest},
        images_command(),
    };
}

} // namespace vireo::cli
