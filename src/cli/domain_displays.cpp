// SPDX-License-Identifier: Apache-2.0
// The commands about a guest's screens and terminals.
#include "base/fd.hpp"
#include "cli/xml_selection.hpp"
#include "protocol/domain_guest.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace vireo::cli {

namespace {
using enum OptionKind;
constexpr std::uint32_t secure_xml = 1; // virDomainXMLFlags
constexpr int first_vnc_port = 5900;

/// Where a display listens, as its XML says.
struct Listening {
    std::string address, socket;
    int port = 0, tls_port = 0;
};

Listening listening_of(pugi::xml_node graphics) {
    Listening result;
    auto listen = graphics.child("listen");
    result.address = graphics.attribute("listen").as_string(listen.attribute("address").value());
    result.socket = graphics.attribute("socket").as_string(listen.attribute("socket").value());
    result.port = graphics.attribute("port").as_int();
    result.tls_port = graphics.attribute("tlsPort").as_int();
    return result;
}

bool is_everywhere(std::string_view address) { return address == "0.0.0.0" || address == "::"; }

/// The address in a URI: in brackets for IPv6; a display that listens everywhere is reached through this
/// machine.
std::string host_in_uri(const std::string& address) {
    if (address.empty() || is_everywhere(address)) return "localhost";
    return address.find(':') == address.npos ? address : '[' + address + ']';
}

/// "vnc://127.0.0.1:0"; empty when it cannot be reached over a network or socket.
std::string uri_of(pugi::xml_node graphics, bool with_password) {
    std::string type = graphics.attribute("type").value();
    auto at = listening_of(graphics);
    auto password = with_password ? std::string{graphics.attribute("passwd").value()} : std::string{};
    bool vnc = type == "vnc";
    if (!at.socket.empty()) return fmt::format("{}+unix://{}", type, at.socket);
    if (at.port <= 0 && at.tls_port <= 0) return {};
    auto uri = type + "://";
    if (vnc && !password.empty()) uri += ':' + password + '@';
    uri += host_in_uri(at.address);
    if (at.port > 0) uri += fmt::format(":{}", vnc ? at.port - first_vnc_port : at.port);
    char separator = '?';
    if (at.tls_port > 0) uri += fmt::format("{}tls-port={}", std::exchange(separator, '&'), at.tls_port);
    if (!vnc && !password.empty()) uri += fmt::format("{}password={}", separator, password);
    return uri;
}

awaitable<void> domdisplay(Shell& shell, const Arguments& arguments) {
    bool all = arguments.has("all"), with_password = arguments.has("include-password");
    auto type = arguments.optional_text("type");
    auto domain = co_await shell.running_domain_of(arguments);
    auto document = parsed_xml((co_await domain.xml(with_password ? secure_xml : 0)).xml);
    std::vector<std::string> found;
    for (const auto* kind : {"vnc", "spice", "rdp"})
        for (auto node : document.child("domain").child("devices").children("graphics"))
            if (std::string_view{node.attribute("type").value()} == kind && (!type || *type == kind))
                if (auto uri = uri_of(node, with_password); !uri.empty() && (all || found.empty()))
                    found.push_back(uri);
    if (found.empty())
        throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                    type ? fmt::format("the domain has no display of type '{}' that can be reached", *type)
                         : "the domain has no display that can be reached");
    shell.show("displays", found, fmt::format("{}{}", fmt::join(found, "\n"), all ? "\n" : ""));
}

awaitable<void> vncdisplay(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.running_domain_of(arguments);
    auto document = parsed_xml((co_await domain.xml(0)).xml);
    auto graphics = document.select_node("/domain/devices/graphics[@type='vnc']").node();
    auto at = listening_of(graphics);
    if (at.port <= 0)
        throw Error(ErrorCode::OperationFailed, ErrorDomain::None,
                    "the domain has no VNC display with a port");
    auto text = fmt::format("{}:{}", is_everywhere(at.address) ? "" : at.address, at.port - first_vnc_port);
    shell.show("display", text, text + '\n');
}

