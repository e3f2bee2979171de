// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "qemu/capabilities/cpu.hpp"
#include "qemu/capabilities/cpu_names.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {
namespace {

using hypervisor::CpuMatch;

/// An emulator whose models are small enough to be read.
Capabilities make_models() {
    Capabilities emulator;
    emulator.emulator = "/usr/bin/qemu-system-x86_64";
    emulator.arch = "x86_64";
    emulator.cpu_models = {
        {"max", false, {}, true, "AuthenticAMD", {"aes", "fpu", "lm", "sse2", "svm", "ss"}},
        {"kvm64", false, {}, true, "GenuineIntel", {"fpu", "lm"}},
        {"Penryn", false, {}, true, "GenuineIntel", {"fpu", "lm", "sse2"}},
        {"Westmere", false, {"pclmulqdq"}, true, "GenuineIntel", {"aes", "fpu", "lm", "sse2"}},
        {"Opteron_G1", false, {}, true, "AuthenticAMD", {"fpu", "lm", "sse2"}},
        {"EPYC",
         false,
         {"fxsr-opt", "osvw"},
         true,
         "AuthenticAMD",
         {"aes", "fpu", "fxsr_opt", "lm", "osvw", "sse2", "svm"}},
        {"EPYC-v2", false, {}, true, "", {}}};
    return emulator;
}

DescribedCpu cpu(const std::string& body, const std::string& attributes = "") {
    return parse_cpu("<cpu " + attributes + "><arch>x86_64</arch>" + body + "</cpu>");
}

ErrorCode code_of(auto call) {
    try {
        call();
    } catch (const Error& error) {
        auto expected = error.code == ErrorCode::XmlError ? ErrorDomain::Xml : ErrorDomain::Cpu;
        // libvirt has errors of its own for XML as such; "Missing CPU architecture" is not one of these.
        EXPECT_TRUE(error.domain == ErrorDomain::Cpu || error.domain == expected) << error.what();
        return error.code;
    }
    return ErrorCode::Ok;
}

TEST(ParseCpu, ReadsHostsAndGuests) {
    auto guest =
        parse_cpu("<domain><cpu mode='custom' match='strict'><model fallback='forbid'> EPYC </model>"
                  "<vendor>AMD</vendor><feature policy='forbid' name='svm'/><feature name='aes'/></cpu>"
                  "</domain>");
    EXPECT_EQ(guest.mode, "custom");
    EXPECT_EQ(guest.match, "strict");
    EXPECT_EQ(guest.model, "EPYC");
    EXPECT_EQ(guest.vendor, "AMD");
    EXPECT_EQ(guest.with_policy(FeaturePolicy::Forbid), FeatureSet{"svm"});
    EXPECT_EQ(guest.with_policy(FeaturePolicy::Require), FeatureSet{"aes"});
    auto host = parse_cpu("<capabilities><host><cpu><arch>x86_64</arch></cpu></host></capabilities>");
    EXPECT_EQ(host.arch, "x86_64");
}

TEST(ParseCpu, RefusesWhatIsNone) {
    EXPECT_EQ(code_of([] { parse_cpu("<disk/>"); }), ErrorCode::XmlError);
    EXPECT_EQ(code_of([] { parse_cpu("<cpu><feature/></cpu>"); }), ErrorCode::XmlError);
    EXPECT_EQ(code_of([] { parse_cpu("<cpu><feature policy='maybe' name='aes'/></cpu>"); }),
              ErrorCode::InternalError);
}

TEST(FeaturesOf, CountsAsLibvirtDoes) {
    CpuModel haswell{"Haswell", false, {}, true, "GenuineIntel", {"abm", "fpu", "hypervisor"}};
    EXPECT_EQ(features_of(haswell), FeatureSet{"fpu"});
    CpuModel epyc{"EPYC-Rome", false, {}, true, "AuthenticAMD", {"fpu", "topoext"}};
    EXPECT_EQ(features_of(epyc), (FeatureSet{"fpu", "vme"}));
}

TEST(ClosestModel, HasTheFewestDifferences) {
    auto emulator = make_models();
    EXPECT_EQ(closest_model(emulator, {"fpu", "lm", "sse2"}, "Intel", true).model->name, "Penryn");
    EXPECT_EQ(closest_model(emulator, {"fpu", "lm", "sse2"}, "AMD", true).model->name, "Opteron_G1");
    EXPECT_EQ(closest_model(emulator, {"fpu", "lm", "sse2"}, "", true).model->name, "kvm64");
    EXPECT_EQ(closest_model(emulator, {"fpu"}, "AMD", true).model, nullptr);
    auto choice = closest_model(emulator, {"fpu"}, "AMD", false);
    ASSERT_NE(choice.model, nullptr);
    EXPECT_EQ(choice.model->name, "kvm64");
    EXPECT_EQ(choice.disable, FeatureSet{"lm"});
}

TEST(HostModelOf, DisablesWhatTheEmulatorCannotShow) {
    auto emulator = make_models();
    auto choice = host_model_of(emulator);
    ASSERT_NE(choice.model, nullptr);
    EXPECT_EQ(choice.model->name, "Opteron_G1"); // EPYC has more that is missing
    EXPECT_EQ(choice.require, (FeatureSet{"aes", "ss", "svm"}));
    EXPECT_TRUE(choice.disable.empty());
    EXPECT_EQ(host_model_of(Capabilities{}).model, nullptr);
}

TEST(ExpandHostModel, NamesModelAndFeatures) {
    using namespace model::domain;
    Cpu cpu;
    cpu.mode = CpuMode::HostModel;
    cpu.features = {{FeaturePolicy::Disable, "aes"}};
    expand_host_model(cpu, make_models());
    EXPECT_EQ(cpu.mode, CpuMode::Custom);
    EXPECT_EQ(cpu.model, "Opteron_G1");
    EXPECT_EQ(cpu.vendor, "AMD");
    EXPECT_EQ(cpu.fallback, CpuFallback::Forbid);
    EXPECT_EQ(cpu.features, (std::vector<CpuFeature>{{FeaturePolicy::Disable, "aes"},
                                                     {FeaturePolicy::Require, "ss"},
                                                     {FeaturePolicy::Require, "svm"}}));
}

TEST(ExpandHostModel, LeavesOthersAlone) {
    using namespace model::domain;
    Cpu cpu;
    cpu.mode = CpuMode::Maximum;
    auto before = cpu;
    expand_host_model(cpu, make_models());
    EXPECT_EQ(cpu, before);
    cpu.mode = CpuMode::HostModel;
    EXPECT_THROW(expand_host_model(cpu, Capabilities{}), Error);
}

TEST(Compare, FindsWhatIsMissing) {
    auto emulator = make_models();
    auto most = most_of(emulator);
    struct Case {
        std::string body, attributes;
        CpuMatch match;
        std::string reason;
    };
    for (const auto& [body, attributes, match, reason] : std::vector<Case>{
             {"<model>Penryn</model>", "", CpuMatch::Superset, ""},
             {"<model>Penryn</model><feature name='avx'/>", "", CpuMatch::Incompatible, "avx"},
             {"<model>Penryn</model><feature policy='optional' name='avx'/>", "", CpuMatch::Superset, ""},
             {"<model>Penryn</model><feature policy='forbid' name='svm'/>", "", CpuMatch::Incompatible,
              "svm"},
             {"<model>EPYC</model>", "", CpuMatch::Incompatible, "fxsr_opt, osvw, vme"},
             {"<model>Penryn</model><vendor>Intel</vendor>", "", CpuMatch::Incompatible, "AMD"},
             {"<model>Penryn</model>", "match='strict'", CpuMatch::Incompatible, "svm"},
             {"<model>Penryn</model><feature name='aes'/><feature name='svm'/><feature name='ss'/>",
              "match='strict'", CpuMatch::Identical, ""},
             {"", "mode='host-model'", CpuMatch::Superset, ""}}) {
        auto result = compare(emulator, most, cpu(body, attributes));
        EXPECT_EQ(result.match, match) << body << result.reason;
        EXPECT_NE(result.reason.find(reason), std::string::npos) << result.reason;
    }
    auto arm = parse_cpu("<cpu><arch>aarch64</arch></cpu>");
    EXPECT_EQ(compare(emulator, most, arm).match, CpuMatch::Incompatible);
    EXPECT_EQ(code_of([&] { compare(emulator, most, cpu("<model>Nobody</model>")); }),
              ErrorCode::InternalError);
    EXPECT_EQ(code_of([&] { compare(emulator, most, cpu("<feature name='wings'/>")); }),
              ErrorCode::InternalError);
}

std::string baseline_of(const std::vector<DescribedCpu>& cpus, bool for_emulator,
                        hypervisor::BaselineOptions options = {}) {
    return baseline(make_models(), cpus, for_emulator, options);
}

TEST(Baseline, IsWhatAllHave) {
    auto westmere = cpu("<model>Westmere</model><vendor>Intel</vendor><feature name='ss'/>");
    auto penryn =
        cpu("<model>Penryn</model><vendor>Intel</vendor><feature name='ss'/><feature name='osxsave'/>");
    EXPECT_EQ(baseline_of({westmere, penryn}, false), "<cpu mode='custom' match='exact'>\n"
                                                      "  <model fallback='allow'>Penryn</model>\n"
                                                      "  <vendor>Intel</vendor>\n"
                                                      "  <feature policy='require' name='ss'/>\n"
                                                      "</cpu>\n");
}

TEST(Baseline, KeepsASingleModelAndDisablesForTheEmulator) {
    auto westmere = cpu("<model>Westmere</model><feature policy='disable' name='aes'/>");
    EXPECT_EQ(baseline_of({westmere}, true), "<cpu mode='custom' match='exact'>\n"
                                             "  <model fallback='forbid'>Westmere</model>\n"
                                             "  <feature policy='disable' name='aes'/>\n"
                                             "  <feature policy='disable' name='pclmuldq'/>\n"
                                             "</cpu>\n");
}

TEST(Baseline, TakesAnotherModelForAnotherMaker) {
    auto penryn = cpu("<model>Penryn</model><vendor>AMD</vendor>");
    auto answer = baseline_of({penryn}, false);
    EXPECT_NE(answer.find("<model fallback='allow'>Opteron_G1</model>"), std::string::npos) << answer;
}

TEST(Baseline, ExpandsAndStaysMigratable) {
    auto penryn = cpu("<model>Penryn</model><feature name='invtsc'/>");
    auto expanded = baseline_of({penryn}, false, {.expand = true});
    for (const auto* name : {"fpu", "lm", "sse2", "invtsc"})
        EXPECT_NE(expanded.find(fmt::format("name='{}'", name)), std::string::npos) << expanded;
    auto migratable = baseline_of({penryn}, false, {.migratable = true});
    EXPECT_EQ(migratable.find("invtsc"), std::string::npos) << migratable;
}

TEST(Baseline, SaysWhatIsWrong) {
    auto code = [](const DescribedCpu& wrong, bool for_emulator) {
        return code_of([&] { baseline_of({wrong}, for_emulator); });
    };
    EXPECT_EQ(code(parse_cpu("<cpu><model>Penryn</model></cpu>"), false), ErrorCode::XmlError);
    EXPECT_EQ(code(cpu("<model>Penryn</model>", "mode='custom'"), false), ErrorCode::ConfigUnsupported);
    EXPECT_EQ(code(cpu(""), true), ErrorCode::InvalidArgument);
    EXPECT_EQ(code(cpu("<model>Nobody</model>"), false), ErrorCode::InternalError);
    EXPECT_EQ(code(cpu("<model>Penryn</model><vendor>Bogus</vendor>"), true), ErrorCode::OperationFailed);
    EXPECT_EQ(code(cpu("<model>Penryn</model><feature name='wings'/>"), true), ErrorCode::InternalError);
}

TEST(Baseline, LeavesOptionalFeaturesToTheModel) {
    auto answer = baseline_of({cpu("<model>Penryn</model><feature name='sse2' policy='optional'/>"
                                   "<feature name='aes' policy='optional'/>")},
                              true);
    EXPECT_EQ(answer.find("sse2"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("aes"), std::string::npos) << answer;
}

TEST(Baseline, TellsWhatWasTakenOutOfAModel) {
    auto off = "<feature policy='disable' name='monitor'/>";
    auto plain = baseline_of({cpu("<model>EPYC</model>")}, false);
    EXPECT_NE(plain.find(off), std::string::npos) << plain;
    auto asked = baseline_of({cpu("<model>EPYC</model><feature name='monitor'/>")}, true);
    EXPECT_EQ(asked.find(off), std::string::npos) << asked;
}

TEST(Baseline, OfNothingInCommonIsNone) {
    std::string nothing = "<model>Penryn</model>";
    for (const auto* name : {"fpu", "lm", "sse2", "pclmuldq"})
        nothing += fmt::format("<feature name='{}' policy='disable'/>", name);
    EXPECT_EQ(code_of([&] { baseline_of({cpu(nothing)}, true); }), ErrorCode::OperationFailed);
}

TEST(Baseline, KnowsLibvirtsOwnModels) {
    auto answer = baseline_of({cpu("<model>pentiumpro</model>")}, false, {.expand = true});
    EXPECT_NE(answer.find("name='cmov'"), std::string::npos) << answer;
}

TEST(BaselineBesideX86, IsTheFirstModelOfArm) {
    auto of = [](const std::string& arch, const std::string& model) {
        return parse_cpu("<cpu><arch>" + arch + "</arch><model>" + model + "</model></cpu>");
    };
    auto answer = baseline_beside_x86({of("aarch64", "cortex-a53"), of("aarch64", "cortex-a57")});
    EXPECT_NE(answer.find("<model fallback='allow'>cortex-a53</model>"), std::string::npos) << answer;
    EXPECT_NE(baseline_beside_x86({of("ppc64le", "POWER9")}).find(">POWER9<"), std::string::npos);
    EXPECT_EQ(code_of([&] { baseline_beside_x86({of("s390x", "z13")}); }), ErrorCode::NoSupport);
}

TEST(ClosestModel, IsNoneThatMustBeNamed) {
    Capabilities emulator = make_models();
    emulator.cpu_models.push_back(
        {"Skylake-Client-noTSX-IBRS", false, {}, true, "GenuineIntel", {"fpu", "lm", "sse2", "avx2"}});
    EXPECT_EQ(closest_model(emulator, {"fpu", "lm", "sse2", "avx2"}, "Intel", true).model->name, "Penryn");
}

TEST(BaselinePower, WantsOneModel) {
    auto power = [](const std::string& model) {
        return parse_cpu("<cpu><arch>ppc64</arch><model>" + model + "</model></cpu>");
    };
    EXPECT_NE(baseline_power({power("POWER8"), power("POWER8")}).find(">POWER8<"), std::string::npos);
    EXPECT_EQ(code_of([&] { baseline_power({power("POWER8"), power("POWER9")}); }),
              ErrorCode::OperationFailed);
    EXPECT_EQ(code_of([&] { baseline_power({power("power8")}); }), ErrorCode::InternalError);
}

TEST(CpuNames, AreLibvirts) {
    EXPECT_EQ(vendor_name("GenuineIntel"), "Intel");
    EXPECT_EQ(vendor_name("VIA VIA VIA "), "");
    EXPECT_TRUE(is_cpu_feature("sse4.1"));
    EXPECT_FALSE(is_cpu_feature("sse4_1"));
    EXPECT_EQ(listed_cpu_model("x86_64", "EPYC"), "EPYC");
    EXPECT_EQ(listed_cpu_model("x86_64", "EPYC-v2"), "");
    EXPECT_EQ(listed_cpu_model("ppc64", "power9"), "POWER9");
    EXPECT_EQ(listed_cpu_model("aarch64", "cortex-a57"), "cortex-a57");
    EXPECT_TRUE(cpu_model_names("s390x").empty());
    auto x86 = cpu_model_names("x86_64"), power = cpu_model_names("ppc64");
    EXPECT_EQ(x86.front(), "486"); // in libvirt's order, which is not the alphabet's
    EXPECT_EQ(x86.at(1), "pentium");
    EXPECT_EQ(x86.back(), "Dhyana");
    EXPECT_EQ(power.at(4), "POWER10");
}

} // namespace
} // namespace vireo::qemu
