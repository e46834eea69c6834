#pragma once

#include <mujoco/mujoco.h>

#include <memory>
#include <string>
#include <string_view>

namespace dyna::envs {

/// The MJCF text of one of models/*.xml, which are compiled into the program; DYNA_CHECKs that
/// there is one of this name (the file's stem).
std::string_view ModelText(std::string_view model);

/// The compiled model: loaded once, shared by every environment of the process that uses it and
/// never changed. Thread-safe. EnvironmentError when this version of MuJoCo refuses it.
std::shared_ptr<const mjModel> SharedModel(std::string_view model);

/// Compiles MJCF text; `name` is for errors. Not shared; for SharedModel and tests.
std::shared_ptr<const mjModel> CompileModel(const std::string& name, std::string_view mjcf);

}  // namespace dyna::envs
