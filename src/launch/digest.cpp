// SPDX-License-Identifier: Apache-2.0
#include "launch/digest.hpp"

#include "launch/error.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <memory>
#include <vector>

namespace vireo::launch {

namespace {
/// A checksum that is being made (OpenSSL's EVP_MD_CTX).
class Hasher {
public:
    explicit Hasher(DigestKind kind) : kind_{kind}, context_{::EVP_MD_CTX_new()} {
        const auto* algorithm = kind == DigestKind::Sha256 ? ::EVP_sha256() : ::EVP_sha512();
        check(context_ != nullptr && ::EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1);
    }
    void add(std::string_view bytes) {
        check(::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
    }
    Digest finish() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        check(::EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) == 1);
        Digest digest{kind_, {}};
        for (unsigned i = 0; i < size; ++i) digest.digits += fmt::format("{:02x}", bytes[i]);
        return digest;
    }

private:
    void check(bool good) const {
        if (!good)
            throw error(ErrorCode::InternalError,
                        fmt::format("OpenSSL cannot make a {} checksum",
                                    kind_ == DigestKind::Sha256 ? "SHA256" : "SHA512"));
    }
    DigestKind kind_;
    std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* context) { ::EVP_MD_CTX_free(context); })> context_;
};

std::optional<Digest> as_digest(std::string_view digits) {
    constexpr std::size_t sha256 = 64, sha512 = 128;
    bool hexadecimal =
        std::ranges::all_of(digits, [](unsigned char letter) { return std::isxdigit(letter) != 0; });
    if (!hexadecimal || (digits.size() != sha256 && digits.size() != sha512)) return std::nullopt;
    Digest digest{digits.size() == sha256 ? DigestKind::Sha256 : DigestKind::Sha512, std::string{digits}};
    std::ranges::transform(digest.digits, digest.digits.begin(),
                           [](unsigned char letter) { return std::tolower(letter); });
    return digest;
}

/// The name of a file without the folders before it.
std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// What one line says of `name`.
std::optional<Digest> digest_in(std::string_view line, std::string_view name) {
    if (auto open = line.find(" ("); open != line.npos) {
        auto close = line.find(") = ", open);
        if (close == line.npos || base_name(line.substr(open + 2, close - open - 2)) != name)
            return std::nullopt;
        return as_digest(line.substr(close + 4));
    }
    auto blank = line.find_first_of(" \t");
    auto digest = as_digest(line.substr(0, blank));
    if (!digest || blank == line.npos) return std::nullopt;
    auto named = line.substr(line.find_first_not_of(" \t*", blank));
    return base_name(named) == name ? digest : std::nullopt;
}
} // namespace

Digest digest_of(std::string_view bytes, DigestKind kind) {
    Hasher hasher{kind};
    hasher.add(bytes);
    return hasher.finish();
}

Digest digest_of_file(const std::filesystem::path& file, DigestKind kind) {
    std::ifstream stream{file, std::ios::binary};
    Hasher hasher{kind};
    std::vector<char> chunk(std::size_t{1} << 20);
    while (stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || stream.gcount() > 0)
        hasher.add({chunk.data(), static_cast<std::size_t>(stream.gcount())});
    if (!stream.eof()) throw error(ErrorCode::ReadFailed, fmt::format("'{}' cannot be read", file.string()));
    return hasher.finish();
}

std::optional<Digest> find_digest(std::string_view sums, std::string_view name) {
    std::optional<Digest> alone;
    std::size_t lines = 0;
    while (!sums.empty()) {
        auto end = std::min(sums.find('\n'), sums.size());
        auto line = sums.substr(0, end);
        sums.remove_prefix(std::min(end + 1, sums.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        ++lines;
        if (auto found = digest_in(line, name)) return found;
        alone = as_digest(line);
    }
    return lines == 1 ? alone : std::nullopt;
}

} // namespace vireo::launch
