#include "cli/cluster/keygen_command.hpp"

#include <ostream>

#include "common/core/error.hpp"
#include "common/net/key_files.hpp"

namespace dyna::cli {

void Keygen(const std::string& folder, std::ostream& out) {
  if (folder.empty()) throw OperatorError("keygen needs the name of a folder");
  auto path = std::filesystem::path(folder).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();  // "keys/" is "keys"
  for (const auto& file : net::MakeKeyFolder(path)) {
    out << file.string() << "\n";
  }
  out << "Each machine needs the .secret of the roles it runs and all .public files; replay, "
         "learner\n"
         "and model server also need the allowlist. On this machine: dyna launch --keys "
      << folder << "\n";
}

}  // namespace dyna::cli
