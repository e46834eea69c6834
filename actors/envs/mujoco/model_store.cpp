#include "actors/envs/mujoco/model_store.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "actors/envs/mujoco/embedded_models.hpp"
#include "actors/envs/mujoco/engine.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

constexpr const char* kFileName = "model.xml";

/// MuJoCo's files in memory; several MB in older versions, hence on the heap.
class VirtualFile {
 public:
  explicit VirtualFile(std::string_view text) : vfs_(std::make_unique<mjVFS>()) {
    mj_defaultVFS(vfs_.get());
    const int size = static_cast<int>(text.size());
#if mjVERSION_HEADER >= 313
    const int failed = mj_addBufferVFS(vfs_.get(), kFileName, text.data(), size);
#else
    const int failed = mj_makeEmptyFileVFS(vfs_.get(), kFileName, size);
    const int file = mj_findFileVFS(vfs_.get(), kFileName);
    if (file >= 0) std::memcpy(vfs_->filedata[file], text.data(), text.size());
#endif
    DYNA_CHECK(failed == 0);
  }
  ~VirtualFile() { mj_deleteVFS(vfs_.get()); }
  VirtualFile(const VirtualFile&) = delete;
  VirtualFile& operator=(const VirtualFile&) = delete;

  const mjVFS* get() const noexcept { return vfs_.get(); }

 private:
  std::unique_ptr<mjVFS> vfs_;
};

}  // namespace

std::string_view ModelText(std::string_view model) {
  const auto models = EmbeddedModels();
  const auto found =
      std::find_if(models.begin(), models.end(),
                   [&](const EmbeddedModel& candidate) { return candidate.name == model; });
  DYNA_CHECK_MSG(found != models.end(), "no model " << model);
  return found->mjcf;
}

std::unique_ptr<mjModel, ModelDeleter> CompileModel(const std::string& name,
                                                    std::string_view mjcf) {
  DYNA_CHECK(!mjcf.empty());
  const VirtualFile file(mjcf);
  std::array<char, 1024> error = {};
  mjModel* model = nullptr;
  Guarded(name, [&] {
    model = mj_loadXML(kFileName, file.get(), error.data(), static_cast<int>(error.size()));
  });
  if (model == nullptr) {
    throw EnvironmentError("environment " + name + ": MuJoCo " + mj_versionString() +
                           " refuses its model: " + error.data());
  }
  return std::unique_ptr<mjModel, ModelDeleter>(model);
}

std::shared_ptr<const mjModel> SharedModel(std::string_view model, ModelChange change) {
  // MuJoCo's compiler keeps state of its own between calls, so only one thread may be in it.
  static std::mutex mutex;
  static std::map<std::pair<std::string, ModelChange>, std::shared_ptr<const mjModel>> models;
  const std::scoped_lock lock(mutex);
  auto& shared = models[{std::string(model), change}];
  if (shared == nullptr) {
    auto compiled = CompileModel(std::string(model), ModelText(model));
    if (change != nullptr) change(*compiled);
    shared = std::move(compiled);
  }
  return shared;
}

}  // namespace dyna::envs
