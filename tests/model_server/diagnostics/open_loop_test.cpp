#include "model_server/diagnostics/open_loop.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "common/core/error.hpp"
#include "common/core/rng.hpp"
#include "model_server/diagnostics/windows.hpp"
#include "model_server/dynamics/dynamics_model.hpp"

namespace dyna::diagnostics {
namespace {

// The world:  s' = A s + B a + e,  e ~ N(0, R),  A and R diagonal;  reward = s'[0] or
// 2 s[0] + a + e_r. After k steps from a known state the error of a forecast that knows A and B is
// N(0, V_k),  V_k = sum over j < k of A^(2j) R.
constexpr double kA[] = {0.9, -0.5};
constexpr double kB[] = {0.3, 1.0};
constexpr double kNoise[] = {0.04, 0.25};
constexpr double kRewardNoise = 0.09;
constexpr std::int64_t kSteps = 4;

double Variance(int column, std::int64_t k) {
  double variance = 0.0;
  for (std::int64_t j = 0; j < k; ++j) {
    variance += std::pow(kA[column], 2.0 * static_cast<double>(j)) * kNoise[column];
  }
  return variance;
}

/// sum over j < k of A^j: what a constant offset grows to.
double Growth(int column, std::int64_t k) {
  double sum = 0.0;
  for (std::int64_t j = 0; j < k; ++j) sum += std::pow(kA[column], static_cast<double>(j));
  return sum;
}

/// Share of N(0, v) within the central `level` of N(0, scale v).
double Coverage(double z, double scale) { return std::erf(z * std::sqrt(scale) / std::sqrt(2.0)); }
constexpr double kZ50 = 0.6744897501960817;
constexpr double kZ90 = 1.6448536269514722;

/// Knows the world, but for an offset of each member and a wrong idea of the noise.
class LinearModel : public dynamics::DynamicsModel {
 public:
  LinearModel(std::vector<double> offsets, std::vector<std::int64_t> elites, double scale,
              bool learns_reward = true)
      : offsets_(std::move(offsets)),
        elites_(std::move(elites)),
        scale_(scale),
        learns_reward_(learns_reward) {}

  std::int64_t members() const override { return static_cast<std::int64_t>(offsets_.size()); }
  const std::vector<std::int64_t>& elites() const override { return elites_; }
  dynamics::Forecast Predict(const at::Tensor&) const override { return {}; }
  dynamics::Forecast PredictRows(const at::Tensor& inputs,
                                 std::span<const std::int64_t> members) const override {
    std::vector<float> offsets;
    for (const std::int64_t e : members) {
      offsets.push_back(static_cast<float>(offsets_[static_cast<std::size_t>(e)]));
    }
    const at::Tensor offset = torch::tensor(offsets);
    const at::Tensor action = inputs.select(1, 2);
    std::vector<at::Tensor> means;
    std::vector<at::Tensor> variances;
    if (learns_reward_) {
      means.push_back(2.0 * inputs.select(1, 0) + action);
      variances.push_back(torch::full_like(offset, scale_ * kRewardNoise));
    }
    for (int j = 0; j < 2; ++j) {
      means.push_back((kA[j] - 1.0) * inputs.select(1, j) + kB[j] * action + offset);
      variances.push_back(torch::full_like(offset, scale_ * kNoise[j]));
    }
    return {.mean = at::stack(means, 1), .variance = at::stack(variances, 1)};
  }
  dynamics::Forecast PredictRowsWithGraph(const at::Tensor& inputs,
                                          const at::Tensor& members) const override {
    const auto* rows = members.data_ptr<std::int64_t>();
    return PredictRows(inputs, {rows, static_cast<std::size_t>(members.numel())});
  }
  dynamics::TrainReport Train(const dynamics::Dataset&) override { return {}; }
  void Save(StateDict&, dynamics::SaveScope) const override {}
  void Load(const StateDict&, dynamics::SaveScope) override {}

