// SPDX-License-Identifier: Apache-2.0
#include "xml/canonical.hpp"

#include "xml/value.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace vireo::xml {

namespace {

std::string_view prefix_of(std::string_view name) {
    auto colon = name.find(':');
    return colon == name.npos ? std::string_view{} : name.substr(0, colon);
}

/// "xmlns" or "xmlns:x" as the prefix that it declares; nullopt for any other attribute.
std::optional<std::string_view> declared_prefix(std::string_view attribute) {
    if (attribute == "xmlns") return std::string_view{};
    if (attribute.starts_with("xmlns:")) return attribute.substr(6);
    return std::nullopt;
}

/// The value of the nearest declaration of the prefix at `from` or around it.
std::optional<std::string_view> find_declaration(pugi::xml_node from, std::string_view prefix) {
    for (auto node = from; node && node.type() == pugi::node_element; node = node.parent())
        for (auto attribute : node.attributes())
            if (declared_prefix(attribute.name()) == prefix) return std::string_view{attribute.value()};
    return std::nullopt;
}

using Declarations = std::map<std::string_view, std::string_view>; // prefix to URI

/// The declarations in force while an element and what is in it are walked. Linear, whatever declares how
/// much.
class Scope {
public:
    /// Declarations of one element; they end with it.
    class Level {
    public:
        Level(Scope& scope, pugi::xml_node node) : scope_{scope} {
            for (auto attribute : node.attributes()) {
                auto prefix = declared_prefix(attribute.name());
                if (!prefix) continue;
                auto [entry, is_new] = scope.current_.try_emplace(*prefix, attribute.value());
                before_.emplace_back(*prefix, is_new ? std::nullopt : std::optional{entry->second});
                entry->second = attribute.value();
            }
        }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;
        ~Level() {
            for (auto& [prefix, uri] : before_) {
                if (uri)
                    scope_.current_[prefix] = *uri;
                else
                    scope_.current_.erase(prefix);
            }
        }

    private:
        Scope& scope_;
        std::vector<std::pair<std::string_view, std::optional<std::string_view>>> before_;
    };

    explicit Scope(Declarations outer) : current_{std::move(outer)} {}
    const std::string_view* find(std::string_view prefix) const {
        auto found = current_.find(prefix);
        return found == current_.end() ? nullptr : &found->second;
    }

private:
    Declarations current_;
};

/// Finds the prefixes that an element and what is in it use, and that are declared around it only.
class ForeignPrefixes {
public:
    explicit ForeignPrefixes(pugi::xml_node top) : top_{top} { collect(top); }
    Declarations found;

private:
    void collect(pugi::xml_node node) {
        Scope::Level level{scope_, node};
        look_up(prefix_of(node.name()));
        for (auto attribute : node.attributes())
            if (!declared_prefix(attribute.name()) && !prefix_of(attribute.name()).empty())
                look_up(prefix_of(attribute.name()));
        for (auto child : node.children())
            if (child.type() == pugi::node_element) collect(child);
    }
    void look_up(std::string_view prefix) {
        if (prefix == "xml" || scope_.find(prefix) || !seen_.insert(prefix).second) return;
        if (auto uri = find_declaration(top_.parent(), prefix)) found.emplace(prefix, *uri);
    }
    pugi::xml_node top_;
    Scope scope_{{}};
    std::set<std::string_view> seen_;
};

class Printer {
public:
    Printer(std::string& out, const Namespace* known, char quote, Declarations outer)
        : out_{out}, known_{known}, quote_{quote}, scope_{std::move(outer)} {}

