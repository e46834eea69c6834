#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "actors/evaluator.hpp"
#include "common/core/env_spec.hpp"
#include "common/ports/remote/remote_weights.hpp"
#include "common/service/cluster.hpp"
#include "common/service/host.hpp"

namespace dyna::actors {

/// Plays evaluation episodes whenever the run has passed run.eval_every more real steps, and at its
/// end, with the newest policy and environments of its own, and reports to the learner.
class EvaluatorService {
 public:
  /// Reads env.*, run.* and cluster.*. ConfigError.
  explicit EvaluatorService(service::Host& host);

  void Run();

 private:
  bool Due() const;
  void Evaluate();

  service::Host& host_;
  std::int64_t every_;
  std::int64_t steps_;
  EnvSpec spec_;
  std::unique_ptr<Evaluator> evaluator_;
  std::unique_ptr<net::RequestPipeline> learner_;
  RemoteWeights weights_;
  std::uint64_t number_ = 0;
  std::int64_t evaluated_at_ = -1;  ///< real steps at the last evaluation
  std::optional<net::RequestId> report_;
};

}  // namespace dyna::actors
