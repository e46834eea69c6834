#include "cli/render/film.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <sstream>

#include "cli/python/draw.hpp"
#include "common/core/error.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::cli {
namespace {

namespace fs = std::filesystem;
using testing_support::RunCommand;
using testing_support::TemporaryFolder;

const PythonModules kPillow = {.names = "PIL.Image", .package = "python3-pil"};

/// A pendulum that hangs, then lies to the left, then stands.
Episode ThreeStates() {
  Episode episode;
  for (const double theta : {M_PI, M_PI / 2, 0.0}) {
    episode.states.push_back({theta, 0.0});
    episode.obs.push_back({std::cos(theta), std::sin(theta), 0.0});
  }
  episode.actions = {{0.0}, {0.0}};
  episode.rewards = {-2.0, -1.0};
  return episode;
}

class FilmTest : public testing::Test {
 protected:
  void Draw(const Film& film, const std::string& name, const std::string& format) {
    DrawWithPython({.name = "render.py", .needs = kPillow}, folder_ / name,
                   [&](const fs::path& /*folder*/, const fs::path& picture) {
                     return FilmJson(film, format, picture);
                   });
  }
  /// Colours [N][3] of the pixels "frame x y" of a GIF that is found to be sound.
  std::vector<std::array<int, 3>> Check(const std::string& name, int frames, int width, int height,
                                        const std::string& pixels) {
    const auto [output, status] = RunCommand(
        "printf '" + pixels + "' | " + PythonWith(kPillow) + " -B " DYNA_TEST_SCRIPT " " +
        (folder_ / name).string() + " " + std::to_string(frames) + " " + std::to_string(width) +
        " " + std::to_string(height));
    EXPECT_EQ(status, 0) << output;
    std::vector<std::array<int, 3>> colors;
    std::istringstream lines(output);
    std::array<int, 3> color{};
    while (lines >> color[0] >> color[1] >> color[2]) colors.push_back(color);
    return colors;
  }
  static void ExpectColor(const std::array<int, 3>& color, int red, int green, int blue) {
    // The palette has 128 colours.
    EXPECT_NEAR(color[0], red, 16);
    EXPECT_NEAR(color[1], green, 16);
    EXPECT_NEAR(color[2], blue, 16);
  }

  TemporaryFolder folder_;
};

// 480 pixels show 2.8 m below a caption of 40: the rod's end, 1 m from the middle, is 171 pixels
// from (240, 280).
TEST_F(FilmTest, ThePoleIsWhereTheStateSays) {
  Film film{.title = "Pendulum-v1", .drawing = *ClassicDrawing("Pendulum-v1")};
  AppendFrames(ThreeStates(), 0, /*every=*/1, {}, folder_.path(), film);
  ASSERT_EQ(film.frames.size(), 3u);
  EXPECT_NE(film.frames[2].caption.find("step 2  return -3.0"), std::string::npos);
  Draw(film, "film.gif", "gif");
  const auto colors =
      Check("film.gif", 3, 480, 520, "0 240 451\\n0 240 109\\n1 69 280\\n1 240 451\\n2 240 109\\n");
  ASSERT_EQ(colors.size(), 5u);
  ExpectColor(colors[0], 86, 180, 233);   // hangs
  ExpectColor(colors[1], 255, 255, 255);  // nothing above
  ExpectColor(colors[2], 86, 180, 233);   // to the left
  ExpectColor(colors[3], 255, 255, 255);
  ExpectColor(colors[4], 86, 180, 233);  // stands
}

TEST_F(FilmTest, WhatIsImaginedIsDrawnOverItAsLongAsItLasts) {
  Film film{.title = "Pendulum-v1", .drawing = *ClassicDrawing("Pendulum-v1")};
  const Episode episode = ThreeStates();
  // The model believes that it lies to the right, and then knows no more.
  AppendFrames(episode, 0, 1, {episode.obs[0], {0.0, -1.0, 0.0}}, folder_.path(), film);
  EXPECT_NE(film.frames[1].caption.find("model off by 1.155"), std::string::npos)  // 2 / sqrt(3)
      << film.frames[1].caption;
  EXPECT_EQ(film.frames[2].caption.find("model"), std::string::npos);
  Draw(film, "film.gif", "gif");
  const auto colors = Check("film.gif", 3, 480, 520, "1 69 280\\n1 411 280\\n2 411 280\\n");
  ASSERT_EQ(colors.size(), 3u);
  ExpectColor(colors[0], 86, 180, 233);
  ExpectColor(colors[1], 235, 179, 135);  // its colour at 120/255 on white
  ExpectColor(colors[2], 255, 255, 255);
}

TEST_F(FilmTest, EveryNthStepAndTheLast) {
  Film film{.title = "Pendulum-v1", .drawing = *ClassicDrawing("Pendulum-v1")};
  Episode episode;
  for (int t = 0; t <= 10; ++t) {
    episode.states.push_back({0.1 * t, 0.0});
    episode.obs.push_back({std::cos(0.1 * t), std::sin(0.1 * t), 0.0});
  }
  episode.rewards.assign(10, 1.0);
  AppendFrames(episode, 4, /*every=*/4, {}, folder_.path(), film);
  ASSERT_EQ(film.frames.size(), 4u);
  EXPECT_EQ(film.frames[1].caption, "episode 4  step 4  return 4.0");
  EXPECT_EQ(film.frames[3].caption, "episode 4  step 10  return 10.0");
}

TEST_F(FilmTest, PicturesOfAnEnvironmentAreShownAsTheyAre) {
  Film film{.title = "gym:Own"};
  Episode episode = ThreeStates();
  for (const std::uint8_t level : std::array<std::uint8_t, 3>{40, 120, 200}) {
    envs::Image image{.height = 10, .width = 20, .rgb = {}};
    for (int i = 0; i < 200; ++i) image.rgb.insert(image.rgb.end(), {level, 60, 90});
    episode.pictures.push_back(image);
  }
  const TemporaryFolder pictures;
  AppendFrames(episode, 0, 1, {}, pictures.path(), film);
  Draw(film, "film.gif", "gif");
  const auto colors = Check("film.gif", 3, 480, 280, "0 240 160\\n1 240 160\\n2 240 160\\n");
  ASSERT_EQ(colors.size(), 3u);
  ExpectColor(colors[0], 40, 60, 90);
  ExpectColor(colors[1], 120, 60, 90);
  ExpectColor(colors[2], 200, 60, 90);
}

TEST_F(FilmTest, AFailedScriptLeavesNoFile) {
  const auto out = folder_ / "film.gif";
  EXPECT_THROW(DrawWithPython({.name = "render.py", .needs = kPillow}, out,
                              [](const fs::path&, const fs::path&) { return "{}"; }),
               std::runtime_error);
  EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace dyna::cli
