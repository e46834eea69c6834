#include "model_server/diagnostics/open_loop.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <array>

#include "common/core/check.hpp"
#include "common/nn/torch/generator.hpp"
#include "model_server/diagnostics/windows.hpp"
#include "model_server/dynamics/dynamics_model.hpp"
#include "model_server/dynamics/encoding.hpp"

namespace dyna::diagnostics {
namespace {

using dynamics::DynamicsModel;
using dynamics::ModelShape;
using dynamics::Source;

constexpr std::int64_t kRowsMax = 20'000;  ///< rolled together; bounds memory

/// Rows that are rolled on with one member each: several for each of W windows, in order.
struct Roll {
  std::vector<std::int64_t> members = {};  ///< [W*n]
  at::Tensor obs = {};                     ///< [W*n,O]
  bool noise = false;
};

Roll MakeRoll(const at::Tensor& starts, const std::vector<std::int64_t>& elites, std::int64_t each,
              bool noise) {
  const auto n = static_cast<std::int64_t>(elites.size()) * each;
  Roll roll{.obs = starts.repeat_interleave(n, 0), .noise = noise};
  for (std::int64_t row = 0; row < starts.size(0) * n; ++row) {
    roll.members.push_back(elites[static_cast<std::size_t>(row) % elites.size()]);
  }
  return roll;
}

std::span<const double> Row(const at::Tensor& values, std::int64_t row) {
  const std::int64_t columns = values.size(1);
  return {values.data_ptr<double>() + row * columns, static_cast<std::size_t>(columns)};
}

at::Tensor KnownReward(const rules::Rules& rules, const at::Tensor& obs, const at::Tensor& action,
                       const at::Tensor& next_obs) {
  const at::Tensor s = obs.to(torch::kFloat64).contiguous();
  const at::Tensor a = action.to(torch::kFloat64).contiguous();
  const at::Tensor next = next_obs.to(torch::kFloat64).contiguous();
  at::Tensor reward = torch::empty({s.size(0)}, torch::kFloat32);
  for (std::int64_t i = 0; i < s.size(0); ++i) {
    reward.data_ptr<float>()[i] =
        static_cast<float>(rules.reward(Row(s, i), Row(a, i), Row(next, i)));
  }
  return reward;
}

class OpenLoop {
 public:
  OpenLoop(const DynamicsModel& model, const ModelShape& shape, const OpenLoopOptions& options)
      : model_(model),
        shape_(shape),
        options_(options),
        noise_(options.seed, "diagnose.noise"),
        sums_(static_cast<std::size_t>(options.steps),
              std::vector<ErrorSums>(static_cast<std::size_t>(shape.obs_columns) + 1)) {
    const auto elites = static_cast<std::int64_t>(model.elites().size());
    DYNA_CHECK(elites > 0);
    each_ = (options.particles_min + elites - 1) / elites;
  }

  std::int64_t rows_per_window() const {
    return each_ * static_cast<std::int64_t>(model_.elites().size());
  }

  /// Rolls from these windows and adds what they show to the sums.
  void Add(std::span<const Window> windows) {
    at::Tensor starts = torch::empty({static_cast<std::int64_t>(windows.size()), Columns()});
    FillRow(starts, windows, [](const Window& w) { return w.trajectory->obs.row(w.begin); });
    Roll means = MakeRoll(starts, model_.elites(), 1, /*noise=*/false);
    Roll particles = MakeRoll(starts, model_.elites(), each_, /*noise=*/true);
    for (std::int64_t k = 0; k < options_.steps; ++k) {
      at::Tensor action = torch::empty({starts.size(0), shape_.action_columns});
      FillRow(action, windows,
              [k](const Window& w) { return w.trajectory->action.row(w.begin + k); });
      Compare(Truth(windows, k), Step(means, action), Step(particles, action),
              sums_[static_cast<std::size_t>(k)]);
    }
  }

  const std::vector<std::vector<ErrorSums>>& sums() const { return sums_; }

 private:
  std::int64_t Columns() const { return shape_.obs_columns; }

  template <class RowOf>
  static void FillRow(at::Tensor& rows, std::span<const Window> windows, RowOf row_of) {
    float* to = rows.data_ptr<float>();
    for (const Window& window : windows) {
      const auto row = row_of(window);
      for (Eigen::Index j = 0; j < row.cols(); ++j) *to++ = row[j];
    }
  }

  /// What came k+1 steps after the start: observation, then reward, [W,O+1] float32.
  at::Tensor Truth(std::span<const Window> windows, std::int64_t k) const {
    at::Tensor truth = torch::empty({static_cast<std::int64_t>(windows.size()), Columns() + 1});
    float* to = truth.data_ptr<float>();
    for (const Window& window : windows) {
      const Trajectory& trajectory = *window.trajectory;
      for (Eigen::Index j = 0; j < Columns(); ++j) *to++ = trajectory.obs(window.begin + k + 1, j);
      *to++ = trajectory.reward[window.begin + k];
    }
    return truth;
  }

