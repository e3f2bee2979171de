// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// libvirt's name of the maker of an x86 processor that CPUID calls `id`; empty: it has none.
std::string_view vendor_name(std::string_view id);
/// Whether it is libvirt's name of a maker of x86 processors.
bool is_vendor(std::string_view name);

/// Whether libvirt knows a feature of x86 processors by this name. QEMU has further names for some, and
/// switches that are no features.
bool is_cpu_feature(std::string_view name);
/// All of these names, sorted.
const std::vector<std::string_view>& cpu_feature_names();

/// The CPU models that libvirt knows by name (virConnectGetCPUModelNames); none for most architectures.
std::vector<std::string_view> cpu_model_names(std::string_view arch);
/// libvirt's name of a model that the emulator calls `name`. Empty: libvirt does not offer it.
std::string listed_cpu_model(std::string_view arch, std::string_view name);
/// Whether libvirt lets guests of this architecture have a model by its name.
bool has_named_models(std::string_view arch);
/// Whether the model stands for no maker's processor, whatever CPUID says.
bool is_generic_model(std::string_view name);

/// Whether libvirt takes the model only where it is named, and never because a processor is like it.
bool is_never_chosen(std::string_view name);

} // namespace vireo::qemu
