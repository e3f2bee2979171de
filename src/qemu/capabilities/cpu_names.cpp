// SPDX-License-Identifier: Apache-2.0
// Names of libvirt 9.0, as its command line accepts and lists them.
#include "qemu/capabilities/cpu_names.hpp"

#include "qemu/capabilities/capabilities.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace vireo::qemu {

namespace {
constexpr auto vendors = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"GenuineIntel", "Intel"}, {"AuthenticAMD", "AMD"}, {"HygonGenuine", "Hygon"}});

constexpr std::string_view features =
    "3dnow 3dnowext 3dnowprefetch abm acpi adx aes amd-no-ssb amd-ssbd amd-stibp amx-bf16 amx-int8 "
    "amx-tile apic arat arch-capabilities arch-lbr avic avx avx-vnni avx2 avx512-4fmaps avx512-4vnniw "
    "avx512-bf16 avx512-fp16 avx512-vp2intersect avx512-vpopcntdq avx512bitalg avx512bw avx512cd avx512dq "
    "avx512er avx512f avx512ifma avx512pf avx512vbmi avx512vbmi2 avx512vl avx512vnni bmi1 bmi2 "
    "bus-lock-detect cid cldemote clflush clflushopt clwb clzero cmov cmp_legacy cmt core-capability "
    "cr8legacy cx16 cx8 dca de decodeassists ds ds_cpl dtes64 erms est extapic f16c flushbyasid fma fma4 "
    "fpu fsgsbase fsrm fxsr fxsr_opt gfni hle ht hypervisor ia64 ibpb ibrs ibrs-all ibs intel-pt "
    "intel-pt-lip invpcid invtsc la57 lahf_lm lbrv lm lwp mbm_local mbm_total mca mce md-clear mds-no "
    "misalignsse mmx mmxext monitor movbe movdir64b movdiri mpx msr mtrr nodeid_msr npt nrip-save nx "
    "ospke osvw osxsave pae pat pause-filter pbe pcid pclmuldq pcommit pdcm pdpe1gb perfctr_core "
    "perfctr_nb pfthreshold pge pks pku pn pni popcnt pschange-mc-no pse pse36 rdctl-no rdpid rdrand "
    "rdseed rdtscp rsba rtm sep serialize sgx sgx-debug sgx-exinfo sgx-kss sgx-mode64 sgx-provisionkey "
    "sgx-tokenkey sgx1 sgx2 sgxlc sha-ni skinit skip-l1dfl-vmentry smap smep smx spec-ctrl "
    "split-lock-detect ss ssb-no ssbd sse sse2 sse4.1 sse4.2 sse4a ssse3 stibp svm svm-lock svme-addr-chk "
    "syscall taa-no tbm tce tm tm2 topoext tsc tsc-deadline tsc-scale tsc_adjust tsx-ctrl tsx-ldtrk umip "
    "v-vmsave-vmload vaes vgif virt-ssbd vmcb-clean vme vmx vpclmulqdq waitpkg wbnoinvd wdt x2apic xfd "
    "xgetbv1 xop xsave xsavec xsaveerptr xsaveopt xsaves xtpr ";

/// In the order in which libvirt lists them.
constexpr std::string_view x86_models =
    "486 pentium pentium2 pentium3 pentiumpro coreduo n270 core2duo qemu32 kvm32 cpu64-rhel5 "
    "cpu64-rhel6 qemu64 kvm64 Conroe Penryn Nehalem Nehalem-IBRS Westmere Westmere-IBRS SandyBridge "
    "SandyBridge-IBRS IvyBridge IvyBridge-IBRS Haswell-noTSX Haswell-noTSX-IBRS Haswell Haswell-IBRS "
    "Broadwell-noTSX Broadwell-noTSX-IBRS Broadwell Broadwell-IBRS Skylake-Client Skylake-Client-IBRS "
    "Skylake-Client-noTSX-IBRS Skylake-Server Skylake-Server-IBRS Skylake-Server-noTSX-IBRS "
    "Cascadelake-Server Cascadelake-Server-noTSX Icelake-Client Icelake-Client-noTSX Icelake-Server "
    "Icelake-Server-noTSX Cooperlake Snowridge athlon phenom Opteron_G1 Opteron_G2 Opteron_G3 "
    "Opteron_G4 Opteron_G5 EPYC EPYC-IBPB EPYC-Rome EPYC-Milan Dhyana ";

constexpr std::string_view power_models = "POWER6 POWER7 POWER8 POWER9 POWER10 POWERPC_e5500 POWERPC_e6500";

constexpr std::string_view generic_models =
    "486 cpu64-rhel5 cpu64-rhel6 kvm32 kvm64 pentium pentium2 pentium3 pentiumpro qemu32 qemu64";

constexpr std::string_view never_chosen =
    "cpu64-rhel5 cpu64-rhel6 Skylake-Client-noTSX-IBRS Skylake-Server-noTSX-IBRS Cascadelake-Server-noTSX "
    "Icelake-Client-noTSX Icelake-Server-noTSX";

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t start = 0; start < text.size();) {
        auto end = std::min(text.find(' ', start), text.size());
        if (end > start) words.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return words;
}

bool is_power(std::string_view arch) { return arch == "ppc64" || arch == "ppc64le"; }

bool equal_ignoring_case(std::string_view one, std::string_view other) {
    auto lower = [](unsigned char letter) { return std::tolower(letter); };
    return std::ranges::equal(one, other, {}, lower, lower);
}

bool contains(const std::vector<std::string_view>& words, std::string_view wanted) {
    return std::ranges::find(words, wanted) != words.end();
}
} // namespace

std::string_view vendor_name(std::string_view id) {
    auto found = std::ranges::find(vendors, id, [](const auto& vendor) { return vendor.first; });
    return found == vendors.end() ? std::string_view{} : found->second;
}

bool is_vendor(std::string_view name) {
    return std::ranges::any_of(vendors, [&](const auto& vendor) { return vendor.second == name; });
}

const std::vector<std::string_view>& cpu_feature_names() {
    static const auto names = words_of(features);
    return names;
}

bool is_cpu_feature(std::string_view name) { return contains(cpu_feature_names(), name); }

std::vector<std::string_view> cpu_model_names(std::string_view arch) {
    if (is_x86(arch)) return words_of(x86_models);
    return words_of(is_power(arch) ? power_models : "");
}

std::string listed_cpu_model(std::string_view arch, std::string_view name) {
    if (is_x86(arch)) return contains(cpu_model_names(arch), name) ? std::string{name} : "";
    if (!is_power(arch)) return name == "host" ? "" : std::string{name};
    for (auto listed : cpu_model_names(arch))
        if (equal_ignoring_case(listed, name)) return std::string{listed};
    return "";
}

bool has_named_models(std::string_view arch) {
    return is_x86(arch) || is_power(arch) || arch == "aarch64" || arch == "armv7l" || arch == "s390x";
}

bool is_generic_model(std::string_view name) { return contains(words_of(generic_models), name); }

bool is_never_chosen(std::string_view name) { return contains(words_of(never_chosen), name); }

} // namespace vireo::qemu