    void element(pugi::xml_node node, const Declarations& extra) {
        Scope::Level level{scope_, node};
        std::string name = element_name(node);
        out_.append("<").append(name);
        for (auto [prefix, uri] : extra)
            if (!known_ || uri != known_->uri)
                attribute(prefix.empty() ? "xmlns" : "xmlns:" + std::string{prefix}, uri);
        for (auto each : node.attributes())
            if (!is_known_declaration(each)) attribute(each.name(), each.value());
        if (!has_content(node)) {
            out_ += "/>";
            return;
        }
        out_ += '>';
        for (auto child : node.children()) {
            if (child.type() == pugi::node_element)
                element(child, {});
            else if (!is_blank(child))
                append_escaped(out_, child.value(), false);
        }
        out_.append("</").append(name).append(">");
    }

private:
    std::string element_name(pugi::xml_node node) const {
        const auto* uri = known_ ? scope_.find(prefix_of(node.name())) : nullptr;
        if (!uri || *uri != known_->uri) return node.name();
        return std::string{known_->prefix} + ":" + std::string{local_name(node)};
    }
    bool is_known_declaration(pugi::xml_attribute attribute) const {
        return known_ && declared_prefix(attribute.name()) && attribute.value() == known_->uri;
    }
    void attribute(std::string_view name, std::string_view value) {
        out_.append(" ").append(name).append("=") += quote_;
        append_escaped(out_, value, true);
        out_ += quote_;
    }
    /// Mere white space (pugixml leaves out what is not written as references).
    static bool is_blank(pugi::xml_node part) { return trimmed(part.value()).empty(); }
    static bool has_content(pugi::xml_node node) {
        return std::ranges::any_of(node.children(), [](auto child) {
            return child.type() == pugi::node_element || !is_blank(child);
        });
    }
    std::string& out_;
    const Namespace* known_;
    char quote_;
    Scope scope_;
};

/// Where the markup that starts at `at` ends (its own rules hide '<' and '>' of comments and the like).
std::size_t end_of_markup(std::string_view text, std::size_t at) {
    auto rest = text.substr(at);
    auto past = [&](std::string_view end) { return std::min(text.size(), text.find(end, at) + end.size()); };
    if (rest.starts_with("<!--")) return past("-->");
    if (rest.starts_with("<![CDATA[")) return past("]]>");
    if (rest.starts_with("<?")) return past("?>");
    for (char quote = 0; at < text.size(); ++at) {
        char c = text[at];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '>') {
            return at + 1;
        }
    }
    return text.size();
}

/// Offset of the element's '<' (pugixml knows where its name is).
std::size_t start_of(pugi::xml_node element) { return static_cast<std::size_t>(element.offset_debug()) - 1; }

/// The text between the tags of an element; no data for one that has a single tag.
std::string_view text_inside(std::string_view text, pugi::xml_node element) {
    auto at = start_of(element);
    auto begin = end_of_markup(text, at);
    if (text[begin - 2] == '/') return {};
    int depth = 1;
    for (at = begin; at < text.size();) {
        at = text.find('<', at);
        auto end = end_of_markup(text, at);
        if (text[at + 1] == '/')
            --depth;
        else if (text[at + 1] != '!' && text[at + 1] != '?' && text[end - 2] != '/')
            ++depth;
        if (depth == 0) return text.substr(begin, at - begin);
        at = end;
    }
    return {};
}

} // namespace

std::string_view local_name(pugi::xml_node element) {
    std::string_view name = element.name();
    return name.substr(name.find(':') + 1); // npos + 1 is 0
}

std::string_view namespace_of(pugi::xml_node element) {
    return find_declaration(element, prefix_of(element.name())).value_or(std::string_view{});
}

void append_canonical(std::string& out, pugi::xml_node element, const Namespace* known, char quote) {
    ForeignPrefixes foreign{element};
    Printer{out, known, quote, foreign.found}.element(element, foreign.found);
}

void append_indented(std::string& out, std::string_view canonical, int depth) {
    enum { Start, Open, Close, Text } last = Start;
    auto new_line = [&] {
        if (last != Start) out += '\n';
        out.append(static_cast<std::size_t>(depth) * 2, ' ');
    };
    for (std::size_t at = 0; at < canonical.size();) {
        if (canonical[at] != '<') {
            auto end = std::min(canonical.find('<', at), canonical.size());
            out.append(canonical.substr(at, end - at));
            at = end;
            last = Text;
            continue;
        }
        auto end = canonical.find('>', at) + 1; // in canonical form every other '>' is escaped
        bool closes = canonical[at + 1] == '/', is_empty = canonical[end - 2] == '/';
        if (closes) --depth;
        if (closes ? last == Close : last != Text) new_line();
        out.append(canonical.substr(at, end - at));
        if (!closes && !is_empty) ++depth;
        last = closes || is_empty ? Close : Open;
        at = end;
    }
    out += '\n';
}

std::string_view source_of(std::string_view text, pugi::xml_node element) {
    auto begin = start_of(element);
    auto inside = text_inside(text, element);
    auto end = inside.data() == nullptr ? begin : static_cast<std::size_t>(inside.end() - text.begin());
    return text.substr(begin, end_of_markup(text, end) - begin);
}

std::string verbatim_content(std::string_view text, pugi::xml_node element) {
    std::set<std::string_view> spaces;
    std::string selection;
    bool is_whole = true;
    for (auto child : element.children()) {
        if (child.type() != pugi::node_element) continue;
        auto space = namespace_of(child);
        if (space.empty() || !spaces.insert(space).second) {
            is_whole = false;
            continue;
        }
        selection += "\n    ";
        if (ForeignPrefixes{child}.found.empty()) {
            selection += source_of(text, child);
        } else {
            is_whole = false;
            append_canonical(selection, child);
        }
    }
    if (spaces.empty()) return {};
    return is_whole ? std::string{text_inside(text, element)} : selection + "\n  ";
}

} // namespace vireo::xml