  /// One step of every row; observation and reward [W,n,O+1].
  at::Tensor Step(Roll& roll, const at::Tensor& actions) {
    const std::int64_t n = roll.obs.size(0) / actions.size(0);
    const at::Tensor action = actions.repeat_interleave(n, 0);
    const auto forecast =
        model_.PredictRows(dynamics::EncodeInput(shape_, roll.obs, action), roll.members);
    at::Tensor target = forecast.mean;
    if (roll.noise) {
      const at::Tensor noise = torch::empty_like(target).normal_(0.0, 1.0, noise_.get());
      target = target + forecast.variance.sqrt() * noise;
    }
    const at::Tensor next = roll.obs + target.narrow(1, shape_.reward_columns(), Columns());
    const at::Tensor reward = shape_.reward == Source::kLearned
                                  ? target.select(1, 0)
                                  : KnownReward(options_.rules, roll.obs, action, next);
    roll.obs = next;
    return torch::cat({next, reward.unsqueeze(1)}, 1).view({actions.size(0), n, Columns() + 1});
  }

  static void Compare(const at::Tensor& truth, const at::Tensor& means, const at::Tensor& particles,
                      std::vector<ErrorSums>& sums) {
    const at::Tensor errors = means - truth.unsqueeze(1);  // [W,E,O+1]
    const at::Tensor squared = errors.mean(1).square().sum(0).to(torch::kFloat64);
    const at::Tensor squared_member = errors.square().mean(1).sum(0).to(torch::kFloat64);
    // Type 6 has its quantile p at position p (n+1), torch's type 7 at q (n-1) + 1.
    const auto n = static_cast<double>(particles.size(1));
    std::array<double, 4> q = {0.05, 0.25, 0.75, 0.95};
    for (double& p : q) p = std::clamp((p * (n + 1.0) - 1.0) / (n - 1.0), 0.0, 1.0);
    const at::Tensor bounds =
        torch::quantile(particles, torch::tensor(at::ArrayRef<double>(q), torch::kFloat32), 1);
    const auto within = [&](std::int64_t low, std::int64_t high) {
      return ((truth >= bounds[low]) & (truth <= bounds[high])).sum(0);
    };
    const at::Tensor within_90 = within(0, 3);
    const at::Tensor within_50 = within(1, 2);
    for (std::size_t j = 0; j < sums.size(); ++j) {
      const auto column = static_cast<std::int64_t>(j);
      sums[j].squared += squared[column].item<double>();
      sums[j].squared_member += squared_member[column].item<double>();
      sums[j].within_50 += within_50[column].item<std::int64_t>();
      sums[j].within_90 += within_90[column].item<std::int64_t>();
      sums[j].windows += truth.size(0);
    }
  }

  const DynamicsModel& model_;
  const ModelShape& shape_;
  const OpenLoopOptions& options_;
  nn::TorchGenerator noise_;
  std::int64_t each_ = 1;
  std::vector<std::vector<ErrorSums>> sums_;  ///< [K][O+1]
};

}  // namespace

std::vector<ModelError> OpenLoopErrors(const DynamicsModel& model, const ModelShape& shape,
                                       const OpenLoopOptions& options,
                                       std::span<const Trajectory> trajectories) {
  const torch::NoGradGuard no_grad;
  DYNA_CHECK(options.steps >= 1 && options.windows_max >= 1 && options.particles_min >= 2);
  const auto windows = ChooseWindows(trajectories, options.steps, options.windows_max);
  OpenLoop open_loop(model, shape, options);
  const auto chunk =
      static_cast<std::size_t>(std::max<std::int64_t>(1, kRowsMax / open_loop.rows_per_window()));
  for (std::size_t begin = 0; begin < windows.size(); begin += chunk) {
    open_loop.Add(std::span(windows).subspan(begin, std::min(chunk, windows.size() - begin)));
  }
  return Summarise(open_loop.sums(), DataStd(trajectories));
}

std::vector<ModelError> OpenLoopErrors(const dynamics::ModelOptions& model, const StateDict& saved,
                                       const OpenLoopOptions& options,
                                       std::span<const Trajectory> trajectories) {
  const auto loaded = dynamics::MakeDynamicsModel(model);
  loaded->Load(saved, dynamics::SaveScope::kContinue);
  return OpenLoopErrors(*loaded, model.shape, options, trajectories);
}

}  // namespace dyna::diagnostics
