// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "launch/digest.hpp"
#include "launch/download.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vireo::launch {

/// XDG_CACHE_HOME/vireo/images, or below the home directory. Throws Error when there is neither.
std::filesystem::path image_cache_directory();

/// An image that was downloaded.
struct CachedImage {
    std::string url;
    std::filesystem::path file;
    Digest digest;
    FileMark mark;
};

struct FetchedImage {
    std::filesystem::path file;
    std::string note; ///< for people: where it is from, and how that was checked
};

/// Downloaded images. A file that was put here never changes: guests lie over it; a newer image is another
/// file. Everything blocks and throws Error; several processes may use it at a time.
class ImageCache {
public:
    explicit ImageCache(std::filesystem::path directory) : directory_{std::move(directory)} {}

    std::vector<CachedImage> images() const;
    std::optional<CachedImage> find(const std::string& url) const;
    /// The image of this URL, downloaded unless the newest is here. It is verified by the file of checksums
    /// that `checksums` names, which must have it, else by one beside the image, if there is any (SHA256SUMS,
    /// SHA512SUMS, IMAGE.sha256). Without the network, what is here must do.
    FetchedImage fetch(const std::string& url, const std::optional<std::string>& checksums,
                       const OnProgress& on_progress);
    /// Removes the images that are not `used`, and what broken downloads left. Returns the files.
    std::vector<std::filesystem::path> prune(const std::set<std::filesystem::path>& used);

private:
    std::filesystem::path place_of(const std::string& url, std::string_view extension) const;
    FetchedImage download_verified(const std::string& url, const std::optional<Digest>& wanted,
                                   const OnProgress& on_progress);
    std::filesystem::path directory_;
};

} // namespace vireo::launch
