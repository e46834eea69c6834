#include "cli/python/draw.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "cli/python/scripts.hpp"
#include "common/checkpoint/atomic_file.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

/// Where the script and the unfinished picture lie; gone with its object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "dyna_draw_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw OperatorError("cannot make a folder in '" + fs::temp_directory_path().string() + "'");
    }
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const noexcept { return path_; }

 private:
  fs::path path_;
};

std::string_view TextOf(const std::string& name) {
  const auto scripts = Scripts();
  const auto found = std::find_if(scripts.begin(), scripts.end(),
                                  [&](const Script& script) { return script.name == name; });
  DYNA_CHECK_MSG(found != scripts.end(), "no script " << name);
  return found->text;
}

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file || bytes.str().empty()) {
    throw std::runtime_error(path.string() + ": Python has drawn nothing");
  }
  return bytes.str();
}

}  // namespace

void DrawWithPython(
    const DrawingScript& script, const fs::path& out,
    const std::function<std::string(const fs::path& folder, const fs::path& picture)>& describe) {
  const std::string python = PythonWith(script.needs);
  const ScratchFolder scratch;
  const fs::path picture = scratch.path() / "picture";
  const fs::path program = scratch.path() / script.name;
  const fs::path description = scratch.path() / "description.json";
  WriteFileAtomically(program, TextOf(script.name));
  WriteFileAtomically(description, describe(scratch.path(), picture));
  const int status = RunProgram({python, program, description}, /*quiet=*/false);
  if (status != 0) {
    throw std::runtime_error(script.name + ": " + python + " ended with status " +
                             std::to_string(status));
  }
  WriteFileAtomically(out, ReadWhole(picture));
}

}  // namespace dyna::cli
