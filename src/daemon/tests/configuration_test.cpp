// SPDX-License-Identifier: Apache-2.0
#include "daemon/configuration/configuration.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace vireo::daemon::configuration {
namespace {

TEST(ConfigurationFile, HasNumbersTextsAndLists) {
    auto entries = parse("# a comment\n"
                         "number = 5 # why\n"
                         "  negative=-1\r\n"
                         "\n"
                         "text = \"a # b\"\n"
                         "single = 'it has \"quotes\"'\n"
                         "long = \"\"\"two\nlines\"\"\"\n"
                         "list = [ \"a\", # first\n  'b',\n]\n"
                         "empty = []",
                         "x.conf");
    std::vector<Entry> wanted{{"number", 5, 2},          {"negative", -1, 3},
                              {"text", "a # b", 5},      {"single", "it has \"quotes\"", 6},
                              {"long", "two\nlines", 7}, {"list", List{"a", "b"}, 9},
                              {"empty", List{}, 12}};
    EXPECT_EQ(entries, wanted);
    for (std::size_t i = 0; i < std::min(entries.size(), wanted.size()); ++i)
        EXPECT_EQ(entries[i].line, wanted[i].line) << wanted[i].key;
}

struct BadFile {
    const char* text;
    const char* where;
};
class BadFiles : public testing::TestWithParam<BadFile> {};
TEST_P(BadFiles, AreRefusedWithTheLine) {
    try {
        parse(GetParam().text, "x.conf");
        ADD_FAILURE() << GetParam().text;
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::ConfSyntax);
        EXPECT_TRUE(std::string_view{error.what()}.starts_with(GetParam().where)) << error.what();
    }
}
INSTANTIATE_TEST_SUITE_P(
    Texts, BadFiles,
    testing::Values(BadFile{"a", "x.conf:1:"}, BadFile{"\na =", "x.conf:2:"}, BadFile{"a = b", "x.conf:1:"},
                    BadFile{"a = \"b", "x.conf:1:"}, BadFile{"a = \"b\nc\"", "x.conf:1:"},
                    BadFile{"= 1", "x.conf:1:"}, BadFile{"a = 1 2", "x.conf:1:"},
                    BadFile{"a = 1\nb = [\n1]", "x.conf:3:"}, BadFile{"a = [\"x\" \"y\"]", "x.conf:1:"},
                    BadFile{"a = [\"x\",\n", "x.conf:2:"}, BadFile{"a = [,]", "x.conf:1:"},
                    BadFile{"a = 99999999999999999999", "x.conf:1:"}, BadFile{"a = -", "x.conf:1:"},
                    BadFile{"a 1", "x.conf:1:"}));

class ConfigurationTest : public testing::Test {
protected:
    ConfigurationTest() {
        std::string name = testing::TempDir() + "configurationXXXXXX";
        directory_ = ::mkdtemp(name.data());
        files_ = {.daemon = directory_ / "libvirtd.conf", .qemu = directory_ / "qemu.conf"};
    }
    ~ConfigurationTest() override { std::filesystem::remove_all(directory_); }
    Configuration read(std::string_view daemon, std::string_view qemu = "") {
        std::ofstream{files_.daemon} << daemon;
        std::ofstream{files_.qemu} << qemu;
        return read_configuration(files_);
    }
    void expect_refusal(std::string_view daemon, std::string_view qemu, std::string_view where) {
        try {
            read(daemon, qemu);
            ADD_FAILURE() << daemon << qemu;
        } catch (const Error& error) {
            EXPECT_EQ(error.code, ErrorCode::ConfSyntax);
            EXPECT_NE(std::string_view{error.what()}.find(where), std::string_view::npos) << error.what();
        }
    }
    std::filesystem::path directory_;
    Files files_;
};

TEST_F(ConfigurationTest, MissingFilesAreDefaults) {
    auto read = read_configuration(files_);
    EXPECT_EQ(read.daemon.clients.clients, 5000U);
    EXPECT_EQ(read.qemu.display_ports.first, 5900);
    files_.daemon_required = true;
    EXPECT_THROW(read_configuration(files_), std::system_error);
}

