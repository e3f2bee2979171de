// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/device_info.hpp"
#include "model/domain/other_devices.hpp"

namespace vireo::model::domain {

/// <input> (libvirt's formatdomain, "Input devices").
template <class Node> void describe(Node& node, Of<Input> auto& input) {
    node.attribute("type", input.type, {ErrorCode::ConfigUnsupported, ErrorCode::InternalError})
        .supports("type", input.type, {InputType::Mouse, InputType::Tablet, InputType::Keyboard})
        .attribute("bus", input.bus, xml::wrong_is_unsupported)
        .kept_attribute("model", input.kept)
        .kept({"driver", "source"}, input.kept);
    describe_info(node, input.info);
}

/// <rng> (libvirt's formatdomain, "Random number generator device").
template <class Node> void describe(Node& node, Of<Rng> auto& rng) {
    constexpr xml::Rule named{ErrorCode::ConfigUnsupported, ErrorCode::XmlError};
    node.attribute("model", rng.model, named);
    node.child("rate").attribute("bytes", rng.rate_bytes).attribute("period", rng.rate_period);
    if constexpr (is_reader<Node>) {
        if (!node.single("backend").child("backend").exists())
            node.fail(nullptr, ErrorCode::XmlError, "an <rng> needs a <backend>");
    }
    {
        auto backend = node.child("backend");
        backend.attribute("model", rng.backend, named)
            .supports("model", rng.backend, {RngBackend::Random, RngBackend::Builtin})
            .kept_attribute("type", rng.backend_kept)
            .kept({"source", "protocol"}, rng.backend_kept);
        if (rng.backend == RngBackend::Random) backend.text(rng.path);
    }
    node.kept("driver", rng.kept);
    describe_info(node, rng.info);
}

/// <memballoon> (libvirt's formatdomain, "Memory balloon device").
template <class Node> void describe(Node& node, Of<MemoryBalloon> auto& balloon) {
    node.attribute("model", balloon.model, xml::required)
        .attribute("autodeflate", balloon.autodeflate)
        .attribute("freePageReporting", balloon.free_page_reporting);
    node.child("stats").attribute("period", balloon.stats_period);
    describe_info(node, balloon.info);
    node.kept("driver", balloon.kept);
}

/// <audio> (libvirt's formatdomain, "Audio backends").
template <class Node> void describe(Node& node, Of<Audio> auto& audio) {
    node.attribute("id", audio.id, xml::required)
        .attribute("type", audio.type, xml::required)
        .supports("type", audio.type, {AudioType::None})
        .kept_attributes({"timerPeriod", "path", "serverName", "driver", "tryMMap", "exclusive", "dspPolicy"},
                         audio.kept)
        .kept({"input", "output"}, audio.kept);
}

} // namespace vireo::model::domain
