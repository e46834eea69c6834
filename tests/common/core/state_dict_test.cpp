#include "common/core/state_dict.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "common/core/error.hpp"

namespace dyna {
namespace {

/// what() of the CheckpointError that `act` throws, or "" when it throws none.
template <class Act>
std::string Complaint(Act act) {
  try {
    act();
  } catch (const CheckpointError& error) {
    return error.what();
  }
  return "";
}

TEST(StateDictTest, GivesBackEveryTypeBitForBit) {
  StateDict dict;
  const std::vector<float> floats = {1.5F, -0.0F, std::numeric_limits<float>::denorm_min()};
  const std::vector<double> doubles = {0.1, -1e308};
  const std::vector<std::int64_t> ints = {std::numeric_limits<std::int64_t>::min(), 7};
  const std::vector<std::uint64_t> words = {std::numeric_limits<std::uint64_t>::max()};
  const std::vector<std::uint8_t> bytes = {0, 255, 10};
  dict.Put("f", floats);
  dict.Put("d", doubles, {2, 1});
  dict.Put("i", ints);
  dict.Put("u", words);
  dict.Put("b", bytes);
  dict.PutString("s", std::string_view("with\0zero", 9));
  dict.PutScalar("x", 2.5);

  EXPECT_EQ(dict.Get<float>("f"), floats);
  EXPECT_TRUE(std::signbit(dict.Get<float>("f")[1]));
  EXPECT_EQ(dict.Get<double>("d"), doubles);
  EXPECT_EQ(dict.Get<std::int64_t>("i"), ints);
  EXPECT_EQ(dict.Get<std::uint64_t>("u"), words);
  EXPECT_EQ(dict.Get<std::uint8_t>("b"), bytes);
  EXPECT_EQ(dict.GetString("s"), std::string("with\0zero", 9));
  EXPECT_EQ(dict.GetScalar<double>("x"), 2.5);
}

TEST(StateDictTest, KeepsTheGivenShapeOrOneAxis) {
  StateDict dict;
  dict.Put("matrix", std::vector<float>(6), {2, 3});
  dict.Put("vector", std::vector<float>(6));
  dict.Put("empty", std::vector<float>());
  EXPECT_EQ(dict.Raw("matrix").shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(dict.Raw("vector").shape, (std::vector<std::int64_t>{6}));
  EXPECT_EQ(dict.Raw("empty").shape, (std::vector<std::int64_t>{0}));
  EXPECT_TRUE(dict.Get<float>("empty").empty());
}

TEST(StateDictTest, RngGoesOnWhereItWasSaved) {
  Rng rng(1, "stream");
  (void)rng();
  StateDict dict;
  dict.PutRng("rng", rng);
  Rng loaded(2, "other");
  dict.GetRng("rng", loaded);
  EXPECT_EQ(loaded, rng);
}

TEST(StateDictTest, PutReplacesAnEntryOfThatName) {
  StateDict dict;
  dict.PutScalar("x", 1.0);
  dict.PutScalar<std::int64_t>("x", 2);
  EXPECT_EQ(dict.GetScalar<std::int64_t>("x"), 2);
  EXPECT_EQ(dict.arrays().size(), 1U);
}

TEST(StateDictTest, EveryRefusalNamesTheEntry) {
  StateDict dict;
  dict.Put("critic/weight", std::vector<float>(6), {2, 3});
  std::vector<float> five(5);
  Rng rng(0, "any");
  EXPECT_EQ(Complaint([&] { (void)dict.Get<float>("actor/weight"); }), "no entry 'actor/weight'");
  EXPECT_EQ(Complaint([&] { (void)dict.Get<double>("critic/weight"); }),
            "entry 'critic/weight' is float32, not float64");
  EXPECT_EQ(Complaint([&] { dict.GetInto("critic/weight", std::span<float>(five)); }),
            "entry 'critic/weight' has 6 elements, not 5");
  EXPECT_EQ(Complaint([&] { (void)dict.GetScalar<float>("critic/weight"); }),
            "entry 'critic/weight' has 6 elements, not 1");
  EXPECT_EQ(Complaint([&] { dict.GetRng("critic/weight", rng); }),
            "entry 'critic/weight' is float32, not uint64");
}

TEST(StateDictTest, ARefusedReadLeavesTheOutputAlone) {
  StateDict dict;
  dict.Put("x", std::vector<float>{1.0F, 2.0F, 3.0F});
  std::vector<float> out = {7.0F, 8.0F};
  EXPECT_THROW(dict.GetInto("x", std::span<float>(out)), CheckpointError);
  EXPECT_EQ(out, (std::vector<float>{7.0F, 8.0F}));
}

TEST(StateDictTest, SubUndoesMergeForAnyPrefixes) {
  const std::vector<std::string> prefixes = {"", "a/", "ab/", "a", "b/", "a/b/"};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "state_dict_test");
    StateDict merged;
    std::map<std::string, double> model;
    for (int part = 0; part < 4; ++part) {
      const std::string& prefix = prefixes[rng.Below(prefixes.size())];
      StateDict dict;
      for (int i = 0; i < 3; ++i) {
        const std::string name = "entry" + std::to_string(rng.Below(5));
        const double value = rng.Uniform();
        dict.PutScalar(name, value);
        model[prefix + name] = value;
      }
      merged.Merge(prefix, dict);
    }
    for (const std::string& prefix : prefixes) {
      const StateDict sub = merged.Sub(prefix);
      std::size_t expected = 0;
      for (const auto& [name, value] : model) {
        if (!name.starts_with(prefix)) continue;
        ++expected;
        EXPECT_EQ(sub.GetScalar<double>(name.substr(prefix.size())), value);
      }
      EXPECT_EQ(sub.arrays().size(), expected);
    }
  }
}

TEST(StateDictTest, EqualityComparesTypeShapeAndBytes) {
  StateDict a;
  StateDict b;
  a.Put("x", std::vector<float>(6), {2, 3});
  b.Put("x", std::vector<float>(6), {3, 2});
  EXPECT_NE(a, b);
  b.Put("x", std::vector<float>(6), {2, 3});
  EXPECT_EQ(a, b);
}

TEST(StateDictDeathTest, ShapeThatDoesNotFitTheValuesAborts) {
  StateDict dict;
  EXPECT_DEATH(dict.Put("x", std::vector<float>(6), {2, 2}), "check failed");
}

}  // namespace
}  // namespace dyna
