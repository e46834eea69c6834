#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/render/drawing.hpp"
#include "cli/render/recording.hpp"

namespace dyna::cli {

/// One picture of a film.
struct Frame {
  std::string caption = {};
  double centre_x = 0.0;
  std::vector<Stroke> real = {};
  std::vector<Stroke> imagined = {};
  std::string picture = {};  ///< instead of strokes: a file of raw RGB rows
};

/// What render.py makes a GIF or a strip of.
struct Film {
  std::string title = {};
  std::string legend = {};
  std::int64_t fps = 25;
  Drawing drawing = {};             ///< of strokes
  std::int64_t picture_height = 0;  ///< of pictures
  std::int64_t picture_width = 0;
  std::vector<Frame> frames = {};
};

/// Appends every `every`-th state of the episode, and its last. `imagined`: observations that are
/// drawn over the real state, may be shorter; empty for none. Pictures are written into `scratch`.
void AppendFrames(const Episode& episode, std::size_t number, std::int64_t every,
                  const std::vector<std::vector<double>>& imagined,
                  const std::filesystem::path& scratch, Film& film);

/// For render.py. `format`: gif or png.
std::string FilmJson(const Film& film, const std::string& format,
                     const std::filesystem::path& file);

}  // namespace dyna::cli
