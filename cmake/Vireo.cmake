# SPDX-License-Identifier: Apache-2.0
# vireo_library and vireo_program: the only place with compiler flags. A library of layer N may use libraries of layers
# below N only; the table is section 1 of the tree in ARCHITECTURE.md.

option(VIREO_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(VIREO_TESTS "Build the unit tests" ON)
option(VIREO_FUZZ "Build the fuzz targets, with clang" OFF)

set(VIREO_LAYERS
  base:1
  async:2 xdr:2 xml:2 json:2
  protocol:3 model:3 host:3 launcher:3
  security:4 store:4
  rpc:5 hypervisor:5
  network:6 storage:6 nodedev:6 secret:6 qemu:6 container:6 microvm:6 testdriver:6 client:6 launch:6
  web:7 cli:7
  daemon:8)

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(pugixml REQUIRED)
find_package(LibXml2 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
if(VIREO_TESTS)
  find_package(GTest REQUIRED)
endif()

# Flags of everything that is ours.
add_library(vireo_flags INTERFACE)
target_compile_options(vireo_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow=local -Werror -fno-plt)
# False alarms of GCC 12 when it optimises: about std::string, and about the frames that Asio allocates for coroutines.
target_compile_options(vireo_flags INTERFACE
  -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-mismatched-new-delete)
# GCC 12's collector frees what a precompiled header still refers to: a compile then dies in some directory, at some length of
# its command line. It collects only past this heap size (KiB), so never; that is 0.15 GB more a file, and a tenth faster.
target_compile_options(vireo_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=8388608>)
target_include_directories(vireo_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
# Asio is compiled once (src/async/asio.cpp), not in every file that includes it.
target_compile_definitions(vireo_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED VIREO_VERSION="${PROJECT_VERSION}")
target_link_libraries(vireo_flags INTERFACE fmt::fmt Threads::Threads)
if(VIREO_SANITIZE)
  target_compile_options(vireo_flags INTERFACE -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(vireo_flags INTERFACE -fsanitize=address,undefined)
endif()
if(VIREO_FUZZ)
  # What GCC warns of is seen in the other builds; clang's own opinions are for ./dev lint.
  # The list of procedures is one fold over some 450 of them.
  target_compile_options(vireo_flags INTERFACE -w -O1 -fbracket-depth=1024 -fsanitize=fuzzer-no-link,address,undefined
    -fno-sanitize-recover=undefined)
  target_link_options(vireo_flags INTERFACE -fsanitize=address,undefined)
endif()

# Asio, fmt and the standard library as one precompiled header. Every library carries Asio's static objects through it, so
# Asio's own code is linked to all.
add_library(vireo_pch STATIC ${CMAKE_SOURCE_DIR}/src/async/asio.cpp)
target_link_libraries(vireo_pch PUBLIC vireo_flags)
target_precompile_headers(vireo_pch PRIVATE
  <boost/asio.hpp> <fmt/format.h> <algorithm> <array> <chrono> <cstdint> <expected> <filesystem> <functional>
  <map> <memory> <optional> <ranges> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)

function(vireo_layer_of name result)
  foreach(entry IN LISTS VIREO_LAYERS)
    if(entry MATCHES "^${name}:([0-9]+)$")
      set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "'${name}' has no layer: add it to VIREO_LAYERS in cmake/Vireo.cmake")
endfunction()

# vireo_library(NAME [USES lib...] [LINKS target...] [TEST_USES lib...] SOURCES file... [TESTS file...])
# Makes library vireo_NAME from the folder src/NAME, and its test program NAME_test. LINKS names libraries of Debian.
function(vireo_library name)
  cmake_parse_arguments(ARG "" "" "USES;LINKS;TEST_USES;SOURCES;TESTS" ${ARGN})
  vireo_layer_of(${name} own)
  foreach(used IN LISTS ARG_USES)
    vireo_layer_of(${used} layer)
    if(NOT layer LESS own)
      message(FATAL_ERROR "'${name}' (layer ${own}) may not use '${used}' (layer ${layer}): only lower layers")
    endif()
  endforeach()
  list(TRANSFORM ARG_USES PREPEND vireo_)
  add_library(vireo_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(vireo_${name} PUBLIC vireo_pch ${ARG_USES} ${ARG_LINKS})
  target_precompile_headers(vireo_${name} REUSE_FROM vireo_pch)
  if(VIREO_TESTS AND ARG_TESTS)
    list(TRANSFORM ARG_TEST_USES PREPEND vireo_)
    add_executable(${name}_test ${ARG_TESTS})
    target_link_libraries(${name}_test PRIVATE vireo_${name} ${ARG_TEST_USES} GTest::gtest_main)
    target_precompile_headers(${name}_test REUSE_FROM vireo_pch)
    target_compile_definitions(${name}_test PRIVATE TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/tests/data")
    add_test(NAME ${name} COMMAND ${name}_test --gtest_brief=1)
  endif()
endfunction()

# vireo_program(NAME USES lib... SOURCES file...)
function(vireo_program name)
  cmake_parse_arguments(ARG "" "" "USES;LINKS;SOURCES" ${ARGN})
  list(TRANSFORM ARG_USES PREPEND vireo_)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE vireo_pch ${ARG_USES} ${ARG_LINKS})
  target_precompile_headers(${name} REUSE_FROM vireo_pch)
endfunction()

# check_headers: each header compiles alone, without the precompiled ones.
file(GLOB_RECURSE VIREO_HEADERS CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/src/*.hpp)
set(checks "")
foreach(header IN LISTS VIREO_HEADERS)
  string(REPLACE "/" "_" flat ${header})
  set(file ${CMAKE_BINARY_DIR}/check_headers/${flat}.cpp)
  if(NOT EXISTS ${file})
    file(WRITE ${file} "#include \"${header}\"\n")
  endif()
  list(APPEND checks ${file})
endforeach()
add_library(check_headers OBJECT EXCLUDE_FROM_ALL ${checks})
target_link_libraries(check_headers PRIVATE vireo_flags)
target_compile_definitions(check_headers PRIVATE TEST_DATA="" FAKE_QEMU="" LAUNCHER="") # paths that tests are given
target_compile_options(check_headers PRIVATE -O0 -g0 -fno-sanitize=all) # only whether they compile
