// SPDX-License-Identifier: Apache-2.0
#include "launch/image_cache.hpp"

#include "base/enum_names.hpp"
#include "base/fd.hpp"
#include "launch/error.hpp"
#include "json/json.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

namespace vireo::launch {

namespace {
/// The last part of a URL's path.
std::string file_name(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    return std::string{url.substr(url.rfind('/') + 1)};
}

std::string beside(const std::string& url, std::string_view name) {
    return url.substr(0, url.substr(0, url.find_first_of("?#")).rfind('/') + 1) + std::string{name};
}

std::optional<Digest> published_digest(const std::string& url, const std::optional<std::string>& checksums) {
    auto name = file_name(url);
    if (checksums) {
        auto digest = find_digest(fetch_text(*checksums).value_or(""), name);
        if (!digest)
            throw error(ErrorCode::HttpError,
                        fmt::format("'{}' has no checksum of '{}': the image cannot be verified, and is "
                                    "not used; its URL would be taken without",
                                    *checksums, name));
        return digest;
    }
    for (const auto& place :
         {beside(url, "SHA256SUMS"), beside(url, "SHA512SUMS"), beside(url, name + ".sha256")})
        if (auto digest = find_digest(fetch_text(place).value_or(""), name)) return digest;
    return std::nullopt;
}

bool is_newest(const CachedImage& image, const std::optional<Digest>& wanted) {
    if (wanted)
        return (wanted->kind == image.digest.kind ? image.digest
                                                  : digest_of_file(image.file, wanted->kind)) == *wanted;
    auto mark = fetch_mark(image.url);
    return !mark.empty() && mark.etag == image.mark.etag && mark.modified == image.mark.modified;
}

std::optional<CachedImage> read_entry(const std::filesystem::path& path) {
    std::ifstream file{path};
    auto document = json::parse(std::string{std::istreambuf_iterator<char>{file}, {}});
    if (!document || !document->is_object()) return std::nullopt;
    auto text = [&](std::string_view key) {
        return std::string{json::find_text(document->get_object(), key).value_or("")};
    };
    auto kind = from_name<DigestKind>(text("digestKind"));
    CachedImage image{
        text("url"), path.parent_path() / text("file"), {}, {text("etag"), text("modified"), 0}};
    std::error_code gone;
    if (!kind || image.url.empty() || text("file").empty() || !std::filesystem::exists(image.file, gone))
        return std::nullopt;
    image.digest = {*kind, text("digest")};
    return image;
}

void write_entry(const std::filesystem::path& path, const CachedImage& image) {
    json::object entry{{"url", image.url},
                       {"file", image.file.filename().string()},
                       {"digestKind", name_of(image.digest.kind)},
                       {"digest", image.digest.digits},
                       {"etag", image.mark.etag},
                       {"modified", image.mark.modified}};
    auto partial = path.string() + ".new";
    std::ofstream file{partial, std::ios::trunc};
    file << json::print(entry) << '\n';
    file.close();
    if (!file) throw error(ErrorCode::WriteFailed, fmt::format("'{}' cannot be written", partial));
    std::filesystem::rename(partial, path);
}

/// Waits for the right to download; whoever has it is told by a file that stays.
Fd claim(const std::filesystem::path& path, const OnProgress& on_progress) {
    Fd lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!lock)
        throw error(ErrorCode::OpenFailed, fmt::format("'{}': {}", path.string(), std::strerror(errno)));
    while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (!on_progress(0, 0)) throw error(ErrorCode::OperationAborted, "interrupted");
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    }
    return lock;
}

/// "debian-12.qcow2" becomes "debian-12-0123456789ab.qcow2".
std::string lasting_name(const std::string& name, const Digest& digest) {
    std::filesystem::path path{name.empty() ? "image" : name};
    return fmt::format("{}-{}{}", path.stem().string(), digest.digits.substr(0, 12),
                       path.extension().string());
}

bool ends_with_any(const std::string& name, std::initializer_list<std::string_view> ends) {
    for (auto end : ends)
        if (name.ends_with(end)) return true;
    return false;
}
} // namespace

