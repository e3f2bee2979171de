// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// Files of http and https servers, by libcurl. All of these block, end when a server is silent for a minute,
// and throw Error.

namespace vireo::launch {

bool is_url(std::string_view text);

/// Called some times a second, by the thread that downloads; false ends the download. `total` is 0 when
/// nobody knows.
using OnProgress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

/// What a server says that a file is: equal marks mean equal files.
struct FileMark {
    std::string etag, modified;
    std::uint64_t size = 0;
    bool empty() const { return etag.empty() && modified.empty(); }
    friend bool operator==(const FileMark&, const FileMark&) = default;
};

/// Downloads into `file`. What is there of it from an earlier attempt is continued, as long as the server
/// still has the same file (RFC 9110, If-Range; its mark is in `file`.mark); a broken connection is made
/// again while that brings any bytes.
FileMark download(const std::string& url, const std::filesystem::path& file, const OnProgress& on_progress);

/// A small document, of at most a mebibyte; nothing when the server has none.
std::optional<std::string> fetch_text(const std::string& url);
/// Asks for the mark alone (HEAD).
FileMark fetch_mark(const std::string& url);

} // namespace vireo::launch
