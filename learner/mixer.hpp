#pragma once

#include <cstdint>
#include <vector>

#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "learner/algorithms/batch_source.hpp"

namespace dyna::learner {

/// Mixes the real and the synthetic table into batches: a fixed split in every batch, real rows
/// first, as MBPO does (not a coin flip per batch).
class Mixer : public BatchSource {
 public:
  struct Options {
    std::int64_t batch_size = 256;
    double real_fraction = 1.0;  ///< 1 = no synthetic rows
    bool prioritized = false;    ///< real rows by TD error
    double beta_start = 0.4;     ///< exponent of the importance weights, annealed to 1
    std::int64_t beta_updates = 100'000;

    /// Real rows of every batch.
    std::int64_t real_rows() const noexcept {
      return static_cast<std::int64_t>(static_cast<double>(batch_size) * real_fraction);
    }
  };

  Mixer(const Options& options, ReplayPort& replay);

  Result<SampleBatch> Sample() override;
  Result<TransitionBatch> ReadNew(std::int64_t rows_max) override;
  Status UpdatePriorities(const std::vector<double>& priorities) override;
  std::int64_t real_rows() const override { return real_rows_; }

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  double Beta() const noexcept;

  Options options_;
  ReplayPort& replay_;
  std::int64_t real_rows_;
  std::int64_t samples_ = 0;
  std::uint64_t cursor_ = 0;
  std::vector<std::uint64_t> last_ids_;
};

}  // namespace dyna::learner
