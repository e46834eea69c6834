#include "tests/layering/include_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/layering/source_tree.hpp"

namespace dyna::layering {
namespace {

/// A small tree with one of everything the checker knows.
Rules SmallRules() {
  return {
      {.folder = "common/core"},
      {.folder = "common/net", .folders = {"common/core"}, .libraries = {"zmq.hpp"}},
      {.folder = "replay", .folders = {"common/*"}},
      {.folder = "actors", .folders = {"common/*", "actors/envs"}},
      {.folder = "actors/envs", .folders = {"common/core", "actors/envs/classic"}},
      {.folder = "actors/envs/classic",
       .folders = {"common/core", "actors/envs"},
       .leaves = {"pendulum", "acrobot", "acrobot_long"}},
      {.folder = "learner/algorithms",
       .folders = {"common/core"},
       .libraries = {"torch/"},
       .leaves = {"sac", "dqn"},
       .registry_also = {"options"}},
  };
}

std::vector<std::string> Check(const std::string& path, const std::string& text) {
  return Violations(SmallRules(), {path, text});
}

struct Case {
  std::string path;
  std::string line;
};

TEST(IncludeRulesTest, AllowsWhatTheTableAllows) {
  const std::vector<Case> cases = {
      {"common/core/rng.cpp", "#include <vector>"},
      {"common/core/matrix.hpp", "#include <Eigen/Core>"},
      {"common/core/rng.cpp", "#include \"common/core/rng.hpp\""},
      {"common/net/socket.cpp", "#include <zmq.hpp>"},
      {"replay/shard.cpp", "#include \"common/net/socket.hpp\""},
      {"actors/envs/registry.cpp", "#include \"actors/envs/classic/pendulum.hpp\""},
      {"actors/envs/classic/pendulum.cpp", "#include \"actors/envs/classic/pendulum.hpp\""},
      {"actors/envs/classic/pendulum.cpp", "#include \"actors/envs/classic/pendulum_draw.hpp\""},
      {"actors/envs/classic/pendulum_draw.cpp", "#include \"actors/envs/classic/pendulum.hpp\""},
      {"actors/envs/classic/pendulum.cpp", "#include \"actors/envs/classic/integrate.hpp\""},
      {"actors/envs/classic/pendulum.hpp", "#include \"actors/envs/environment.hpp\""},
      {"learner/algorithms/registry.cpp", "#include \"learner/algorithms/sac.hpp\""},
      {"learner/algorithms/sac.cpp", "#include <torch/torch.h>"},
      {"learner/algorithms/sac.cpp", "// #include \"replay/shard.hpp\""},
  };
  for (const Case& good : cases) {
    EXPECT_EQ(Check(good.path, good.line), std::vector<std::string>{}) << good.line;
  }
}

TEST(IncludeRulesTest, ReportsEveryKindOfBreach) {
  const std::vector<Case> cases = {
      {"common/core/rng.cpp", "#include \"replay/shard.hpp\""},               // looks up
      {"replay/shard.cpp", "#include \"actors/actor_loop.hpp\""},             // sideways
      {"actors/envs/classic/pendulum.cpp", "#include \"replay/shard.hpp\""},  // leaf to a role
      {"replay/shard.cpp", "#include \"shard.hpp\""},                         // not from the root
      {"replay/shard.cpp", "#include \"../common/core/rng.hpp\""},            // not from the root
      {"replay/shard.cpp", "#include \"common/unknown/x.hpp\""},              // no such folder
      {"replay/shard.cpp", "#include <zmq.hpp>"},                             // not its library
      {"common/core/rng.cpp", "#include <torch/torch.h>"},                    // torch firewall
      {"common/core/rng.cpp", "  #  include  <toml++/toml.h>"},               // odd spacing
      {"common/core/rng.cpp", "#include <unistd.h>"},                         // system header
      {"actors/envs/classic/pendulum.cpp",                                    // sibling leaf
       "#include \"actors/envs/classic/acrobot.hpp\""},
      {"learner/algorithms/dqn.cpp", "#include \"learner/algorithms/sac.hpp\""},
      {"actors/envs/classic/acrobot_long.cpp",  // a leaf, not a file of acrobot
       "#include \"actors/envs/classic/acrobot.hpp\""},
      {"actors/envs/time_limit.cpp",  // not the registry
       "#include \"actors/envs/classic/pendulum.hpp\""},
      {"actors/registry.cpp", "#include \"actors/envs/classic/pendulum.hpp\""},
      {"common/surprise/x.cpp", "#include <vector>"},  // no rule
  };
  for (const Case& bad : cases) {
    const auto found = Check(bad.path, "\n" + bad.line + "\n");
    ASSERT_EQ(found.size(), 1U) << bad.path << " " << bad.line;
    EXPECT_TRUE(found[0].starts_with(bad.path + ":")) << found[0];
  }
}

TEST(IncludeRulesTest, NamesFileLineAndTarget) {
  EXPECT_EQ(Check("replay/shard.cpp", "#include <vector>\n\n#include \"actors/actor_loop.hpp\"\n"),
            (std::vector<std::string>{
                "replay/shard.cpp:3: actors/actor_loop.hpp may not be included from replay"}));
}

TEST(IncludeRulesTest, ReportsALeafThatTheTableForgot) {
  const SourceFile registry = {"learner/algorithms/registry.cpp",
                               "#include \"learner/algorithms/registry.hpp\"\n"
                               "#include \"common/core/rng.hpp\"\n"
                               "#include \"learner/algorithms/options.hpp\"\n"
                               "#include \"learner/algorithms/sac.hpp\"\n"
                               "#include \"learner/algorithms/redq.hpp\"\n"};
  EXPECT_EQ(UnlistedLeaves(SmallRules(), registry),
            (std::vector<std::string>{"learner/algorithms/registry.cpp:5: "
                                      "learner/algorithms/redq.hpp is named by a registry but no "
                                      "leaf of the table"}));
}

TEST(IncludeRulesTest, TheTreeKeepsToItsTable) {
  int files = 0;
  for (const SourceFile& file :
       CppFiles({"common", "actors", "replay", "model_server", "learner", "cli"})) {
    ++files;
    for (const std::string& line : Violations(TreeRules(), file)) ADD_FAILURE() << line;
    if (!file.path.ends_with("/registry.cpp")) continue;
    for (const std::string& line : UnlistedLeaves(TreeRules(), file)) ADD_FAILURE() << line;
  }
  EXPECT_GT(files, 20) << "the scan found almost nothing: is DYNA_SOURCE_DIR right?";
}

TEST(IncludeRulesTest, TheTableNamesEachFolderOnceAndOnlyFoldersThatExist) {
  std::set<std::string> folders;
  for (const FolderRule& rule : TreeRules()) {
    EXPECT_TRUE(folders.insert(rule.folder).second) << rule.folder << " has two rules";
    EXPECT_TRUE(FolderExists(rule.folder)) << rule.folder << " has a rule but is not there";
  }
}

// The promises of the layers, checked on the table itself so that loosening it shows.
TEST(IncludeRulesTest, TheTableKeepsCommonDownAndRolesApart) {
  const std::vector<std::string> roles = {"actors", "replay", "model_server", "learner"};
  for (const FolderRule& rule : TreeRules()) {
    const std::string top = rule.folder.substr(0, rule.folder.find('/'));
    if (top == "cli") continue;
    for (const std::string& target : rule.folders) {
      const std::string target_top = target.substr(0, target.find('/'));
      EXPECT_TRUE(target_top == "common" || target_top == top) << rule.folder << " sees " << target;
    }
    const auto torch = std::find(rule.libraries.begin(), rule.libraries.end(), "torch/");
    const bool may_have_torch = rule.folder == "common/nn/torch" || top == "model_server" ||
                                rule.folder.starts_with("learner/algorithms");
    EXPECT_TRUE(torch == rule.libraries.end() || may_have_torch) << rule.folder;
  }
}

}  // namespace
}  // namespace dyna::layering
