// SPDX-License-Identifier: Apache-2.0
#include "launch/download.hpp"

#include "base/fd.hpp"
#include "launch/error.hpp"
#include "json/json.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>

namespace vireo::launch {

namespace {
constexpr long forbidden = 403, not_found = 404, gone = 410, partial_content = 206, range_refused = 416;

/// "ETag: x" gives x for "etag".
std::optional<std::string> header_value(std::string_view line, std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':' ||
        ::strncasecmp(line.data(), name.data(), name.size()) != 0)
        return std::nullopt;
    line.remove_prefix(name.size() + 1);
    auto begin = std::min(line.find_first_not_of(" \t"), line.size());
    auto end = line.find_last_not_of(" \t\r\n");
    return std::string{end == line.npos ? std::string_view{} : line.substr(begin, end + 1 - begin)};
}

/// The first of these variables of the environment that says something.
const char* first_set(std::initializer_list<const char*> names) {
    for (const auto* name : names)
        if (const char* value = std::getenv(name); value && *value) return value;
    return nullptr;
}

/// One request at a time, with the rules that all of them have.
class Request {
public:
    explicit Request(const std::string& url) : url_{url}, handle_{::curl_easy_init()} {
        static const auto ready = ::curl_global_init(CURL_GLOBAL_DEFAULT);
        if (ready != CURLE_OK || !handle_) throw error(ErrorCode::InternalError, "libcurl cannot be used");
        set(CURLOPT_URL, url_.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_REDIR_PROTOCOLS_STR, url_.starts_with("https:") ? "https" : "http,https");
        set(CURLOPT_FOLLOWLOCATION, 1L);
        set(CURLOPT_MAXREDIRS, 10L);
        set(CURLOPT_CONNECTTIMEOUT, 30L);
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, 60L);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_FAILONERROR, 1L);
        set(CURLOPT_USERAGENT, "vireo/" VIREO_VERSION);
        set(CURLOPT_ERRORBUFFER, problem_);
        set(CURLOPT_HEADERDATA, this);
        set(CURLOPT_HEADERFUNCTION, &Request::take_header);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_WRITEFUNCTION, &Request::take_body);
        // The program curl reads these; its library does not.
        if (const auto* file = first_set({"CURL_CA_BUNDLE", "SSL_CERT_FILE"})) set(CURLOPT_CAINFO, file);
        if (const auto* directory = first_set({"SSL_CERT_DIR"})) set(CURLOPT_CAPATH, directory);
    }
    template <class Value> void set(CURLoption option, Value value) {
        ::curl_easy_setopt(handle_.get(), option, value);
    }
    CURLcode run() {
        problem_[0] = '\0';
        return ::curl_easy_perform(handle_.get());
    }
    long status() const {
        long code = 0;
        ::curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
        return code;
    }
    Error failure(CURLcode code) const {
        std::string_view why = problem_[0] != '\0' ? problem_ : ::curl_easy_strerror(code);
        return error(code == CURLE_ABORTED_BY_CALLBACK ? ErrorCode::OperationAborted : ErrorCode::HttpError,
                     fmt::format("'{}' cannot be downloaded: {}{}", url_, why, advice_on(code)));
    }
    const FileMark& mark() const { return told_.mark; }
    const std::string& content_range() const { return told_.content_range; }
    /// Gets the body, piece by piece; false ends the request.
    std::function<bool(std::string_view)> on_body = [](std::string_view) { return true; };

private:
    static std::string_view advice_on(CURLcode code) {
        if (code == CURLE_PEER_FAILED_VERIFICATION)
            return "; when the server is to be trusted, SSL_CERT_FILE names a file with its authority's "
                   "certificate";
        if (code == CURLE_SSL_CACERT_BADFILE)
            return "; the file with certificates of authorities comes from CURL_CA_BUNDLE, SSL_CERT_FILE or "
                   "the package "
                   "ca-certificates";
        return "";
    }
    static std::size_t take_header(const char* data, std::size_t, std::size_t size, void* self) {
        auto& [mark, range] = static_cast<Request*>(self)->told_;
        std::string_view line{data, size};
        if (line.starts_with("HTTP/"))
            static_cast<Request*>(self)->told_ = {}; // another answer, after a redirection
        if (auto part = header_value(line, "content-range")) range = std::move(*part);
        if (auto etag = header_value(line, "etag")) mark.etag = std::move(*etag);
        if (auto modified = header_value(line, "last-modified")) mark.modified = std::move(*modified);
        return size;
    }
    static std::size_t take_body(const char* data, std::size_t, std::size_t size, void* self) {
        return static_cast<Request*>(self)->on_body({data, size}) ? size : 0;
    }
    struct Told {
        FileMark mark;
        std::string content_range;
    };
    std::string url_;
    Told told_;
    char problem_[CURL_ERROR_SIZE] = {};
    std::unique_ptr<CURL, decltype([](CURL* handle) { ::curl_easy_cleanup(handle); })> handle_;
};

std::filesystem::path mark_path(const std::filesystem::path& file) { return file.string() + ".mark"; }

/// What If-Range may be asked with: a strong ETag, or the date.
std::string read_mark(const std::filesystem::path& file) {
    std::ifstream stream{mark_path(file)};
    return {std::istreambuf_iterator<char>{stream}, {}};
}
void write_mark(const std::filesystem::path& file, const FileMark& mark) {
    bool strong = !mark.etag.empty() && !mark.etag.starts_with("W/");
    std::ofstream{mark_path(file), std::ios::trunc} << (strong ? mark.etag : mark.modified);
}

