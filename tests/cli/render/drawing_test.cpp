#include "cli/render/drawing.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "actors/envs/registry.hpp"
#include "cli/render/recording.hpp"

namespace dyna::cli {
namespace {

Config ConfigOf(const std::string& name) {
  return Config::FromText("[env]\nname = \"" + name + "\"\n", "test.toml");
}

std::array<double, 2> TipOf(const std::string& name, const std::vector<double>& state,
                            std::size_t stroke) {
  return ClassicDrawing(name)->strokes(state).at(stroke).points.back();
}

void ExpectAt(const std::array<double, 2>& point, double x, double y) {
  EXPECT_NEAR(point[0], x, 1e-12);
  EXPECT_NEAR(point[1], y, 1e-12);
}

TEST(ClassicDrawingTest, PolesPointWhereTheAngleSays) {
  ExpectAt(TipOf("Pendulum-v1", {0.0, 0.0}, 0), 0.0, 1.0);        // upright
  ExpectAt(TipOf("Pendulum-v1", {M_PI, 0.0}, 0), 0.0, -1.0);      // hanging
  ExpectAt(TipOf("Pendulum-v1", {M_PI / 2, 0.0}, 0), -1.0, 0.0);  // anticlockwise
  ExpectAt(TipOf("CartPole-v1", {0.5, 0.0, 0.0, 0.0}, 1), 0.5, 1.0);
  ExpectAt(TipOf("CartPole-v1", {0.5, 0.0, M_PI / 6, 0.0}, 1), 1.0,
           std::sqrt(0.75));  // to the right
  ExpectAt(TipOf("Acrobot-v1", {0.0, 0.0, 0.0, 0.0}, 1), 0.0, -2.0);
  ExpectAt(TipOf("Acrobot-v1", {M_PI / 2, M_PI / 2, 0.0, 0.0}, 1), 1.0, 1.0);
}

TEST(ClassicDrawingTest, TheCarStandsOnItsTrack) {
  const auto drawing = ClassicDrawing("MountainCar-v0");
  for (const double x : {-1.1, -0.5, 0.0, 0.45}) {
    const auto car = drawing->strokes(std::vector<double>{x, 0.0}).at(0).points;
    const double middle_x = (car.front()[0] + car.back()[0]) / 2.0;
    const double middle_y = (car.front()[1] + car.back()[1]) / 2.0;
    // 0.05 above the track, along its normal: the track falls off on neither side faster than so.
    EXPECT_NEAR(std::hypot(middle_x - x, middle_y - std::sin(3.0 * x) / 3.0), 0.05, 1e-12);
    EXPECT_NEAR((car.back()[1] - car.front()[1]) / (car.back()[0] - car.front()[0]),
                std::cos(3.0 * x), 1e-9);  // parallel to it
  }
}

std::vector<std::string> Drawable() {
  std::vector<std::string> names;
  for (const auto& family : envs::EnvironmentFamilies()) {
    if (!family.available) continue;
    for (const auto& name : family.names) {
      Config config = ConfigOf(name);
      if (FindDrawing(name, config)) names.push_back(name);
    }
  }
  return names;
}

class DrawingTest : public testing::TestWithParam<std::string> {
 protected:
  /// An episode of random actions.
  Episode Play() {
    const auto environment = envs::MakeEnvironment(config_);
    Rng rng(7, "actions", 0);
    environment->Reset(rng);
    const EnvSpec& spec = environment->spec();
    Episode episode;
    std::vector<double> obs(static_cast<std::size_t>(spec.observation.columns()));
    const auto look = [&] {
      auto state = environment->Snapshot();
      state.resize(spec.state_names.size());
      episode.states.push_back(std::move(state));
      environment->Observe(obs);
      episode.obs.push_back(obs);
    };
    look();
    for (int t = 0; t < 30; ++t) {
      std::vector<double> action(static_cast<std::size_t>(spec.action.columns()));
      for (std::size_t j = 0; j < action.size(); ++j) {
        action[j] = spec.action.discrete()
                        ? static_cast<double>(rng.Below(static_cast<std::uint64_t>(spec.action.n)))
                        : 0.3 * rng.Uniform(spec.action.low[j], spec.action.high[j]);
      }
      environment->Step(action, rng);
      look();
    }
    return episode;
  }

  Config config_ = ConfigOf(GetParam());
};

TEST_P(DrawingTest, SomethingIsDrawnInsideTheWindowAndMovesWithTheState) {
  const auto drawing = FindDrawing(GetParam(), config_);
  const Episode episode = Play();
  const auto first = drawing->strokes(episode.states.front());
  ASSERT_FALSE(first.empty());
  const double shift = drawing->follows ? drawing->centre_x(episode.states.front()) : 0.0;
  for (const auto& stroke : first) {
    EXPECT_GT(stroke.width, 0.0);
    for (const auto& [x, y] : stroke.points) {
      EXPECT_GE(x - shift, drawing->window.left);
      EXPECT_LE(x - shift, drawing->window.right);
      EXPECT_GE(y, drawing->window.bottom);
      EXPECT_LE(y, drawing->window.top);
    }
  }
  const auto last = drawing->strokes(episode.states.back());
  ASSERT_EQ(last.size(), first.size());
  double moved = 0.0;
  for (std::size_t i = 0; i < last.size(); ++i) {
    moved += std::hypot(last[i].points.back()[0] - first[i].points.back()[0],
                        last[i].points.back()[1] - first[i].points.back()[1]);
  }
  EXPECT_GT(moved, 1e-3);
}

// What is drawn of an observation must be what is drawn of the state it was made from.
TEST_P(DrawingTest, AnObservationIsDrawnAsItsState) {
  const auto drawing = FindDrawing(GetParam(), config_);
  if (drawing->state_of == nullptr) return;  // --imagined refuses it
  const Episode episode = Play();
  for (std::size_t t = 1; t < episode.states.size(); ++t) {
    const auto state = drawing->state_of(episode.obs[t], episode.states[t - 1]);
    ASSERT_EQ(state.size(), episode.states[t].size());
    const auto drawn = drawing->strokes(state);
    const auto real = drawing->strokes(episode.states[t]);
    ASSERT_EQ(drawn.size(), real.size());
    for (std::size_t i = 0; i < real.size(); ++i) {
      for (std::size_t k = 0; k < real[i].points.size(); ++k) {
        // Where the place is integrated from the end's velocity, it is a step's error off.
        const double tolerance = drawing->follows ? 0.1 : 1e-9;
        EXPECT_NEAR(drawn[i].points[k][0], real[i].points[k][0], tolerance) << "step " << t;
        EXPECT_NEAR(drawn[i].points[k][1], real[i].points[k][1], drawing->ground ? 1e-9 : tolerance)
            << "step " << t;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Environments, DrawingTest, testing::ValuesIn(Drawable()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST(DrawingTableTest, MazesAreNotDrawn) {
  Config config = ConfigOf("DynaMaze");
  EXPECT_FALSE(FindDrawing("DynaMaze", config).has_value());
}

}  // namespace
}  // namespace dyna::cli
