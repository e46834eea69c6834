#include "common/net/allowlist.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/core/error.hpp"
#include "common/net/curve_keys.hpp"

namespace dyna::net {
namespace {

using wire::Role;

std::string ErrorOf(const std::string& text) {
  try {
    (void)Allowlist::FromText(text, "list");
  } catch (const OperatorError& error) {
    return error.what();
  }
  return {};
}

TEST(AllowlistTest, AKeyMayBeTheRolesOfItsLinesAndNoOther) {
  const std::string both = MakeKeyPair().public_key;
  const std::string one = MakeKeyPair().public_key;
  const auto list =
      Allowlist::FromText("# ours\n\nactor " + both + " robot-1\n  evaluator " + both +
                              "\r\n#learner " + both + "\nlearner\t" + one + " desk",
                          "list");
  EXPECT_EQ(list.size(), 2U);
  EXPECT_TRUE(list.MayBe(both, Role::kActor));
  EXPECT_TRUE(list.MayBe(both, Role::kEvaluator));
  EXPECT_FALSE(list.MayBe(both, Role::kLearner));
  EXPECT_TRUE(list.MayBe(one, Role::kLearner));
  EXPECT_EQ(list.NameOf(both), "robot-1");
  EXPECT_FALSE(list.Knows(MakeKeyPair().public_key));
  EXPECT_FALSE(list.Knows(""));
  EXPECT_FALSE(list.MayBe("", Role::kActor));
}

TEST(AllowlistTest, OneWrongLineMakesTheListWrongAndIsNamed) {
  const std::string key = MakeKeyPair().public_key;
  const std::string good = "actor " + key + "\n";
  EXPECT_EQ(ErrorOf(good), "");
  EXPECT_NE(ErrorOf(good + "pilot " + key).find("list:2: 'pilot' is not a role"),
            std::string::npos);
  EXPECT_NE(ErrorOf(good + good + "actor " + key.substr(1)).find("list:3: it is not a key"),
            std::string::npos);
  EXPECT_NE(ErrorOf("actor").find("list:1:"), std::string::npos);
  EXPECT_NE(ErrorOf("actor " + key + " two words").find("list:1: a line is"), std::string::npos);
  EXPECT_NE(ErrorOf("actor " + key + " na\033me").find("list:1: a line is"), std::string::npos);
  EXPECT_NE(ErrorOf("actor " + std::string(40, '0')).find("zeros"), std::string::npos);
  EXPECT_NE(ErrorOf("# nobody\n").find("no key may connect"), std::string::npos);
  EXPECT_THROW((void)Allowlist::FromFile("/nonexistent/allowlist"), OperatorError);
}

}  // namespace
}  // namespace dyna::net