/// One attempt: what is in the file already is asked for no more.
class Attempt {
public:
    Attempt(const std::string& url, const std::filesystem::path& path, const OnProgress& on_progress)
        : request_{url}, path_{path}, on_progress_{on_progress},
          file_{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)} {
        struct stat status{};
        if (!file_ || ::fstat(file_.get(), &status) != 0) throw failed(errno);
        if (auto mark = read_mark(path); !mark.empty() && status.st_size > 0) {
            begin_ = status.st_size;
            headers_.reset(::curl_slist_append(nullptr, ("If-Range: " + mark).c_str()));
            request_.set(CURLOPT_HTTPHEADER, headers_.get());
            range_ = fmt::format("{}-", begin_);
            request_.set(CURLOPT_RANGE, range_.c_str());
        }
        request_.on_body = [this](std::string_view bytes) { return take(bytes); };
        request_.set(CURLOPT_NOPROGRESS, 0L);
        request_.set(CURLOPT_XFERINFODATA, this);
        request_.set(CURLOPT_XFERINFOFUNCTION, &Attempt::tell);
    }
    CURLcode run() {
        auto code = request_.run();
        if (write_problem_ != 0) throw failed(write_problem_);
        if (request_.status() == range_refused) forgotten_ = true;
        if (forgotten_) forget();
        return code;
    }
    Error failure(CURLcode code) const { return request_.failure(code); }
    FileMark mark() const { return request_.mark(); }
    std::uint64_t received() const { return received_; }
    /// The server gave another part than was asked for, or none: what was there is thrown away.
    bool forgotten() const { return forgotten_; }

private:
    Error failed(int number) const {
        return error(ErrorCode::WriteFailed, fmt::format("the download cannot be written to '{}': {}",
                                                         path_.string(), std::strerror(number)));
    }
    void forget() {
        if (::ftruncate(file_.get(), 0) != 0) throw failed(errno);
        std::filesystem::remove(mark_path(path_));
    }
    bool take(std::string_view bytes) {
        if (received_ == 0) {
            if (request_.status() != partial_content) begin_ = 0; // all of it (RFC 9110, 14.2)
            forgotten_ = begin_ != 0 && !request_.content_range().starts_with("bytes " + range_);
            if (forgotten_) return false;
            if (begin_ == 0 && ::ftruncate(file_.get(), 0) != 0) write_problem_ = errno;
            write_mark(path_, request_.mark());
        }
        while (!bytes.empty() && write_problem_ == 0) {
            auto written =
                ::pwrite(file_.get(), bytes.data(), bytes.size(), begin_ + static_cast<off_t>(received_));
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) write_problem_ = errno;
            if (written < 0) return false;
            received_ += static_cast<std::uint64_t>(written);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return write_problem_ == 0;
    }
    static int tell(void* self, curl_off_t total, curl_off_t, curl_off_t, curl_off_t) {
        const auto& attempt = *static_cast<Attempt*>(self);
        auto begin = static_cast<std::uint64_t>(attempt.begin_);
        auto all = total > 0 ? begin + static_cast<std::uint64_t>(total) : 0;
        return attempt.on_progress_(begin + attempt.received_, all) ? 0 : 1;
    }

    Request request_;
    std::filesystem::path path_;
    const OnProgress& on_progress_;
    Fd file_;
    std::unique_ptr<curl_slist, decltype([](curl_slist* list) { ::curl_slist_free_all(list); })> headers_;
    off_t begin_ = 0;
    std::string range_;
    bool forgotten_ = false;
    std::uint64_t received_ = 0;
    int write_problem_ = 0;
};

bool may_go_on(CURLcode code) {
    return code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_OPERATION_TIMEDOUT ||
           code == CURLE_GOT_NOTHING;
}
} // namespace

bool is_url(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }

FileMark download(const std::string& url, const std::filesystem::path& file, const OnProgress& on_progress) {
    for (std::uintmax_t most = 0;;) {
        Attempt attempt{url, file, on_progress};
        auto code = attempt.run();
        auto size = std::filesystem::file_size(file);
        if (code == CURLE_OK) {
            auto mark = attempt.mark();
            mark.size = size;
            std::filesystem::remove(mark_path(file));
            return mark;
        }
        bool came_further = may_go_on(code) && size > most && attempt.received() > 0;
        if (!came_further && !attempt.forgotten())
            throw attempt.failure(code); // nothing is asked for behind no bytes
        most = std::max(most, size);
    }
}

std::optional<std::string> fetch_text(const std::string& url) {
    constexpr std::size_t most = std::size_t{1} << 20;
    Request request{url};
    std::string text;
    request.on_body = [&text](std::string_view bytes) {
        text += bytes;
        return text.size() <= most;
    };
    auto code = request.run();
    auto status = request.status();
    if (status == forbidden || status == not_found || status == gone) return std::nullopt;
    if (code != CURLE_OK) throw request.failure(code);
    return text;
}

FileMark fetch_mark(const std::string& url) {
    Request request{url};
    request.set(CURLOPT_NOBODY, 1L);
    if (auto code = request.run(); code != CURLE_OK) throw request.failure(code);
    return request.mark();
}

} // namespace vireo::launch