std::filesystem::path image_cache_directory() {
    auto of = [](const char* name) {
        const char* value = std::getenv(name);
        return std::filesystem::path{value ? value : ""};
    };
    if (auto cache = of("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "vireo/images";
    if (auto home = of("HOME"); home.is_absolute()) return home / ".cache/vireo/images";
    throw error(ErrorCode::InvalidArgument,
                "there is no place for downloads: neither HOME nor XDG_CACHE_HOME is set");
}

std::filesystem::path ImageCache::place_of(const std::string& url, std::string_view extension) const {
    return directory_ / (digest_of(url, DigestKind::Sha256).digits.substr(0, 16) + std::string{extension});
}

std::vector<CachedImage> ImageCache::images() const {
    std::vector<CachedImage> all;
    std::error_code none; // without the directory there are none
    for (const auto& entry : std::filesystem::directory_iterator{directory_, none})
        if (entry.path().extension() == ".json")
            if (auto image = read_entry(entry.path())) all.push_back(std::move(*image));
    return all;
}

std::optional<CachedImage> ImageCache::find(const std::string& url) const {
    return read_entry(place_of(url, ".json"));
}

FetchedImage ImageCache::fetch(const std::string& url, const std::optional<std::string>& checksums,
                               const OnProgress& on_progress) {
    std::error_code problem;
    std::filesystem::create_directories(directory_, problem);
    if (problem)
        throw error(ErrorCode::SystemError,
                    fmt::format("cannot make '{}': {}", directory_.string(), problem.message()));
    auto lock = claim(place_of(url, ".lock"), on_progress);
    auto known = find(url);
    std::optional<Digest> wanted;
    try {
        wanted = published_digest(url, checksums);
        if (known && is_newest(*known, wanted)) return {known->file, "from the cache"};
    } catch (const Error& unreachable) {
        if (!known) throw;
        return {known->file, fmt::format("from the cache, perhaps not the newest: {}", unreachable.what())};
    }
    return download_verified(url, wanted, on_progress);
}

FetchedImage ImageCache::download_verified(const std::string& url, const std::optional<Digest>& wanted,
                                           const OnProgress& on_progress) {
    auto part = place_of(url, ".part");
    auto mark = download(url, part, on_progress);
    auto digest = digest_of_file(part, wanted ? wanted->kind : DigestKind::Sha256);
    if (wanted && digest != *wanted) {
        std::filesystem::remove(part);
        throw error(
            ErrorCode::OperationFailed,
            fmt::format(
                "'{}' is not what its server says: {} is {}, should be {}; the download was thrown away", url,
                name_of(digest.kind), digest.digits, wanted->digits));
    }
    CachedImage image{url, directory_ / lasting_name(file_name(url), digest), digest, mark};
    ::chmod(part.c_str(), 0444);
    std::filesystem::rename(part, image.file);
    write_entry(place_of(url, ".json"), image);
    return {image.file, wanted ? fmt::format("{} verified", name_of(digest.kind))
                               : "not verified: the server has no checksum"};
}

std::vector<std::filesystem::path> ImageCache::prune(const std::set<std::filesystem::path>& used) {
    std::vector<std::filesystem::path> removed;
    std::error_code none; // without the directory there is nothing
    for (const auto& entry : std::filesystem::directory_iterator{directory_, none}) {
        auto name = entry.path().filename().string();
        if (used.contains(std::filesystem::weakly_canonical(entry.path())) ||
            ends_with_any(name, {".lock", ".json"}))
            continue;
        if (ends_with_any(name, {".part", ".part.mark"})) {
            auto stem = name.substr(0, name.find('.'));
            Fd lock{::open((directory_ / (stem + ".lock")).c_str(), O_RDWR | O_CLOEXEC)};
            if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue; // it is being downloaded
        }
        removed.push_back(entry.path());
    }
    for (const auto& path : removed) std::filesystem::remove(path);
    for (const auto& entry : std::filesystem::directory_iterator{directory_, none})
        if (entry.path().extension() == ".json" && !read_entry(entry.path()))
            std::filesystem::remove(entry.path());
    return removed;
}

} // namespace vireo::launch
