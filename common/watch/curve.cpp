#include "common/watch/curve.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <utility>

#include "common/watch/json.hpp"

namespace dyna::watch {
namespace {

constexpr std::size_t kRowsMax = 2'000;
constexpr std::uint64_t kBytesMax = 1U << 18U;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

double Number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return text.empty() || *end != '\0' ? kNaN : value;
}

/// Which cells of a row are wanted, in order.
std::vector<std::size_t> Places(const std::string& header,
                                const std::vector<std::string>& columns) {
  const auto names = Cells(header);
  std::vector<std::size_t> places;
  for (const std::string& column : columns) {
    places.push_back(
        static_cast<std::size_t>(std::find(names.begin(), names.end(), column) - names.begin()));
  }
  return places;
}

std::vector<double> Pick(const std::string& line, const std::vector<std::size_t>& places) {
  const auto cells = Cells(line);
  std::vector<double> row;
  for (const std::size_t place : places) {
    row.push_back(place < cells.size() ? Number(cells[place]) : kNaN);
  }
  return row;
}

/// Where a reader of the curve has got to: "LIFE-BYTES-BYTES".
struct Cursor {
  std::uint64_t life = 0;
  std::uint64_t progress = 0;
  std::uint64_t episodes = 0;

  /// The start for a text that is no cursor.
  static Cursor From(const std::string& text) {
    Cursor cursor;
    const char* at = text.data();
    const char* end = at + text.size();
    for (std::uint64_t* part : {&cursor.life, &cursor.progress, &cursor.episodes}) {
      const auto [next, error] = std::from_chars(at, end, *part);
      const bool last = part == &cursor.episodes;
      if (error != std::errc() || (last ? next != end : next == end || *next != '-')) return {};
      at = last ? next : next + 1;
    }
    return cursor;
  }
  std::string text() const {
    return std::to_string(life) + "-" + std::to_string(progress) + "-" + std::to_string(episodes);
  }
};

std::string JsonRows(const CsvRows& rows) {
  std::string json = "[";
  for (const auto& row : rows.rows) {
    if (json.size() > 1) json += ',';
    json += '[';
    for (std::size_t i = 0; i < row.size(); ++i) json += (i > 0 ? "," : "") + JsonNumber(row[i]);
    json += ']';
  }
  return json + "]";
}

}  // namespace

CsvRows ReadRows(const std::filesystem::path& path, const std::vector<std::string>& columns,
                 std::uint64_t from, std::size_t rows_max) {
  CsvRows found{.next = from};
  std::ifstream file(path, std::ios::binary);
  std::string header;
  if (!std::getline(file, header) || file.eof()) return found;
  const auto places = Places(header, columns);
  const auto begin = std::max<std::uint64_t>(from, header.size() + 1);
  file.seekg(static_cast<std::streamoff>(begin));
  std::string bytes(kBytesMax, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.empty()) return found;
  std::size_t at = 0;
  while (found.rows.size() < rows_max) {
    const auto end = bytes.find('\n', at);
    if (end == std::string::npos) break;
    found.rows.push_back(Pick(bytes.substr(at, end - at), places));
    at = end + 1;
  }
  found.next = begin + at;
  const bool full = bytes.size() == kBytesMax && !found.rows.empty();
  found.more = full || bytes.find('\n', at) != std::string::npos;
  return found;
}

std::string CurveJson(const std::filesystem::path& folder, const std::string& since,
                      std::uint64_t life) {
  Cursor cursor = Cursor::From(since);
  const bool reset = cursor.life != life;
  if (reset) cursor = {.life = life};
  const CsvRows evaluations = ReadRows(folder / "progress.csv",
                                       {"env_steps", "eval_return_mean", "eval_return_std",
                                        "wall_seconds", "updates", "model_holdout_mse"},
                                       cursor.progress, kRowsMax);
  const CsvRows episodes =
      ReadRows(folder / "episodes.csv", {"steps", "return"}, cursor.episodes, kRowsMax);
  cursor.progress = evaluations.next;
  cursor.episodes = episodes.next;
  return JsonObject()
      .Text("next", cursor.text())
      .Bool("reset", reset)
      .Bool("more", evaluations.more || episodes.more)
      .Raw("evaluations", JsonRows(evaluations))
      .Raw("episodes", JsonRows(episodes))
      .text();
}

}  // namespace dyna::watch
