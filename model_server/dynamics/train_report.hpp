#pragma once

#include <cstdint>
#include <vector>

namespace dyna::dynamics {

/// What one training did.
struct TrainReport {
  std::int64_t rows = 0;  ///< in the dataset, hold-out included
  std::int64_t epochs = 0;
  std::int64_t gradient_steps = 0;
  std::vector<double> holdout_mse = {};   ///< [E] after restore; empty without a hold-out
  double holdout_mse_elites = 0.0;        ///< mean over the elites; NaN without a hold-out
  double train_loss = 0.0;                ///< mean over the last epoch, summed over members
  std::vector<std::int64_t> elites = {};  ///< best first
};

}  // namespace dyna::dynamics
