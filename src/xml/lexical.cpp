// SPDX-License-Identifier: Apache-2.0
#include "xml/lexical.hpp"

#include "xml/value.hpp"

#include <cstdint>

// Two passes: one over the bytes (encoding), one over the markup, which skips what has rules of its own
// (comments, CDATA, processing instructions).

namespace vireo::xml {

namespace {

/// Length of the UTF-8 sequence at `at`, 0 when there is no valid one (RFC 3629: no surrogates, no long
/// forms).
std::size_t sequence_length(std::string_view text, std::size_t at) {
    auto byte = [&](std::size_t i) -> std::uint8_t {
        return at + i < text.size() ? static_cast<std::uint8_t>(text[at + i]) : 0;
    };
    auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    std::uint8_t lead = byte(0);
    if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        bool fits = (lead != 0xe0 || byte(1) >= 0xa0) && (lead != 0xed || byte(1) < 0xa0);
        return fits && follows(1) && follows(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        bool fits = (lead != 0xf0 || byte(1) >= 0x90) && (lead != 0xf4 || byte(1) < 0x90);
        return fits && follows(1) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

std::optional<LexicalFault> find_bad_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        auto byte = static_cast<std::uint8_t>(text[i]);
        if (byte >= 0x20 && byte < 0x80) {
            ++i;
        } else if (byte < 0x20) {
            if (byte != '\n' && byte != '\t' && byte != '\r')
                return LexicalFault{i, "a control character is not allowed in XML"};
            ++i;
        } else {
            auto length = sequence_length(text, i);
            if (length == 0) return LexicalFault{i, "the text is not valid UTF-8"};
            i += length;
        }
    }
    return std::nullopt;
}

bool is_character(std::uint32_t code) {
    if (code < 0x20) return code == 9 || code == 10 || code == 13;
    return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || (code >= 0x10000 && code <= 0x10ffff);
}

/// The next place of any of a few characters, or the end. (`find_first_of` searches its set for each
/// character.)
std::size_t find_any(std::string_view text, std::size_t at, auto... wanted) {
    while (at < text.size() && !((text[at] == wanted) || ...)) ++at;
    return at;
}

/// Walks the markup after the characters are known to be good.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_{text} {}

    std::optional<LexicalFault> run() {
        while (!fault_ && (at_ = find_any(text_, at_, '<', '&')) < text_.size()) {
            if (text_[at_] == '&')
                reference();
            else if (rest().starts_with("<!--"))
                skip_past("-->", 4);
            else if (rest().starts_with("<![CDATA["))
                skip_past("]]>", 9);
            else if (rest().starts_with("<?"))
                skip_past("?>", 2);
            else if (rest().starts_with("<!DOCTYPE"))
                document_type();
            else
                tag();
        }
        return fault_;
    }

private:
    std::string_view rest() const { return text_.substr(at_); }
    void fail(std::string_view reason) { fault_ = LexicalFault{at_, reason}; }

    void skip_past(std::string_view end, std::size_t opening) {
        auto found = text_.find(end, at_ + opening);
        if (found == text_.npos) return fail("a comment, CDATA section or instruction does not end");
        at_ = found + end.size();
    }

    void document_type() {
        auto end = text_.find_first_of("[>", at_);
        if (end == text_.npos || text_[end] == '[')
            return fail("a document type with declarations is not read");
        at_ = end + 1;
    }

    void reference() {
        auto end = text_.find(';', at_);
        if (end == text_.npos || end - at_ > 12) return fail("'&' must be written '&amp;'");
        auto name = text_.substr(at_ + 1, end - at_ - 1);
        bool known = name == "lt" || name == "gt" || name == "amp" || name == "quot" || name == "apos";
        if (!known && name.starts_with('#')) {
            name.remove_prefix(1);
            int base = name.starts_with('x') ? 16 : 10;
            if (base == 16) name.remove_prefix(1);
            std::uint32_t code = 0;
            auto [stop, failure] = std::from_chars(name.data(), name.data() + name.size(), code, base);
            known = failure == std::errc{} && stop == name.data() + name.size() && is_character(code);
        }
        if (!known) return fail("a reference to an unknown entity");
        at_ = end + 1;
    }

    void tag() {
        ++at_;
        while (!fault_ && (at_ = find_any(text_, at_, '<', '>', '\'', '"')) < text_.size()) {
            if (text_[at_] == '<') return fail("'<' inside of a tag");
            if (text_[at_] == '>') {
                ++at_;
                return;
            }
            quoted(text_[at_++]);
        }
        if (!fault_) fail("a tag does not end");
    }

    void quoted(char quote) {
        while (!fault_ && (at_ = find_any(text_, at_, quote, '<', '&')) < text_.size()) {
            if (text_[at_] == '<') return fail("'<' in an attribute's value must be written '&lt;'");
            if (text_[at_] == quote) {
                ++at_;
                return;
            }
            reference();
        }
        if (!fault_) fail("an attribute's value does not end");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::optional<LexicalFault> fault_;
};

} // namespace

std::optional<LexicalFault> find_lexical_fault(std::string_view text) {
    if (auto fault = find_bad_character(text)) return fault;
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3); // an offset three bytes short stays on its line
    auto document = trimmed(text);
    if (document.empty()) return LexicalFault{0, "the document is empty"};
    if (document.front() != '<') return LexicalFault{0, "a document must start with '<'"};
    if (document.back() != '>') return LexicalFault{text.size(), "text after the end of the document"};
    return Scanner{text}.run();
}

} // namespace vireo::xml
