// SPDX-License-Identifier: Apache-2.0
#include "daemon/activation.hpp"
#include "daemon/background.hpp"
#include "daemon/daemon.hpp"
#include "daemon/dispatch_table.hpp"
#include "daemon/options.hpp"
#include "daemon/places.hpp"

#include <cstdio>
#include <exception>

namespace {
int run(int argc, char** argv) {
    using namespace vireo::daemon;
    auto options = parse_options(argc, argv);
    switch (options.action) {
    case Options::Action::PrintVersion: fmt::print("vireod {}\n", VIREO_VERSION); return 0;
    case Options::Action::PrintHelp: fmt::print("{}", help_text()); return 0;
    case Options::Action::ListProcedures: {
        Drivers none;
        fmt::print("{}", DispatchTable{none}.list_procedures());
        return 0;
    }
    case Options::Action::Serve: break;
    }
    auto activated = take_activated_sockets(process_environment); // they are meant for this process number
    if (!options.in_background) {
        serve(options, std::move(activated), [] {});
        return 0;
    }
    Background background;
    if (background.is_parent()) return background.wait_until_ready();
    serve(options, std::move(activated), [&] { background.tell_ready(); });
    return 0;
}
} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "vireod: {}\n", error.what());
        return 1;
    }
}
