// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/cpu.hpp"
#include "hypervisor/guest_requests.hpp"
#include "model/domain/cpu.hpp"
#include "qemu/capabilities/capabilities.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// Features in libvirt's names.
using FeatureSet = std::set<std::string, std::less<>>;

using model::domain::FeaturePolicy;

/// A <cpu> that a client asks about: a host's (with its architecture) or a guest's.
struct DescribedCpu {
    std::string arch, mode, match, model, vendor;
    std::vector<std::pair<std::string, FeaturePolicy>> features;

    FeatureSet with_policy(FeaturePolicy policy) const;
};
/// The element may stand in a document around it (a host's capabilities, a domain). Throws what is wrong with
/// the text, with the domain Cpu.
DescribedCpu parse_cpu(const std::string& xml);

/// A processor as it really is: the host's, or what an emulator shows at most.
struct ActualCpu {
    std::string arch, vendor; ///< libvirt's names
    FeatureSet features;
};
/// The host's, of which the kernel told.
ActualCpu actual_cpu(const host::Cpu& cpu, std::string arch);
/// What TCG of this emulator can show; empty where that is not known.
ActualCpu most_of(const Capabilities& emulator);

/// What libvirt counts to a model. It is what QEMU tells of it, but for a few features whose presence QEMU
/// changed between versions, or hides under TCG (`vme`).
FeatureSet features_of(const CpuModel& model);
/// libvirt's name of the model's maker; empty: it stands for none in particular.
std::string_view vendor_of(const CpuModel& model);

/// A named model and how a processor differs from it.
struct CpuChoice {
    const CpuModel* model = nullptr;
    FeatureSet require, disable;
};
/// The emulator's model of this name, or libvirt's own where the emulator has none; nullptr: nobody knows it.
const CpuModel* find_known_model(const Capabilities& emulator, std::string_view name);
/// The differences to this model.
CpuChoice differences(const CpuModel& model, const FeatureSet& wanted);
/// Disables the features of the model that the emulator cannot show, unless they are required by name.
void disable_blocked(CpuChoice& choice);
/// Disables what libvirt once counted to the model and has taken out of it since, unless it is required by
/// name: an emulator may still give it.
void disable_taken_out(CpuChoice& choice);
/// The named model of the emulator with the fewest differences, of this vendor or of none.
/// `with_all`: only models all of whose features are wanted. Without result: `model` is null.
CpuChoice closest_model(const Capabilities& emulator, const FeatureSet& wanted, std::string_view vendor,
                        bool with_all);
/// What a host-model CPU is under TCG. Without result: `model` is null.
CpuChoice host_model_of(const Capabilities& emulator);
/// Makes a host-model CPU of a domain under TCG the model and the features that this means now; features that
/// the domain names itself stay as they are. Other CPUs stay, too. Throws ConfigUnsupported where it is not
/// known what host-model means.
void expand_host_model(model::domain::Cpu& cpu, const Capabilities& emulator);

struct CpuComparison {
    hypervisor::CpuMatch match;
    std::string reason; ///< of Incompatible, in words
};
/// Whether `actual` can do what `wanted` asks for. Throws for models and features that nobody knows.
CpuComparison compare(const Capabilities& emulator, const ActualCpu& actual, const DescribedCpu& wanted);

/// What all of these can run. `for_emulator`: the answer is a guest's CPU for just this emulator; otherwise
/// the CPUs must be hosts'. The document of virConnectBaselineCPU.
std::string baseline(const Capabilities& emulator, const std::vector<DescribedCpu>& cpus, bool for_emulator,
                     hypervisor::BaselineOptions options);
/// The same for Power, whose models have no features.
std::string baseline_power(const std::vector<DescribedCpu>& cpus);
/// The same for hosts of any architecture but x86. Throws NoSupport for those that have no names of models.
std::string baseline_beside_x86(const std::vector<DescribedCpu>& cpus);

} // namespace vireo::qemu