TEST_F(ConfigurationTest, KeysSetWhatTheyName) {
    auto all = read(
        "unix_sock_group = \"libvirt\"\nunix_sock_ro_perms = \"0770\"\nunix_sock_rw_perms = \"0770\"\n"
        "unix_sock_admin_perms = \"0600\"\nunix_sock_dir = \"/srv\"\nauth_unix_rw = \"none\"\n"
        "max_clients = 7\nmax_queued_clients = 8\nmax_client_requests = 9\nkeepalive_interval = -1\n"
        "keepalive_count = 3\nadmin_max_clients = 2\nlog_level = 3\nlog_filters = \"1:qemu\"\n"
        "log_outputs = \"1:stderr\"\nhost_uuid = \"12345678-1234-1234-1234-123456789012\"\n"
        "host_name = \"a\"\nmax_clients = 6\nmax_anonymous_clients = 4\nmin_workers = 2\n"
        "max_workers = 3\nprio_workers = 1\nadmin_min_workers = 5\nadmin_max_workers = 6\n",
        "remote_websocket_port_min = 5701\nremote_websocket_port_max = 5702\nspice_listen = \"0.0.0.0\"\n"
        "max_core = 4096\nstdio_handler = \"file\"\nremote_display_port_min = 6000\nremote_display_port_max "
        "= 6001\nvnc_listen = \"::1\"\n");
    const auto& daemon = all.daemon;
    EXPECT_EQ(daemon.socket_group, "libvirt");
    EXPECT_EQ(daemon.read_only_mode, 0770U);
    EXPECT_EQ(daemon.read_write_mode, 0770U);
    EXPECT_EQ(daemon.admin_mode, 0600U);
    EXPECT_EQ(daemon.socket_directory, "/srv");
    EXPECT_EQ(daemon.read_write_authentication, "none");
    EXPECT_EQ(daemon.clients.clients, 6U); // the last one counts
    EXPECT_EQ(daemon.clients.queued_clients, 8U);
    EXPECT_EQ(daemon.clients.requests, 9U);
    EXPECT_EQ(daemon.clients.keepalive_interval, std::chrono::seconds{-1});
    EXPECT_EQ(daemon.clients.keepalive_count, 3);
    EXPECT_EQ(daemon.administrators.clients, 2U);
    EXPECT_EQ(daemon.log_level, 3);
    EXPECT_EQ(daemon.log_filters, "1:qemu");
    EXPECT_EQ(daemon.log_outputs, "1:stderr");
    EXPECT_EQ(daemon.host_uuid.text(), "12345678-1234-1234-1234-123456789012");
    EXPECT_EQ(daemon.host_name, "a");
    EXPECT_EQ(all.qemu.display_ports.last, 6001);
    EXPECT_EQ(all.qemu.vnc_listen, "::1");
    EXPECT_EQ(daemon.unauthenticated_clients, 4U);
    EXPECT_EQ(daemon.clients.least_workers, 2U);
    EXPECT_EQ(daemon.clients.most_workers, 3U);
    EXPECT_EQ(daemon.priority_workers, 1U);
    EXPECT_EQ(daemon.administrators.least_workers, 5U);
    EXPECT_EQ(daemon.administrators.most_workers, 6U);
    EXPECT_EQ(all.qemu.websocket_ports.first, 5701);
    EXPECT_EQ(all.qemu.websocket_ports.last, 5702);
    EXPECT_EQ(all.qemu.spice_listen, "0.0.0.0");
    EXPECT_EQ(all.qemu.largest_core, 4096U);
    EXPECT_FALSE(all.qemu.bounds_logs);
    EXPECT_EQ(read("", "max_core = \"unlimited\"\n").qemu.largest_core, UINT64_MAX);
    EXPECT_TRUE(all.without_effect().empty());
}

TEST_F(ConfigurationTest, KeysWithoutEffectAreNamedOnce) {
    auto all =
        read("listen_tls = 0\nlisten_tls = 1\nauth_tls = \"none\"\n", "user = \"root\"\nmax_files = 5\n");
    EXPECT_EQ(all.without_effect(),
              (std::vector<std::string>{"listen_tls", "auth_tls", "user", "max_files"}));
}

