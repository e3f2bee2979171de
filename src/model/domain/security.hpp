// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/common.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What keeps a guest apart from others, and its secrets from its host.

namespace vireo::model::domain {

enum class LabelType { None, Dynamic, Static };
constexpr auto names_of(LabelType) {
    using enum LabelType;
    return std::to_array<std::pair<LabelType, std::string_view>>(
        {{None, "none"}, {Dynamic, "dynamic"}, {Static, "static"}});
}

/// <seclabel> of a domain: the label of its process, and of its files.
struct SecurityLabel {
    std::optional<LabelType> type; ///< absent: the driver's usual one, which is not shown
    std::string model;             ///< "selinux", "apparmor", "dac", "none"
    std::optional<Answer> relabel;
    std::string label;
    std::string base_label;  ///< that dynamic ones are made from
    std::string image_label; ///< live only
    friend bool operator==(const SecurityLabel&, const SecurityLabel&) = default;
};

/// <seclabel> of one of a device's files: what to label it, or to leave it as it is.
struct DeviceLabel {
    std::string model; ///< empty: of every model
    bool relabel = true;
    std::string label;  ///< empty: that of the domain
    bool skips = false; ///< live only: the file cannot be labelled
    friend bool operator==(const DeviceLabel&, const DeviceLabel&) = default;
};

enum class Cipher { Aes, Dea };
constexpr auto names_of(Cipher) {
    using enum Cipher;
    return std::to_array<std::pair<Cipher, std::string_view>>({{Aes, "aes"}, {Dea, "dea"}});
}

/// <cipher> of <keywrap>: whether an s390 guest may wrap keys with it.
struct WrappingCipher {
    Cipher name = Cipher::Aes;
    Switch state = Switch::Off;
    friend bool operator==(const WrappingCipher&, const WrappingCipher&) = default;
};

enum class LaunchSecurityType { Sev, S390Pv };
constexpr auto names_of(LaunchSecurityType) {
    using enum LaunchSecurityType;
    return std::to_array<std::pair<LaunchSecurityType, std::string_view>>(
        {{Sev, "sev"}, {S390Pv, "s390-pv"}});
}

/// <launchSecurity>: memory that the host cannot read. All but the type is of AMD's SEV.
struct LaunchSecurity {
    LaunchSecurityType type = LaunchSecurityType::Sev;
    std::optional<Answer> kernel_hashes;
    std::optional<std::uint32_t> cbit_position, reduced_bits;
    std::uint32_t policy = 0;
    std::string certificate, session; ///< base64
    friend bool operator==(const LaunchSecurity&, const LaunchSecurity&) = default;
};

} // namespace vireo::model::domain
