// SPDX-License-Identifier: Apache-2.0
#include "qemu/block_jobs/disk_chain.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {

namespace {
json::value answer() {
    return *json::parse(R"([
        {"qdev": "/machine/peripheral/virtio-disk1/virtio-backend", "inserted": {"node-name": "libvirt-1-format"}},
        {"qdev": "ide0-0-1"}, {"device": "x"}, 7,
        {"qdev": "/machine/peripheral/virtio-disk0/virtio-backend",
         "inserted": {"node-name": "libvirt-2-format", "image": {"filename": "/top", "backing-image":
            {"filename": "/middle", "backing-image": {"filename": "/base"}}}}}])");
}
} // namespace

TEST(DiskChain, IsFoundByTheAliasOfItsDisk) {
    auto chain = chain_of(answer(), "virtio-disk0");
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->node, "libvirt-2-format");
    EXPECT_EQ(chain->files, (std::vector<std::string>{"/top", "/middle", "/base"}));
    EXPECT_FALSE(chain_of(answer(), "virtio-disk"));
    EXPECT_FALSE(chain_of(answer(), "ide0-0-1")); // no medium
    EXPECT_FALSE(chain_of(json::value{}, "virtio-disk0"));
}

TEST(DiskChain, KnowsItsImagesByPathAndNumber) {
    auto chain = *chain_of(answer(), "virtio-disk0");
    EXPECT_EQ(chain.find_below("vda", std::nullopt), std::nullopt);
    EXPECT_EQ(chain.find_below("vda", "/middle"), "/middle");
    EXPECT_EQ(chain.find_below("vda", "vda[2]"), "/base");
    for (const auto* nonsense :
         {"/top", "/none", "vda[0]", "vda[3]", "vda[]", "vda[1", "vdb[1]", "vda[-1]", "vda", ""})
        EXPECT_THROW(chain.find_below("vda", nonsense), Error) << nonsense;
}

} // namespace vireo::qemu
