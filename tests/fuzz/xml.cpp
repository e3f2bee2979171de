// SPDX-License-Identifier: Apache-2.0
// A domain's XML: refused with an Error, or shown so that what is read from that is shown the same again.
#include "model/domain/xml.hpp"
#include "base/error.hpp"

#include <cstdio>
#include <cstdlib>

namespace {
using namespace vireo;
using namespace vireo::model::domain;

void check(std::string_view text, Scope scope) {
    Domain domain;
    try {
        domain = parse(text, scope);
    } catch (const Error&) { return; }
    unsupported(domain);
    Format whole{.secure = true, .live = scope == Scope::Live};
    auto once = format(domain, whole);
    std::string again;
    try {
        again = format(parse(once, scope), whole);
    } catch (const Error& error) { again = error.what(); }
    if (once == again) return;
    std::fprintf(stderr, "shown as\n%s\nand then as\n%s\n", once.c_str(), again.c_str());
    std::abort();
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text{reinterpret_cast<const char*>(data), size};
    check(text, Scope::Definition);
    check(text, Scope::Live);
    return 0;
}
