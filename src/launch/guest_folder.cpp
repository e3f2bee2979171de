// SPDX-License-Identifier: Apache-2.0
#include "launch/guest_folder.hpp"

#include "launch/error.hpp"
#include "json/json.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace vireo::launch {

namespace {
constexpr const char* marker = "launch.json";
/// All that launching ever puts into a folder.
constexpr std::string_view ours[] = {"disk.qcow2",  "seed.iso",        "id_ed25519",  "id_ed25519.pub",
                                     "known_hosts", "known_hosts.old", "console.log", "launch.json.partial",
                                     "launch.json"};

Error failed(std::string_view what, const std::filesystem::path& path, int number) {
    return error(ErrorCode::SystemError,
                 fmt::format("{} '{}': {}", what, path.string(), std::strerror(number)));
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void write_file(const std::filesystem::path& path, std::string_view content) {
    Fd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file) throw failed("cannot write", path, errno);
    while (!content.empty()) {
        auto written = ::write(file.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw failed("cannot write", path, errno);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::close(file.release()) != 0) throw failed("cannot write", path, errno);
}

bool is_locked(const std::filesystem::path& folder) {
    Fd directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return directory && ::flock(directory.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}
} // namespace

std::filesystem::path launch_directory() {
    auto of = [](const char* name) {
        const char* value = std::getenv(name);
        return std::filesystem::path{value ? value : ""};
    };
    if (auto data = of("XDG_DATA_HOME"); data.is_absolute()) return data / "vireo/launch";
    if (::geteuid() == 0) return "/var/lib/vireo/launch";
    if (auto home = of("HOME"); home.is_absolute()) return home / ".local/share/vireo/launch";
    throw error(ErrorCode::InvalidArgument,
                "there is no place for launched guests: neither HOME nor XDG_DATA_HOME is set");
}

namespace {
/// Says whose the folder is that is in the way.
Error in_the_way(const FolderFacts& facts) {
    if (is_locked(facts.path))
        return error(
            ErrorCode::ResourceBusy,
            fmt::format("a guest '{}' is being launched at this moment: choose another --name", facts.name));
    return error(
        ErrorCode::OperationInvalid,
        fmt::format(
            "a guest '{0}' was launched before, and '{1}' still has its disk: remove it with vireo rm {0}, "
            "or choose another --name",
            facts.name, facts.path.string()));
}

void make_folder(const FolderFacts& facts) {
    if (::mkdir(facts.path.c_str(), 0700) == 0) return;
    if (errno != EEXIST) throw failed("cannot make", facts.path, errno);
    // Who made one without a mark was killed before it had it.
    bool abandoned = !read_folder(facts.path) && !is_locked(facts.path) && remove_folder(facts.path).empty();
    if (!abandoned || ::mkdir(facts.path.c_str(), 0700) != 0) throw in_the_way(facts);
}
} // namespace

GuestFolder GuestFolder::create(const std::filesystem::path& directory, FolderFacts facts) {
    facts.path = directory / facts.name;
    std::error_code problem;
    std::filesystem::create_directories(directory, problem);
    if (problem) throw failed("cannot make", directory, problem.value());
    make_folder(facts);
    Fd lock{::open(facts.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) throw failed("cannot lock", facts.path, errno);
    GuestFolder folder{std::move(facts), std::move(lock)};
    try {
        folder.save();
    } catch (const Error&) {
        remove_folder(folder.path());
        throw;
    }
    return folder;
}

void GuestFolder::save() const {
    json::object document{{"domain", facts_.domain.text()},
                          {"name", facts_.name},
                          {"uri", facts_.uri},
                          {"image", facts_.image},
                          {"defined", facts_.defined}};
    auto path = facts_.path / marker;
    auto partial = facts_.path / "launch.json.partial";
    write_file(partial, json::print(document) + "\n");
    if (::rename(partial.c_str(), path.c_str()) != 0) throw failed("cannot write", path, errno);
}

void GuestFolder::write(std::string_view name, std::string_view content) const {
    write_file(facts_.path / name, content);
}

void GuestFolder::mark_defined() {
    facts_.defined = true;
    save();
}

std::optional<FolderFacts> read_folder(const std::filesystem::path& folder) {
    auto document = json::parse(content_of(folder / marker));
    if (!document || !document->is_object()) return std::nullopt;
    const auto& object = document->get_object();
    auto domain = Uuid::parse(json::find_text(object, "domain").value_or(""));
    auto name = json::find_text(object, "name");
    if (!domain || !name) return std::nullopt;
    FolderFacts facts{*domain, std::string{*name}, {}, {}, false, is_locked(folder), folder};
    facts.uri = json::find_text(object, "uri").value_or("");
    facts.image = json::find_text(object, "image").value_or("");
    facts.defined = json::find_flag(object, "defined").value_or(false);
    return facts;
}

std::vector<FolderFacts> all_folders(const std::filesystem::path& directory) {
    std::vector<FolderFacts> all;
    std::error_code problem; // without the directory there are none
    for (const auto& entry : std::filesystem::directory_iterator{directory, problem})
        if (auto facts = read_folder(entry.path())) all.push_back(std::move(*facts));
    std::ranges::sort(all, {}, &FolderFacts::name);
    return all;
}

std::vector<std::filesystem::path> remove_folder(const std::filesystem::path& folder) {
    for (auto name : ours) { // the marker last: until then the folder is known for what it is
        auto path = folder / name;
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw failed("cannot remove", path, errno);
    }
    if (::rmdir(folder.c_str()) == 0 || errno == ENOENT) return {};
    if (errno != ENOTEMPTY && errno != EEXIST) throw failed("cannot remove", folder, errno);
    std::vector<std::filesystem::path> stayed;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) stayed.push_back(entry.path());
    return stayed;
}

std::vector<std::string> last_lines(const std::filesystem::path& file, std::size_t count) {
    constexpr std::streamoff most = 64 << 10;
    std::ifstream stream{file, std::ios::binary | std::ios::ate};
    if (!stream) return {};
    stream.seekg(std::max<std::streamoff>(0, stream.tellg() - most));
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        std::erase_if(line, [](unsigned char letter) { return letter < ' ' && letter != '\t'; });
        if (!line.empty()) lines.push_back(std::move(line));
    }
    if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
    return lines;
}

} // namespace vireo::launch
