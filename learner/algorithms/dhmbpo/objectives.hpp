#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "common/core/rng.hpp"
#include "learner/algorithms/dhmbpo/rollout.hpp"

namespace dyna::learner::dhmbpo {

/// The least of `count` of the C values [C,B] of each row, [B]; which ones, drawn for all rows
/// together (REDQ, Chen et al. 2021).
at::Tensor MinimumOfDrawn(const at::Tensor& values, std::int64_t count, Rng& rng);

/// Soft rewards r_t - alpha log pi_t of the steps that a row was alive for, [N].
at::Tensor SoftRewards(const Rollout& rollout, double alpha);

/// Target [B] of Q(s_0, a_0), without gradient; m_t: alive at t.
///   y = sum_{t<H} gamma^t m_t r_t - alpha sum_{0<t<H} gamma^t m_t log pi_t
///       + gamma^H m_H (terminal_q - alpha log pi_H)
///   terminal_q  [B]  value of (s_H, a_H)
at::Tensor CriticTarget(const Rollout& rollout, const at::Tensor& terminal_q, double alpha,
                        double gamma);

/// What the actor climbs, a scalar: the mean over rows of
///   sum_{t<h} gamma^t m_t (r_t - alpha log pi_t) + gamma^h m_h (terminal_q - alpha log pi_h).
/// Without terminal_q (undefined) it ends at h. Rows that ended are left out, not multiplied by
/// zero: what their nets say may not be finite.
at::Tensor ActorObjective(const Rollout& rollout, std::int64_t h, const at::Tensor& terminal_q,
                          double alpha, double gamma);

}  // namespace dyna::learner::dhmbpo
