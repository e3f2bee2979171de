// SPDX-License-Identifier: Apache-2.0
#include "xml/survey.hpp"

namespace vireo::xml {

std::string Survey::path() const {
    auto path = parent_ ? parent_->path() : std::string{};
    path.append("/").append(name_);
    if (index_ > 0) path += fmt::format("[{}]", index_);
    return path;
}

} // namespace vireo::xml
