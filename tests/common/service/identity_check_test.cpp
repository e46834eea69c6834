#include "common/service/identity_check.hpp"

#include <gtest/gtest.h>

namespace dyna::service {
namespace {

wire::Identity Shard() {
  return {.role = wire::Role::kReplay,
          .instance = "replay-0",
          .run = "a",
          .environment = "Hopper-v4",
          .shape = {.obs_columns = 11, .action_columns = 3},
          .discrete = false,
          .incarnation = 1};
}

wire::Identity Actor() {
  wire::Identity actor = Shard();
  actor.role = wire::Role::kActor;
  actor.instance = "actor-7";
  return actor;
}

void ExpectRefused(const wire::Identity& client, const std::string& theirs,
                   const std::string& ours) {
  const Status status = CheckIdentity(Shard(), client);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kVersionMismatch);
  for (const std::string& part : {std::string("actor-7"), std::string("replay-0"), theirs, ours}) {
    EXPECT_NE(status.error().message.find(part), std::string::npos) << status.error().message;
  }
}

TEST(IdentityCheckTest, TheSameRunAndEnvironmentFit) {
  EXPECT_TRUE(CheckIdentity(Shard(), Actor()).ok());
}

TEST(IdentityCheckTest, AShapeThatIsNotKnownYetFits) {
  wire::Identity learner = Actor();
  learner.shape = {};
  EXPECT_TRUE(CheckIdentity(Shard(), learner).ok());
}

TEST(IdentityCheckTest, EveryDifferenceIsNamedWithBothSides) {
  wire::Identity client = Actor();
  client.run = "b";
  ExpectRefused(client, "'b'", "'a'");
  client = Actor();
  client.environment = "Ant-v4";
  ExpectRefused(client, "'Ant-v4'", "'Hopper-v4'");
  client = Actor();
  client.shape.obs_columns = 12;
  ExpectRefused(client, "12 observation", "11 observation");
  client = Actor();
  client.discrete = true;
  ExpectRefused(client, "discrete", "3 action columns");
}

}  // namespace
}  // namespace dyna::service
