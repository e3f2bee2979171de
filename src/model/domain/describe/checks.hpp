// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/cpu_set.hpp"
#include "model/domain/domain.hpp"
#include "xml/reader.hpp"

// What one element must fulfil beyond the kinds of its values; each throws libvirt's error for it, with line
// and path. What concerns several elements is in `validate`.

namespace vireo::model::domain {

void check(const xml::Reader& node, const Disk& disk);
void check(const xml::Reader& node, const Controller& controller);
void check(const xml::Reader& node, Interface& interface);
void check(const xml::Reader& node, const PortForward& forward);
void check(const xml::Reader& node, const Serial& serial);
void check(const xml::Reader& node, const Cpu& cpu);
void check(const xml::Reader& node, const Clock& clock);
/// What a source needs: a path, or a host and a service.
void check(const xml::Reader& node, const CharacterSource& source);
/// The first console of a guest with a serial port is that port again, whatever is said of it.
bool is_mirror(const xml::Reader& console);
/// A socket that only channels may leave to the driver.
void require_path(const xml::Reader& node, const CharacterSource& source);
/// A source whose type may not be left out.
void require_type(const xml::Reader& node, ErrorCode missing);
/// The bus of a redirected device, and that it has a source.
void check_bus(const xml::Reader& node, RedirectedDevice& device);
/// `version` and `allow` of a rule.
void read_rest(const xml::Reader& node, RedirectRule& rule);
void check(const xml::Reader& node, const Input& input);
void check(const xml::Reader& node, AudioType type, const AudioStream& stream);
void check(const xml::Reader& node, Vsock& vsock);
/// Reads the ends of a source of the network, each in a <source> of its own.
void read_ends(const xml::Reader& node, CharacterSource& source);
/// The path of a socket that a driver made for an earlier run.
void forget_generated(Channel& channel);
void check(const xml::Reader& node, const Channel& channel);
void check(const xml::Reader& node, const Graphics& graphics);
void check(const xml::Reader& node, const Video& video);
void check(const xml::Reader& node, const IoTune& tune);
void check(const xml::Reader& node, const HypervFeature& feature);
/// <maxpagesize> of <hpt>: whatever is wrong with it is ConfigUnsupported.
void read_page_size(const xml::Reader& hpt, std::optional<MemorySize>& size);
bool has_attribute(const xml::Reader& node, const char* name);
void check(const xml::Reader& node, const Features& features);
void check(const xml::Reader& node, const CacheTuning& tuning);
void check(const xml::Reader& node, const BandwidthTuning& tuning);
void check(const xml::Reader& node, const BlockTuning& tuning);
void check(const xml::Reader& node, const PerformanceEvent& event);
void check(const xml::Reader& node, const DeviceOverride::Property& property);
/// Checks the names of entries, and brings them into libvirt's order; of several of a name the first counts.
void settle(const xml::Reader& node, SystemInfo& info);
void check(const xml::Reader& node, const Filesystem& filesystem);
void check(const xml::Reader& node, const Hostdev& hostdev);
/// The alternative of `Hostdev::source` that devices of a type have.
HostdevSource source_for(HostdevType type);
/// Only some types have a model.
void check_model(const xml::Reader& node, HostdevType type);
void check_mode(const xml::Reader& node, const Hostdev& hostdev, std::string_view mode);
/// An address of the host's PCI bus.
void check_host_address(const xml::Reader& node, const PciAddress& address);
void check(const xml::Reader& node, const UsbHostSource& source);
void check_parts(const xml::Reader& node, const ScsiHostSource& source);
void check(const xml::Reader& node, const ScsiHostSource& source);
void check_protocol(const xml::Reader& node, const VhostScsiSource& source);
void check(const xml::Reader& node, const Shmem& shmem);
void check(const xml::Reader& node, const Memory& memory);
void check(const xml::Reader& node, const Tpm& tpm);
/// A <tpm> has one backend.
void check_backends(const xml::Reader& node);
/// `type` and `mode` of the socket of a TPM's emulator, and of the helper for reservations.
void check_tpm_socket(const xml::Reader& node, std::string_view type, std::string_view mode);
void check_reservations(const xml::Reader& node, std::string_view type, std::string_view mode);
void check(const xml::Reader& node, const NetworkHost& host);
void check(const xml::Reader& node, const NetworkSource& network);
void check(const xml::Reader& node, const HttpCookie& cookie);
void check(const xml::Reader& node, const SecretReference& secret);
void check(const xml::Reader& node, const Iommu& iommu);
void check(const xml::Reader& node, const VhostUserSource& source);
void check(const xml::Reader& node, const BackingStore& store);

/// Of elements that may be there once, the first one counts.
void keep_first(auto& elements) {
    if (elements.size() > 1) elements.resize(1);
}

/// Brings `listen` and `socket` of <graphics> and its <listen> elements together; they may not contradict
/// each other.
void merge_first_listen(const xml::Reader& node, Graphics& graphics, const std::string& address,
                        const std::string& socket);

/// "1", "1.2", up to four numbers from 1 to 255; the empty text asks for any.
bool is_usb_port(std::string_view text);
/// Checks the set of processors that an attribute gave, and brings its ranges into order. It may not be
/// empty.
void read_cpu_set(const xml::Reader& node, const char* attribute, std::string& set);
/// The same for the attribute `nodeset`, if there is one.
void read_node_set(const xml::Reader& node, std::string& set);
/// Checks `loadparm` of <boot>, and brings it into capital letters.
void settle_load_parameter(const xml::Reader& node, std::string& parameter);
/// A <rom> that says nothing is none; one that is switched off has nothing to say.
void settle_rom(const xml::Reader& node, std::optional<Rom>& rom);
/// Drops the labels that say what happens anyway, and checks the others: one for each model.
void settle_labels(const xml::Reader& node, std::vector<DeviceLabel>& labels);
void check(const xml::Reader& node, const DeviceLabel& label);
bool is_disk_format(std::string_view name);
/// How a tcp character device talks.
bool is_protocol(std::string_view name);

/// The alternative that `type` of an <address> names (see xml::Reader::alternative).
bool choose(std::string_view name, Address& address);
std::string_view choice_name(const Address& address);
/// All that `choose` knows.
std::vector<std::string> choices_of(const Address& address);

} // namespace vireo::model::domain
