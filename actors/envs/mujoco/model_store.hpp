#pragma once

#include <mujoco/mujoco.h>

#include <memory>
#include <string>
#include <string_view>

namespace dyna::envs {

/// The MJCF text of one of models/*.xml, which are compiled into the program; DYNA_CHECKs that
/// there is one of this name (the file's stem).
std::string_view ModelText(std::string_view model);

/// A change to a compiled model; null for none.
using ModelChange = void (*)(mjModel& model);

/// The compiled model with that change: loaded once, shared by every environment of the process
/// that uses it and never changed again. Thread-safe. EnvironmentError when this version of MuJoCo
/// refuses it.
std::shared_ptr<const mjModel> SharedModel(std::string_view model, ModelChange change = nullptr);

struct ModelDeleter {
  void operator()(mjModel* model) const noexcept { mj_deleteModel(model); }
};

/// Compiles MJCF text; `name` is for errors. Not shared. One thread at a time.
std::unique_ptr<mjModel, ModelDeleter> CompileModel(const std::string& name, std::string_view mjcf);

}  // namespace dyna::envs
