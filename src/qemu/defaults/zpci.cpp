// SPDX-License-Identifier: Apache-2.0
// PCI on s390: devices are known to the guest by two numbers, not by their place on a bus.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// The numbers of one kind that are in use.
class Numbers {
public:
    Numbers(std::string_view name, std::uint32_t first) : name_{name}, next_{first} {}
    void reserve(std::uint32_t number) {
        if (!taken_.insert(number).second)
            throw Error(ErrorCode::InternalError, ErrorDomain::Domain,
                        fmt::format("two devices have the zPCI {} {:#x}", name_, number));
    }
    std::uint32_t take() {
        while (!taken_.insert(next_).second) ++next_;
        return next_;
    }

private:
    std::string_view name_;
    std::uint32_t next_;
    std::set<std::uint32_t> taken_;
};
} // namespace

void assign_zpci(const std::vector<DeviceInfo*>& devices) {
    Numbers users{"uid", 1}, functions{"fid", 0};
    std::vector<PciAddress*> addresses;
    for (auto* info : devices)
        if (auto* address = std::get_if<PciAddress>(&info->address)) addresses.push_back(address);
    auto settle = [](auto& number, Numbers& numbers) {
        if (number)
            numbers.reserve(*number);
        else
            number = numbers.take();
    };
    for (bool begun : {true, false}) // those of which a number is given come first
        for (auto* address : addresses) {
            if ((address->zpci_uid || address->zpci_fid) != begun) continue;
            settle(address->zpci_uid, users);
            settle(address->zpci_fid, functions);
        }
}

} // namespace vireo::qemu
