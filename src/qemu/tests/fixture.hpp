// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "qemu/capabilities/capabilities.hpp"

namespace vireo::qemu {

/// An emulator for tests that need no real one: QEMU 7.2 for x86-64 as far as these domains go.
inline Capabilities make_emulator() {
    Capabilities result;
    result.emulator = "/usr/bin/qemu-system-x86_64";
    result.version = 7002022;
    result.arch = "x86_64";
    result.has_tcg = result.has_kvm = true;
    result.machines = {{"pc-i440fx-7.2", "pc", 255, true, false, "qemu64", "pc.ram"},
                       {"pc-q35-7.2", "q35", 288, false, false, "qemu64", "pc.ram"},
                       {"microvm", "", 288, false, false, "qemu64", "microvm.ram"}};
    result.cpu_models = {{"Haswell", false, {}}, {"max", false, {}}, {"qemu64", false, {}}};
    result.devices = {"VGA",
                      "cirrus-vga",
                      "e1000e",
                      "floppy",
                      "hda-duplex",
                      "hda-micro",
                      "i6300esb",
                      "ich9-ahci",
                      "ich9-intel-hda",
                      "ich9-usb-ehci1",
                      "ich9-usb-uhci1",
                      "ich9-usb-uhci2",
                      "ich9-usb-uhci3",
                      "ide-cd",
                      "ide-hd",
                      "intel-iommu",
                      "isa-debugcon",
                      "isa-parallel",
                      "isa-serial",
                      "ivshmem-doorbell",
                      "ivshmem-plain",
                      "lsi53c895a",
                      "nvdimm",
                      "pc-dimm",
                      "pci-bridge",
                      "pcie-pci-bridge",
                      "pcie-root-port",
                      "piix3-usb-uhci",
                      "pvpanic",
                      "qemu-xhci",
                      "qxl",
                      "qxl-vga",
                      "rtl8139",
                      "scsi-block",
                      "scsi-generic",
                      "scsi-hd",
                      "tpm-crb",
                      "tpm-tis",
                      "usb-ccid",
                      "usb-host",
                      "usb-mouse",
                      "usb-redir",
                      "usb-tablet",
                      "vfio-pci",
                      "vfio-pci-nohotplug",
                      "vhost-user-blk-pci",
                      "vhost-user-fs-pci",
                      "vhost-vsock-pci",
                      "virtio-9p-pci",
                      "virtio-balloon-pci",
                      "virtio-blk-pci",
                      "virtio-crypto-pci",
                      "virtio-input-host-pci",
                      "virtio-iommu-pci",
                      "virtio-mem-pci",
                      "virtio-pmem-pci",
                      "virtio-rng-pci",
                      "virtio-scsi-pci",
                      "virtio-serial-pci",
                      "virtio-vga",
                      "virtserialport",
                      "vmgenid"};
    return result;
}

} // namespace vireo::qemu
