// SPDX-License-Identifier: Apache-2.0
#include "launch/seed.hpp"

#include "launch/error.hpp"
#include "launch/iso_image.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <string_view>

namespace vireo::launch {

namespace {
json::array texts(const std::vector<std::string>& from) {
    json::array all;
    for (const auto& text : from) all.emplace_back(text);
    return all;
}

/// "mounts" of cloud-init: the fields of fstab. A folder that is gone later must not keep the guest from
/// booting.
json::array mounts_of(const Seed& seed) {
    json::array all;
    for (std::size_t number = 0; number < seed.mounts.size(); ++number)
        all.emplace_back(json::array{mount_tag(number), seed.mounts[number].place, "9p",
                                     "trans=virtio,version=9p2000.L,msize=524288,nofail", "0", "0"});
    return all;
}

/// Places below the user's home are made before the user is: what was made on the way is given to the user.
json::array repair_of_home(const Seed& seed) {
    auto home = "/home/" + seed.user;
    json::array command{"find", home, "-xdev", "-user", "root"};
    for (const auto& mount : seed.mounts) {
        if (!mount.place.starts_with(home + "/")) continue;
        for (const auto* word : {"!", "-path"}) command.emplace_back(word);
        command.emplace_back(mount.place);
    }
    if (command.size() == 5) return {};
    for (const auto* word : {"-exec", "chown", "-h"}) command.emplace_back(word);
    command.emplace_back(seed.user + ":");
    for (const auto* word : {"{}", "+"}) command.emplace_back(word);
    json::array files{"cp", "-rnT", "/etc/skel", home};
    return {std::move(files), std::move(command)};
}

/// JSON is YAML.
std::string cloud_config(const Seed& seed) {
    json::object user{{"name", seed.user},
                      {"shell", "/bin/bash"},
                      {"sudo", "ALL=(ALL) NOPASSWD:ALL"},
                      {"lock_passwd", true},
                      {"ssh_authorized_keys", texts(seed.ssh_keys)}};
    if (seed.user_id) user["uid"] = *seed.user_id;
    // Nothing about sshd's own options: cloud-init would start it anew when we are in already.
    json::object config{{"users", json::array{std::move(user)}}, {"hostname", seed.host_name}};
    if (!seed.mounts.empty()) config["mounts"] = mounts_of(seed);
    if (auto commands = repair_of_home(seed); !commands.empty()) config["runcmd"] = std::move(commands);
    if (!seed.packages.empty()) {
        config["package_update"] = true;
        config["packages"] = texts(seed.packages);
    }
    return "#cloud-config\n" + json::print(config) + "\n";
}

struct Kind {
    std::string_view begin, type;
};
/// By what its first line begins with.
constexpr Kind kinds[] = {
    {"#cloud-config", "text/cloud-config"}, {"#!", "text/x-shellscript"},
    {"#include", "text/x-include-url"},     {"#cloud-boothook", "text/cloud-boothook"},
    {"## template: jinja", "text/jinja2"},  {"#part-handler", "text/part-handler"},
};

std::string_view type_of(std::string_view document) {
    for (const auto& kind : kinds)
        if (document.starts_with(kind.begin)) return kind.type;
    throw error(
        ErrorCode::InvalidArgument,
        "the file for --cloud-init is of no kind that cloud-init knows: its first line must begin with "
        "#cloud-config, #!, #include, #cloud-boothook, ## template: jinja or #part-handler");
}

std::string part(std::string_view boundary, std::string_view type, std::string_view content) {
    return fmt::format(
        "--{}\nContent-Type: {}; charset=\"utf-8\"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n"
        "Merge-Type: list(append)+dict(no_replace,recurse_list)+str()\n\n{}\n",
        boundary, type, content);
}

/// A line that none of the parts has.
std::string boundary_for(std::string_view content) {
    std::string boundary = "vireo-part";
    while (content.find(boundary) != content.npos) boundary += "-x";
    return boundary;
}
} // namespace

std::string meta_data(const Seed& seed) {
    json::object data{{"instance-id", seed.instance_id}, {"local-hostname", seed.host_name}};
    return json::print(data) + "\n";
}

std::string user_data(const Seed& seed) {
    auto ours = cloud_config(seed);
    if (seed.more.empty()) return ours;
    auto type = type_of(seed.more);
    auto boundary = boundary_for(ours + seed.more);
    return fmt::format("Content-Type: multipart/mixed; boundary=\"{}\"\nMIME-Version: 1.0\n\n{}{}--{}--\n",
                       boundary, part(boundary, "text/cloud-config", ours), part(boundary, type, seed.more),
                       boundary);
}

std::string seed_image(const Seed& seed) {
    auto meta = meta_data(seed), user = user_data(seed);
    return make_iso("cidata", {{"meta-data", meta}, {"user-data", user}});
}

} // namespace vireo::launch
