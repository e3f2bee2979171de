// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include <csignal>

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a daemon that goes away is an error to show, not a reason to die
    return vireo::cli::run_program({argv + 1, argv + argc});
}
