#pragma once

#include "common/core/rng.hpp"
#include "common/net/clock.hpp"

namespace dyna::net {

/// How long to wait before trying again: exponential with full jitter, i.e. uniform in
/// [0, min(max, first * 2^n)) after n failures (Brooker 2015, "Exponential Backoff And Jitter"), so
/// that peers that lost the same server do not return to it all at once.
class Backoff {
 public:
  struct Options {
    Milliseconds first{100};
    Milliseconds max{1000};
  };
  Backoff(const Options& options, const Rng& rng) : options_(options), rng_(rng) {}

  /// The wait after one more failure.
  Milliseconds Next();
  /// After a success.
  void Reset() noexcept { failures_ = 0; }
  int failures() const noexcept { return failures_; }

 private:
  Options options_;
  Rng rng_;
  int failures_ = 0;
};

}  // namespace dyna::net