awaitable<void> ttyconsole(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto document = parsed_xml((co_await domain.xml(0)).xml);
    std::string tty = document.select_node("/domain/devices/console/@tty").attribute().value();
    if (tty.empty()) co_return shell.mark_failed();
    shell.show("tty", tty, tty + '\n');
}

/// "web-2026-11-20-16:07:32.png", local time
std::string screenshot_name(const std::string& domain, std::string_view mime) {
    constexpr auto extensions = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"image/png", ".png"}, {"image/x-portable-pixmap", ".ppm"}, {"image/x-xbitmap", ".xbm"}});
    auto found = std::ranges::find(extensions, mime, &std::pair<std::string_view, std::string_view>::first);
    auto now = std::time(nullptr);
    tm local{};
    ::localtime_r(&now, &local);
    char date[64];
    std::string_view stamp{date, std::strftime(date, sizeof date, "%Y-%m-%d-%H:%M:%S", &local)};
    auto name = fmt::format("{}-{}{}", domain, stamp, found == extensions.end() ? "" : found->second);
    std::ranges::replace(name, '/', '_');
    return name;
}

Error file_error(std::string_view verb, const std::string& path) {
    return {ErrorCode::SystemError, ErrorDomain::None,
            fmt::format("cannot {} file '{}': {}", verb, path, std::strerror(errno))};
}

/// Writes what comes until the end of the stream. A file that this made and could not fill is removed.
awaitable<void> save_stream(std::shared_ptr<client::Stream> stream, std::string path) {
    Fd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
    bool made = file.get() >= 0;
    if (!made && errno == EEXIST) file = Fd{::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC)};
    if (file.get() < 0) throw file_error("create", path);
    try {
        for (auto bytes = co_await stream->receive(); !bytes.empty();) {
            if (::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
                throw file_error("write", path);
            bytes = co_await stream->receive();
        }
    } catch (...) {
        if (made) ::unlink(path.c_str());
        throw;
    }
    co_await stream->finish();
}

awaitable<void> screenshot(Shell& shell, const Arguments& arguments) {
    auto screen = static_cast<std::uint32_t>(arguments.number("screen", 0).value_or(0));
    auto domain = co_await shell.running_domain_of(arguments);
    auto daemon = co_await shell.connection();
    protocol::DomainScreenshotArgs args{domain.handle(), screen, 0};
    auto [answer, stream] = co_await explain(fmt::format("could not take a screenshot of {}", domain.name()),
                                             daemon->open_answered_stream(protocol::domain_screenshot, args));
    auto mime = answer.mime.value_or("");
    auto path = arguments.optional_text("file").value_or(screenshot_name(domain.name(), mime));
    co_await save_stream(stream, path);
    if (shell.as_json()) co_return shell.show(Record{}.add("file", path, "").add("type", mime, ""));
    shell.print("Screenshot saved to {}, with type of {}", path, mime);
}
} // namespace

std::vector<Command> display_commands() {
    return {
        {"domdisplay",
         "URIs of a guest's screens",
         "",
         {running_domain_option,
          {"include-password", Flag, "with their passwords"},
          {"type", Text, "only of this type: vnc, spice or rdp"},
          {"all", Flag, "all of them, not only the first"}},
         domdisplay},
        {"screenshot",
         "save a picture of a guest's screen",
         "",
         {running_domain_option,
          {"file", Text, "where to; without it, a name made of domain and time"},
          {"screen", Number, "which one; they count from 0"}},
         screenshot},
        {"ttyconsole", "the terminal on which a guest's console is", "", {running_domain_option}, ttyconsole},
        {"vncdisplay", "where the VNC display of a guest is", "", {running_domain_option}, vncdisplay},
    };
}

} // namespace vireo::cli
