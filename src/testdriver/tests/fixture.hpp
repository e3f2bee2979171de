// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "testdriver/driver.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vireo::testdriver {

/// A driver, what it told, and domains in it.
class TestDriverTest : public testing::Test {
protected:
    template <class Result> Result run(awaitable<Result> work) {
        asio::io_context loop;
        auto done = asio::co_spawn(loop, std::move(work), asio::use_future);
        loop.run();
        return done.get();
    }
    ErrorCode refusal(auto work) {
        try {
            run(std::move(work));
        } catch (const Error& error) { return error.code; }
        return ErrorCode::Ok;
    }

    static std::string document(std::string_view name, std::string_view more = "") {
        return fmt::format("<domain type='test'><name>{}</name><memory>2048</memory><currentMemory>1024"
                           "</currentMemory><vcpu current='2'>4</vcpu><os><type>hvm</type></os>{}</domain>",
                           name, more);
    }
    hypervisor::DomainSnapshotPtr define(std::string_view name, std::string_view more = "") {
        return run(driver.define(document(name, more), {}));
    }
    /// Defined and started; what was told of that is forgotten.
    Uuid start(std::string_view name, std::string_view more = "") {
        auto uuid = define(name, more)->uuid;
        run(driver.start(uuid, "", {}));
        told.clear();
        return uuid;
    }
    hypervisor::DomainSnapshotPtr domain(const Uuid& uuid) { return driver.domains().find(uuid); }

    /// "name event/detail@id" of each lifecycle event, "name #kind" of others (kind: its place in the
    /// variant).
    std::string take_told() { return std::exchange(told, ""); }
    void note(const hypervisor::DomainEvent& event) {
        const auto* life = std::get_if<hypervisor::DomainLifecycle>(&event.what);
        auto what = life ? fmt::format("{}/{}", static_cast<int>(life->event), life->detail)
                         : fmt::format("#{}", event.what.index());
        told += fmt::format("{} {}{};", event.name, what, event.id < 0 ? "" : "@");
    }

    TestDriver driver;
    std::string told;
    hypervisor::EventHub::Subscription subscription =
        driver.events().subscribe([this](const hypervisor::DomainEvent& event) { note(event); });
};

} // namespace vireo::testdriver
