#include "common/telemetry/progress_view.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace dyna::telemetry {
namespace {

/// Everything printed to a stream in memory.
class Captured {
 public:
  Captured() : stream_(open_memstream(&text_, &size_)) {}
  ~Captured() {
    std::fclose(stream_);
    std::free(text_);
  }
  std::FILE* stream() { return stream_; }
  std::string text() {
    std::fflush(stream_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* stream_;
};

const Progress kHalf = {.step = 1250,
                        .steps = 5000,
                        .rollout_length = 3,
                        .steps_per_second = 10.0,
                        .eval_return = -245.31,
                        .model_mse = 0.0123};

TEST(ProgressViewTest, TheLineShowsEverythingThatIsKnown) {
  EXPECT_EQ(ProgressView::Line(kHalf, 200),
            "[######..................] 1,250/5,000  10.0 steps/s  6:15 left  return -245.3  "
            "model mse 0.012  k 3");
}

TEST(ProgressViewTest, TheLineLeavesOutWhatIsNotKnownAndFitsTheWidth) {
  const std::string line = ProgressView::Line({.step = 0, .steps = 10}, 200);
  EXPECT_EQ(line.find("return"), std::string::npos);
  EXPECT_EQ(line.find("left"), std::string::npos);
  EXPECT_EQ(ProgressView::Line(kHalf, 20).size(), 20U);
}

TEST(ProgressViewTest, WithoutATerminalOnlyPrintedLinesAppear) {
  Captured captured;
  ProgressView view(captured.stream(), /*terminal=*/false);
  view.Update(kHalf, 0.0);
  view.Print("evaluated");
  EXPECT_EQ(captured.text(), "evaluated\n");
}

TEST(ProgressViewTest, OnATerminalTheLineIsRedrawnAtMostTenTimesASecond) {
  Captured captured;
  ProgressView view(captured.stream(), /*terminal=*/true);
  view.Update(kHalf, 0.0);
  const auto once = captured.text().size();
  view.Update(kHalf, 0.05);
  EXPECT_EQ(captured.text().size(), once);
  view.Update(kHalf, 0.2);
  EXPECT_GT(captured.text().size(), once);
}

TEST(ProgressViewTest, APrintedLineReplacesTheLiveOne) {
  Captured captured;
  ProgressView view(captured.stream(), /*terminal=*/true);
  view.Update(kHalf, 0.0);
  view.Print("evaluated");
  EXPECT_TRUE(captured.text().ends_with("\r\033[Kevaluated\n"));
}

TEST(ClockTextTest, ShowsHoursOnlyWhenThereAreSome) {
  EXPECT_EQ(ClockText(0), "0:00");
  EXPECT_EQ(ClockText(61.4), "1:01");
  EXPECT_EQ(ClockText(3723), "1:02:03");
}

}  // namespace
}  // namespace dyna::telemetry
