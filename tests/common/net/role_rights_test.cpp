#include "common/net/role_rights.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace dyna::net {
namespace {

using wire::MessageType;
using wire::Role;

constexpr auto kRoles = {Role::kReplay,      Role::kActor,       Role::kEvaluator,
                         Role::kModelServer, Role::kImagination, Role::kLearner};

// The rights once more, by client, as a person would list them.
const std::map<std::pair<Role, Role>, std::set<std::string>>& Expected() {
  static const std::map<std::pair<Role, Role>, std::set<std::string>> kExpected = {
      {{Role::kActor, Role::kReplay}, {"Hello", "Environment", "Append", "Counters"}},
      {{Role::kActor, Role::kLearner}, {"Hello", "FetchWeights", "EpisodeReport"}},
      {{Role::kEvaluator, Role::kLearner}, {"Hello", "FetchWeights", "EvaluationReport"}},
      {{Role::kModelServer, Role::kReplay},
       {"Hello", "Describe", "Environment", "Read", "Counters"}},
      {{Role::kModelServer, Role::kLearner}, {"Hello", "Report"}},
      {{Role::kImagination, Role::kReplay},
       {"Hello", "Describe", "Environment", "Append", "Sample", "Read", "SetCapacity", "EvictStale",
        "Counters"}},
      {{Role::kImagination, Role::kLearner}, {"Hello", "FetchWeights", "Report"}},
      {{Role::kImagination, Role::kModelServer}, {"Hello", "FetchWeights"}},
      {{Role::kLearner, Role::kReplay},
       {"Hello", "Describe", "Environment", "Sample", "Read", "UpdatePriorities", "Grant",
        "EvictStale", "Counters"}}};
  return kExpected;
}

TEST(RoleRightsTest, EveryRoleMaySendWhatItsWorkNeedsAndNothingElse) {
  int types = 0;
  for (int number = 0; number < 256; ++number) {
    const auto* const info = wire::FindMessageInfo(static_cast<std::uint16_t>(number));
    if (info == nullptr) continue;
    ++types;
    for (const Role client : kRoles) {
      for (const Role server : kRoles) {
        const auto rights = Expected().find({client, server});
        const bool expected =
            rights != Expected().end() && rights->second.contains(std::string(info->name));
        EXPECT_EQ(MaySend(client, server, info->type), expected)
            << wire::Name(client) << " sends " << info->name << " to " << wire::Name(server);
      }
    }
  }
  EXPECT_GE(types, 24);
}

TEST(RoleRightsTest, WhatDecidesOverOthersRowsIsNotForActors) {
  for (const MessageType type : {MessageType::kGrant, MessageType::kSetCapacity,
                                 MessageType::kEvictStale, MessageType::kUpdatePriorities}) {
    EXPECT_FALSE(MaySend(Role::kActor, Role::kReplay, type));
  }
}

}  // namespace
}  // namespace dyna::net
