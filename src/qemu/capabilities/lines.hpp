// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xml/value.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

inline std::string escaped(std::string_view text) {
    std::string result;
    xml::append_escaped(result, text, true);
    return result;
}

/// Writes lines of a document; `open` and `close` keep the indentation.
class Lines {
public:
    template <class... Args> void line(fmt::format_string<Args...> text, Args&&... args) {
        document_.append(depth_ * 2, ' ');
        fmt::format_to(std::back_inserter(document_), text, std::forward<Args>(args)...);
        document_ += '\n';
    }
    /// With its attributes: "cell id='0'".
    void open(std::string_view element) {
        line("<{}>", element);
        ++depth_;
    }
    void close(std::string_view element) {
        --depth_;
        line("</{}>", element);
    }
    /// An <enum>: the choices of something.
    void choices(std::string_view name, const std::vector<std::string>& values) {
        if (values.empty()) return line("<enum name='{}'/>", name);
        open(fmt::format("enum name='{}'", name));
        for (const auto& value : values) line("<value>{}</value>", escaped(value));
        close("enum");
    }
    std::string take() { return std::move(document_); }

private:
    std::string document_;
    std::size_t depth_ = 0;
};

} // namespace vireo::qemu
