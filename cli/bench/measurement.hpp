#pragma once

#include <functional>
#include <vector>

namespace dyna::cli {

/// Units per second of rounds.
struct Rates {
  std::vector<double> rounds = {};

  double median() const;
  double least() const;
  double greatest() const;
};

/// Calls `work` at least once and for at least `seconds`; adds what it did per second as one round.
void MeasureRound(const std::function<double()>& work, double seconds, Rates& rates);

/// Billions of operations per second of products [n,n] [n,n] by whichever of LibTorch and our own
/// Multiply is the faster, for the sizes that learners have and larger ones: the best size.
double SgemmRoofline(double seconds);

}  // namespace dyna::cli