TEST_F(ConfigurationTest, MistakesAreRefusedWithFileAndLine) {
    expect_refusal("\nmax_client = 5\n", "", "libvirtd.conf:2: there is no key 'max_client'");
    expect_refusal("max_clients = \"5\"\n", "", "libvirtd.conf:1: 'max_clients' takes a number");
    expect_refusal("max_clients = -5\n", "", "libvirtd.conf:1:");
    expect_refusal("max_clients = 0\n", "", "libvirtd.conf:1: max_clients:");
    expect_refusal("listen_tcp = 2\n", "", "libvirtd.conf:1:");
    expect_refusal("unix_sock_rw_perms = \"rwx\"\n", "", "libvirtd.conf:1: unix_sock_rw_perms:");
    expect_refusal("unix_sock_rw_perms = \"1777\"\n", "", "libvirtd.conf:1: unix_sock_rw_perms:");
    expect_refusal("unix_sock_dir = \"run\"\n", "", "libvirtd.conf:1: unix_sock_dir:");
    expect_refusal("host_uuid = \"00000000-0000-0000-0000-000000000000\"\n", "",
                   "libvirtd.conf:1: host_uuid:");
    expect_refusal("host_uuid_source = \"dice\"\n", "", "libvirtd.conf:1: host_uuid_source:");
    expect_refusal("log_level = 5\n", "", "libvirtd.conf:1: log_level:");
    expect_refusal("", "user = 0\n", "qemu.conf:1: 'user' takes a text");
    expect_refusal("", "vnc_listen = \"everywhere\"\n", "qemu.conf:1: vnc_listen:");
    expect_refusal("", "remote_display_port_min = 80\n", "qemu.conf:1: remote_display_port_min:");
    expect_refusal("", "remote_websocket_port_min = 5699\n", "qemu.conf:1: remote_websocket_port_min:");
    expect_refusal("", "remote_websocket_port_min = 6000\nremote_websocket_port_max = 5999\n", "above");
    expect_refusal("", "max_core = \"much\"\n", "qemu.conf:1: max_core:");
    expect_refusal("", "stdio_handler = \"pipe\"\n", "qemu.conf:1: stdio_handler:");
    expect_refusal("max_workers = 0\n", "", "libvirtd.conf:1: max_workers:");
    expect_refusal("", "remote_display_port_min = 6000\nremote_display_port_max = 5999\n", "above");
}

TEST_F(ConfigurationTest, WhatWouldOpenADoorIsRefused) {
    expect_refusal("access_drivers = [ \"polkit\" ]\n", "", "libvirtd.conf:1: access_drivers:");
    expect_refusal("auth_unix_rw = \"sasl\"\n", "", "libvirtd.conf:1: auth_unix_rw:");
    expect_refusal("auth_unix_ro = \"sasl\"\n", "", "libvirtd.conf:1: auth_unix_ro:");
    EXPECT_NO_THROW(read("access_drivers = []\n"));
}

TEST_F(ConfigurationTest, ChangesAreNamedByTheirEffect) {
    auto before = read("max_clients = 5\nlog_level = 1\nhost_name = \"a\"\n");
    auto after = read("max_clients = 6\nlog_level = 1\nhost_uuid_source = \"machine-id\"\naudit_level = 1\n",
                      "vnc_listen = \"0.0.0.0\"\n");
    auto changes = changes_between(before, after);
    EXPECT_EQ(changes.at_once, std::vector<std::string>{"max_clients"});
    EXPECT_EQ(changes.at_start, (std::vector<std::string>{"host_name", "host_uuid_source", "vnc_listen"}));
}

TEST(ConfigurationKeys, StandOnceEach) {
    std::set<std::string_view> names;
    for (const auto& key : daemon_keys()) EXPECT_TRUE(names.insert(key.name).second) << key.name;
    names.clear();
    for (const auto& key : qemu_keys()) EXPECT_TRUE(names.insert(key.name).second) << key.name;
    for (const auto& key : daemon_keys())
        EXPECT_EQ(key.apply == nullptr, key.effect == Effect::None) << key.name;
}

} // namespace
} // namespace vireo::daemon::configuration