 private:
  std::vector<double> offsets_;
  std::vector<std::int64_t> elites_;
  double scale_;
  bool learns_reward_;
};

/// `count` trajectories of kSteps steps in the world, each its own window.
std::vector<Trajectory> Trajectories(std::int64_t count, bool reward_is_next) {
  Rng rng(7, "world");
  std::vector<Trajectory> all;
  for (std::int64_t i = 0; i < count; ++i) {
    Trajectory one{.obs = RowMatrix(kSteps + 1, 2),
                   .action = RowMatrix(kSteps, 1),
                   .reward = FloatVector(kSteps)};
    for (int j = 0; j < 2; ++j) one.obs(0, j) = static_cast<float>(rng.Normal());
    for (Eigen::Index t = 0; t < kSteps; ++t) {
      const double action = rng.Normal();
      one.action(t, 0) = static_cast<float>(action);
      for (int j = 0; j < 2; ++j) {
        const double next = kA[j] * static_cast<double>(one.obs(t, j)) + kB[j] * action +
                            std::sqrt(kNoise[j]) * rng.Normal();
        one.obs(t + 1, j) = static_cast<float>(next);
      }
      const double reward = reward_is_next ? static_cast<double>(one.obs(t + 1, 0))
                                           : 2.0 * static_cast<double>(one.obs(t, 0)) + action +
                                                 std::sqrt(kRewardNoise) * rng.Normal();
      one.reward[t] = static_cast<float>(reward);
    }
    all.push_back(one);
  }
  return all;
}

constexpr std::int64_t kWindows = 4000;
constexpr double kRmseTolerance = 0.05;       // 4 / sqrt(2 * 4000), relative
constexpr double kCoverageTolerance = 0.033;  // 4 * sqrt(0.25 / 4000)

const dynamics::ModelShape kShape = {.obs_columns = 2, .action_columns = 1};

std::vector<ModelError> Errors(const LinearModel& model, const dynamics::ModelShape& shape = kShape,
                               const rules::Rules& rules = {}) {
  const auto trajectories = Trajectories(kWindows, rules.reward != nullptr);
  return OpenLoopErrors(
      model, shape,
      {.steps = kSteps, .windows_max = kWindows, .particles_min = 100, .rules = rules},
      trajectories);
}

const ModelError& Find(const std::vector<ModelError>& errors, std::int64_t k,
                       const std::string& column) {
  for (const ModelError& error : errors) {
    if (error.steps == k && error.column == column) return error;
  }
  ADD_FAILURE() << "no " << column << " at " << k;
  return errors[0];
}

TEST(OpenLoopErrorsTest, AModelThatKnowsTheWorldHasItsNoiseForErrorAndTheNominalCoverage) {
  const auto errors = Errors(LinearModel({0.0}, {0}, 1.0));
  ASSERT_EQ(errors.size(), static_cast<std::size_t>(kSteps) * 4);  // obs, obs0, obs1, reward
  for (std::int64_t k = 1; k <= kSteps; ++k) {
    for (int j = 0; j < 2; ++j) {
      const auto& error = Find(errors, k, "obs" + std::to_string(j));
      const double expected = std::sqrt(Variance(j, k));
      EXPECT_NEAR(error.rmse, expected, kRmseTolerance * expected) << k << " " << j;
      EXPECT_DOUBLE_EQ(error.rmse, error.rmse_member);
      EXPECT_NEAR(error.coverage_50, 0.5, kCoverageTolerance) << k << " " << j;
      EXPECT_NEAR(error.coverage_90, 0.9, kCoverageTolerance) << k << " " << j;
      EXPECT_EQ(error.windows, kWindows);
    }
    // The reward sees the error of the state before it, twice, and its own noise.
    const double expected = std::sqrt(4.0 * Variance(0, k - 1) + kRewardNoise);
    const auto& reward = Find(errors, k, "reward");
    EXPECT_NEAR(reward.rmse, expected, kRmseTolerance * expected) << k;
    EXPECT_NEAR(reward.coverage_50, 0.5, kCoverageTolerance) << k;
    EXPECT_NEAR(reward.coverage_90, 0.9, kCoverageTolerance) << k;
  }
}

TEST(OpenLoopErrorsTest, AModelTooSureOrUnsureCoversWhatItsVarianceSays) {
  for (const double scale : {0.25, 4.0}) {
    const auto errors = Errors(LinearModel({0.0}, {0}, scale));
    for (std::int64_t k = 1; k <= kSteps; ++k) {
      const auto& error = Find(errors, k, "obs1");
      EXPECT_NEAR(error.coverage_50, Coverage(kZ50, scale), kCoverageTolerance) << k;
      EXPECT_NEAR(error.coverage_90, Coverage(kZ90, scale), kCoverageTolerance) << k;
    }
  }
}

TEST(OpenLoopErrorsTest, OffsetsGrowAsTheDynamicsSayAndOnlyThoseOfElitesCount) {
  const auto errors = Errors(LinearModel({0.5, 1e6, -0.1}, {2, 0}, 1.0));
  for (std::int64_t k = 1; k <= kSteps; ++k) {
    for (int j = 0; j < 2; ++j) {
      const auto& error = Find(errors, k, "obs" + std::to_string(j));
      const double growth = Growth(j, k) * Growth(j, k);
      const double together = std::sqrt(Variance(j, k) + 0.2 * 0.2 * growth);
      const double alone = std::sqrt(Variance(j, k) + 0.5 * (0.25 + 0.01) * growth);
      EXPECT_NEAR(error.rmse, together, kRmseTolerance * together) << k << " " << j;
      EXPECT_NEAR(error.rmse_member, alone, kRmseTolerance * alone) << k << " " << j;
    }
  }
}

TEST(OpenLoopErrorsTest, ErrorsAreMeasuredInStandardDeviationsOfTheData) {
  const auto trajectories = Trajectories(kWindows, false);
  double mean = 0.0;
  double squares = 0.0;
  const auto count = static_cast<double>(kWindows * (kSteps + 1));
  for (const auto& one : trajectories) mean += one.obs.col(1).cast<double>().sum() / count;
  for (const auto& one : trajectories) {
    squares += (one.obs.col(1).cast<double>().array() - mean).square().sum();
  }
  const auto errors = Errors(LinearModel({0.0}, {0}, 1.0));
  const auto& error = Find(errors, 2, "obs1");
  EXPECT_NEAR(error.data_std, std::sqrt(squares / count), 1e-9);
  EXPECT_DOUBLE_EQ(error.nrmse, error.rmse / error.data_std);
  const auto& other = Find(errors, 2, "obs0");
  const auto& all = Find(errors, 2, "obs");
  EXPECT_NEAR(all.nrmse, std::hypot(error.nrmse, other.nrmse) / std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(all.coverage_90, (error.coverage_90 + other.coverage_90) / 2.0, 1e-12);
}

TEST(OpenLoopErrorsTest, AKnownRewardIsThatOfTheImaginedTransition) {
  dynamics::ModelShape shape = kShape;
  shape.reward = dynamics::Source::kKnown;
  const rules::Rules rules = {.reward = [](std::span<const double>, std::span<const double>,
                                           std::span<const double> next) { return next[0]; }};
  const auto errors = Errors(LinearModel({0.1}, {0}, 1.0, /*learns_reward=*/false), shape, rules);
  for (std::int64_t k = 1; k <= kSteps; ++k) {
    EXPECT_DOUBLE_EQ(Find(errors, k, "reward").rmse, Find(errors, k, "obs0").rmse);
    EXPECT_EQ(Find(errors, k, "reward").coverage_50, Find(errors, k, "obs0").coverage_50);
  }
}

TEST(OpenLoopErrorsTest, TheSameSeedGivesTheSameNumbers) {
  const auto first = Errors(LinearModel({0.0, 0.1}, {0, 1}, 1.0));
  const auto second = Errors(LinearModel({0.0, 0.1}, {0, 1}, 1.0));
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].coverage_50, second[i].coverage_50);
  }
}

TEST(ChooseWindowsTest, StartsAreSpreadOverAllThatHaveTheStepsBehindThem) {
  std::vector<Trajectory> trajectories(2);
  trajectories[0].reward = FloatVector::Zero(10);
  trajectories[1].reward = FloatVector::Zero(3);
  EXPECT_EQ(ChooseWindows(trajectories, 3, 100).size(), 8U + 1U);
  EXPECT_EQ(ChooseWindows(trajectories, 4, 100).size(), 7U);
  const auto some = ChooseWindows(trajectories, 3, 3);
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some[0].begin, 0);
  EXPECT_EQ(some[1].begin, 3);
  EXPECT_EQ(some[2].begin, 6);
  try {
    ChooseWindows(trajectories, 11, 1);
    ADD_FAILURE() << "no error";
  } catch (const OperatorError& error) {
    EXPECT_STREQ(error.what(),
                 "--steps 11 is beyond every episode: at most 10, the steps of the longest");
  }
}

}  // namespace
}  // namespace dyna::diagnostics
