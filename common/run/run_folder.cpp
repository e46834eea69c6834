#include "common/run/run_folder.hpp"

#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"
#include "common/run/revision.hpp"

namespace dyna {
namespace fs = std::filesystem;

RunFolder RunFolder::Create(const fs::path& path, const Config& config) {
  RunFolder folder(path);
  if (fs::exists(folder.config_path())) {
    throw OperatorError("'" + path.string() + "' already holds a run; go on with it by --resume " +
                        path.string() + ", or choose another --out");
  }
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw OperatorError("cannot create '" + path.string() + "': " + error.message());
  std::string text = "# Effective config of this run; revision ";
  text += kRevision;
  text += '\n' + config.EffectiveToml();
  WriteFileAtomically(folder.config_path(), text);
  return folder;
}

RunFolder RunFolder::Open(const fs::path& path) {
  RunFolder folder(path);
  if (!fs::exists(folder.config_path())) {
    throw OperatorError("'" + path.string() + "' is not a run folder (no config.toml in it)");
  }
  return folder;
}

}  // namespace dyna
