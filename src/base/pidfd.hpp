// SPDX-License-Identifier: Apache-2.0
#pragma once

extern "C" { // the header of glibc 2.36 lacks this itself
#include <sys/pidfd.h>
}
