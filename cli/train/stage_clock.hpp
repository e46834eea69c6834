#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace dyna::cli {

/// The stages that a run's wall-clock time is split into.
enum class Stage : std::size_t { kActing, kModel, kImagination, kUpdates, kEvaluation };
inline constexpr std::size_t kStages = 5;
inline constexpr std::array<const char*, kStages> kStageNames = {
    "wall_seconds_acting", "wall_seconds_model", "wall_seconds_imagination", "wall_seconds_updates",
    "wall_seconds_evaluation"};

/// Seconds spent in each stage and in all, over every session of a run.
class StageClock {
 public:
  using Clock = std::chrono::steady_clock;

  /// Adds the time of its scope to a stage.
  class Scope {
   public:
    Scope(StageClock& clock, Stage stage) : clock_(clock), stage_(stage), begin_(Clock::now()) {}
    ~Scope() {
      clock_.seconds_[static_cast<std::size_t>(stage_)] +=
          std::chrono::duration<double>(Clock::now() - begin_).count();
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    StageClock& clock_;
    Stage stage_;
    Clock::time_point begin_;
  };

  Scope Measure(Stage stage) { return {*this, stage}; }
  double seconds(std::size_t stage) const { return seconds_[stage]; }
  double total() const {
    return earlier_ + std::chrono::duration<double>(Clock::now() - begin_).count();
  }
  /// Goes on from an earlier session.
  void Restore(double total, const std::array<double, kStages>& seconds) {
    earlier_ = total;
    begin_ = Clock::now();
    seconds_ = seconds;
  }

 private:
  Clock::time_point begin_ = Clock::now();
  double earlier_ = 0.0;
  std::array<double, kStages> seconds_{};
};

}  // namespace dyna::cli
