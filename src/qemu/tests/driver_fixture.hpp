// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "qemu/driver.hpp"
#include "qemu/tests/fixture.hpp"
#include "store/store.hpp"

#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>

namespace vireo::qemu {

/// A driver below a folder of its own, whose guests run under the fake QEMU.
class DriverTest : public testing::Test {
protected:
    DriverTest() {
        char path[] = "/tmp/vireo-driver-XXXXXX";
        folder = ::mkdtemp(path);
        options.uri = "qemu:///test";
        options.emulator = FAKE_QEMU;
        options.launcher = LAUNCHER;
        options.termination = std::chrono::milliseconds{300};
        options.graceful_termination = std::chrono::milliseconds{200};
        options.monitor_deadline = std::chrono::seconds{15};
    }
    ~DriverTest() override {
        if (driver) {
            end_guests();
            stop_daemon();
        }
        std::filesystem::remove_all(folder);
    }

    void start_daemon() {
        open_store();
        cache = make_cache();
        hypervisor::Directories directories{folder / "run", folder / "state", folder / "log",
                                            folder / "cache"};
        driver = std::make_unique<QemuDriver>(loop.get_executor(), directories, *store, *cache, options);
        subscription = driver->events().subscribe([this](const hypervisor::DomainEvent& event) {
            const auto* life = std::get_if<hypervisor::DomainLifecycle>(&event.what);
            events += life == nullptr
                          ? fmt::format("{} reboot;", event.name)
                          : fmt::format("{} {}/{};", event.name, static_cast<int>(life->event), life->detail);
        });
        await(driver->recover());
    }
    virtual std::unique_ptr<CapabilitiesCache> make_cache() const {
        auto probe = [](std::string emulator) -> awaitable<Capabilities> {
            auto capabilities = make_emulator();
            capabilities.emulator = std::move(emulator);
            co_return capabilities;
        };
        return std::make_unique<CapabilitiesCache>(folder / "cache", probe);
    }
    void open_store() {
        store = std::make_unique<store::Store>(loop.get_executor(), folder / "store.sqlite");
    }
    void close_store() {
        await(store->close());
        store.reset();
    }
    void stop_daemon() {
        await(driver->stop());
        subscription.reset();
        driver.reset();
        cache.reset();
        close_store();
    }
    void restart_daemon() {
        stop_daemon();
        events.clear();
        start_daemon();
    }
    void end_guests() {
        std::vector<hypervisor::DomainSnapshotPtr> active;
        driver->domains().for_each([&](const auto& domain) {
            if (domain->active()) active.push_back(domain);
        });
        for (const auto& domain : active) await(driver->destroy(domain->uuid, domain->name, false));
    }

    /// Runs the loop until the result is there.
    template <class Result> Result await(awaitable<Result> work) {
        auto result = asio::co_spawn(loop, std::move(work), asio::use_future);
        while (result.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
            loop.restart();
            if (loop.run_one_for(patience) == 0) throw std::runtime_error("it hangs");
        }
        return result.get();
    }
    /// Runs the loop until the condition holds; false when it does not come to that.
    bool until(const std::function<bool()>& condition) {
        while (!condition()) {
            loop.restart();
            if (loop.run_one_for(patience) == 0) return false;
        }
        return true;
    }
    template <class Result> ErrorCode code_of(awaitable<Result> work) {
        try {
            await(std::move(work));
        } catch (const Error& error) {
            message = error.what();
            return error.code;
        }
        return ErrorCode::Ok;
    }

    static Uuid uuid_of(int number) {
        return *Uuid::parse(fmt::format("00000000-0000-4000-8000-{:012}", number));
    }
    static std::string xml(std::string_view name, int number = 1, std::string_view extra = "",
                           std::string_view devices = "") {
        return fmt::format("<domain type='qemu'><name>{}</name><uuid>{}</uuid><memory unit='MiB'>64</memory>"
                           "<os><type arch='x86_64' machine='q35'>hvm</type></os>{}"
                           "<devices><emulator>{}</emulator><serial type='pty'/>{}</devices></domain>",
                           name, uuid_of(number).text(), extra, FAKE_QEMU, devices);
    }
    hypervisor::DomainSnapshotPtr define(std::string_view name, int number = 1, std::string_view extra = "") {
        return await(driver->define(xml(name, number, extra), {}));
    }
    hypervisor::DomainSnapshotPtr start(std::string_view name, int number = 1) {
        return await(driver->start(uuid_of(number), std::string{name}, {}));
    }
    hypervisor::DomainSnapshotPtr defined_and_started(std::string_view name, std::string_view extra = "") {
        define(name, 1, extra);
        auto running = start(name);
        events.clear();
        return running;
    }
    hypervisor::StateAndReason state(int number = 1) {
        auto domain = driver->domains().find(uuid_of(number));
        return domain ? domain->state : hypervisor::StateAndReason{hypervisor::DomainState::NoState, 0};
    }
    std::vector<std::string> run_directories() const {
        std::vector<std::string> names;
        std::error_code missing;
        for (const auto& entry : std::filesystem::directory_iterator{folder / "run/qemu", missing})
            names.push_back(entry.path().filename());
        return names;
    }

    static constexpr std::chrono::seconds patience{20};
    asio::io_context loop;
    std::filesystem::path folder;
    DriverOptions options;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<CapabilitiesCache> cache;
    std::unique_ptr<QemuDriver> driver;
    hypervisor::EventHub::Subscription subscription;
    std::string events;  ///< "NAME event/detail;" in their order
    std::string message; ///< of the last error that `code_of` saw
};

} // namespace vireo::qemu
