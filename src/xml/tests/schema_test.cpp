// SPDX-License-Identifier: Apache-2.0
#include "xml/schema.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vireo::xml {
namespace {

class CheckSchema : public testing::Test {
protected:
    CheckSchema() {
        write("<element name='house' xmlns='http://relaxng.org/ns/structure/1.0'><zeroOrMore>"
              "<element name='room'><attribute name='size'/></element></zeroOrMore></element>");
    }
    ~CheckSchema() override { std::filesystem::remove(path_); }
    void write(const std::string& schema) { std::ofstream{path_} << schema; }
    std::string fault(std::string_view document, ErrorCode code) const {
        try {
            check_schema(path_, document);
        } catch (const Error& error) {
            EXPECT_EQ(error.code, code) << error.what();
            return error.what();
        }
        ADD_FAILURE() << "accepted: " << document;
        return {};
    }
    std::filesystem::path path_ = std::filesystem::path{testing::TempDir()} / "house.rng";
};

TEST_F(CheckSchema, AcceptsWhatFits) {
    EXPECT_NO_THROW(check_schema(path_, "<house><room size='9'/><room size='20'/></house>"));
}

TEST_F(CheckSchema, TellsLineAndElementOfTheInnermostFault) {
    auto message = fault("<house>\n  <room size='9'/>\n  <room size='9' colour='red'/>\n</house>",
                         ErrorCode::XmlInvalidSchema);
    EXPECT_NE(message.find("line 3"), message.npos) << message;
    EXPECT_NE(message.find("/house/room[2]"), message.npos) << message;
    EXPECT_NE(message.find("colour"), message.npos) << message;
}

TEST_F(CheckSchema, TextThatIsNotXmlIsTold) {
    EXPECT_NE(fault("<house>\n<room", ErrorCode::XmlDetail).find("line 2"), std::string::npos);
}

TEST_F(CheckSchema, ExpandsNoEntities) {
    fault("<!DOCTYPE house [<!ENTITY a 'aa'>]><house><room size='1'/>&a;</house>",
          ErrorCode::XmlInvalidSchema);
}

TEST_F(CheckSchema, AChangedSchemaIsReadAgain) {
    check_schema(path_, "<house/>");
    write("<element name='garden' xmlns='http://relaxng.org/ns/structure/1.0'><empty/></element>");
    std::filesystem::last_write_time(path_, std::filesystem::file_time_type{} + std::chrono::hours{1});
    EXPECT_NO_THROW(check_schema(path_, "<garden/>"));
}

TEST_F(CheckSchema, WhatIsNoSchemaIsAFaultOfTheHost) {
    write("<house/>");
    std::filesystem::last_write_time(path_, std::filesystem::file_time_type{} + std::chrono::hours{2});
    fault("<house/>", ErrorCode::SystemError);
}

} // namespace
} // namespace vireo::xml
