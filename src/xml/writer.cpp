// SPDX-License-Identifier: Apache-2.0
#include "xml/writer.hpp"

namespace vireo::xml {

void Writer::open() {
    if (state_ != State::Pending) return;
    if (parent_) parent_->begin_children();
    indent();
    out_->append("<").append(name_);
    state_ = State::InTag;
}

void Writer::begin_attribute(const char* name) {
    open();
    out_->append(" ").append(name).append("='");
}

void Writer::begin_text() {
    open();
    *out_ += '>';
    state_ = State::HasText;
}

void Writer::begin_children() {
    open();
    if (state_ == State::InTag) *out_ += ">\n";
    state_ = State::HasChildren;
}

void Writer::close() {
    switch (state_) {
    case State::Pending: return;
    case State::InTag: *out_ += "/>\n"; return;
    case State::HasChildren: indent(); [[fallthrough]];
    case State::HasText: out_->append("</").append(name_).append(">\n");
    }
}

Writer& Writer::kept(const char* name, const Kept& kept) {
    if (const auto* elements = kept.element(name)) {
        begin_children();
        append_indented(*out_, *elements, depth_ + 1);
    }
    return *this;
}

Writer& Writer::kept_attribute(const char* name, const Kept& kept) {
    if (const auto* value = kept.attribute(name)) {
        begin_attribute(name);
        append_escaped(*out_, *value, true);
        *out_ += '\'';
    }
    return *this;
}

Writer& Writer::declare(const Namespace& space, const char* attribute, bool needed) {
    if (!needed) return *this;
    begin_attribute(attribute);
    out_->append(space.uri).append("'");
    return *this;
}

Writer& Writer::verbatim(const char* name, const std::string& content) {
    if (content.empty()) return *this;
    Writer node{*this, name};
    node.begin_text();
    *out_ += content;
    return *this;
}

} // namespace vireo::xml
