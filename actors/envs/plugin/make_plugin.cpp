#include "actors/envs/plugin/make_plugin.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "actors/envs/plugin/opendyna_plugin.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

constexpr const char* kEntry = "opendyna_environment";
constexpr std::int64_t kColumnsMax = 8192;
constexpr std::int64_t kIndicesMax = 1 << 20;
constexpr std::int64_t kStateMax = 4096;

/// A loaded library and its table.
class Library {
 public:
  /// ConfigError about env.plugin.
  Library(const Config& config, const std::string& path) {
    const auto wrong = [&config](const std::string& why) {
      return config.Wrong("env.plugin", "a plug-in: " + why);
    };
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) throw wrong("there is no such file");
    // Absolute: dlopen looks for bare names elsewhere.
    handle_.reset(::dlopen(std::filesystem::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL));
    if (handle_ == nullptr) {
      const char* const reason = ::dlerror();  // NOLINT(concurrency-mt-unsafe): per thread in glibc
      throw wrong(std::string("it cannot be loaded: ") + (reason == nullptr ? "" : reason));
    }
    using Entry = const OpenDynaEnvironment* (*)();
    const auto entry = reinterpret_cast<Entry>(::dlsym(handle_.get(), kEntry));
    if (entry == nullptr) {
      throw wrong(std::string("it exports no function ") + kEntry +
                  " (OPENDYNA_ENVIRONMENT makes one)");
    }
    table_ = entry();
    if (table_ == nullptr) throw wrong("its table is missing");
    if (table_->version != OPENDYNA_PLUGIN_VERSION) {
      throw wrong("it is made for version " + std::to_string(table_->version) +
                  " of opendyna_plugin.hpp, this program is of version " +
                  std::to_string(OPENDYNA_PLUGIN_VERSION) + ": build it again with this one's");
    }
  }

  const OpenDynaEnvironment& table() const noexcept { return *table_; }

 private:
  struct Close {
    void operator()(void* handle) const { ::dlclose(handle); }
  };
  std::unique_ptr<void, Close> handle_;
  const OpenDynaEnvironment* table_ = nullptr;
};

std::vector<double> Values(const double* from, std::int64_t count) {
  return from == nullptr ? std::vector<double>() : std::vector<double>(from, from + count);
}

Result<Space> BoxOf(const char* what, std::int64_t size, const double* low, const double* high) {
  if (size < 1 || size > kColumnsMax || low == nullptr || high == nullptr) {
    return Error{ErrorCode::kInvalidArgument, std::string(what) + " has " + std::to_string(size) +
                                                  " values with bounds, not 1 to " +
                                                  std::to_string(kColumnsMax)};
  }
  for (std::int64_t i = 0; i < size; ++i) {
    if (!(low[i] <= high[i])) {
      return Error{ErrorCode::kInvalidArgument,
                   std::string(what) + ", value " + std::to_string(i) + ": low is above high"};
    }
  }
  return Space::Box(Values(low, size), Values(high, size));
}

Result<EnvSpec> Describe(const OpenDynaEnvironment& table) {
  const auto wrong = [](std::string why) {
    return Error{ErrorCode::kInvalidArgument, std::move(why)};
  };
  EnvSpec spec;
  if (table.name == nullptr || *table.name == '\0') return wrong("it has no name");
  spec.name = table.name;
  if (spec.name.size() > 100) return wrong("its name is longer than 100 bytes");
  auto observation = BoxOf("its observation", table.observation_size, table.observation_low,
                           table.observation_high);
  if (!observation.ok()) return observation.error();
  spec.observation = std::move(observation).value();
  if (table.action_count != 0) {
    if (table.action_count < 1 || table.action_count > kIndicesMax || table.action_size != 1) {
      return wrong("its action is one of " + std::to_string(table.action_count) +
                   " indices, not of 1 to " + std::to_string(kIndicesMax));
    }
    spec.action = Space::Discrete(table.action_count);
  } else {
    auto action = BoxOf("its action", table.action_size, table.action_low, table.action_high);
    if (!action.ok()) return action.error();
    spec.action = std::move(action).value();
  }
  if (table.episode_steps_max < 0 || table.episode_steps_max > kEpisodeStepsMax) {
    return wrong("its time limit is " + std::to_string(table.episode_steps_max));
  }
  spec.max_episode_steps = table.episode_steps_max;
  if (table.state_size < 1 || table.state_size > kStateMax || table.state_names == nullptr) {
    return wrong("its state has " + std::to_string(table.state_size) + " values, not 1 to " +
                 std::to_string(kStateMax));
  }
  spec.state_names = {table.state_names, table.state_names + table.state_size};
  return spec;
}

double UniformOf(void* stream) { return static_cast<Rng*>(stream)->Uniform(); }
double NormalOf(void* stream) { return static_cast<Rng*>(stream)->Normal(); }

class PluginEnvironment final : public Environment {
 public:
  PluginEnvironment(std::shared_ptr<const Library> library, EnvSpec spec)
      : library_(std::move(library)), spec_(std::move(spec)), self_(table().create()) {
    if (self_ == nullptr) Fail("create");
  }
  ~PluginEnvironment() override { table().destroy(self_); }
  PluginEnvironment(const PluginEnvironment&) = delete;
  PluginEnvironment& operator=(const PluginEnvironment&) = delete;

  const EnvSpec& spec() const noexcept override { return spec_; }
  void Reset(Rng& rng) override {
    const OpenDynaRandom random = {&rng, UniformOf, NormalOf};
    if (table().reset(self_, &random) != 0) Fail("reset");
  }
  StepResult Step(std::span<const double> action, Rng& rng) override {
    const OpenDynaRandom random = {&rng, UniformOf, NormalOf};
    OpenDynaStep step = {};
    if (table().step(self_, action.data(), &random, &step) != 0) Fail("step");
    return {.reward = step.reward,
            .terminated = step.terminated != 0,
            .truncated = step.truncated != 0 && step.terminated == 0};
  }
  void Observe(std::span<double> obs) const override {
    if (table().observe(self_, obs.data()) != 0) Fail("observe");
  }
  void SetState(std::span<const double> state) override {
    if (table().set_state(self_, state.data()) != 0) Fail("set_state");
  }
  std::vector<double> Snapshot() const override {
    std::vector<double> state(spec_.state_names.size());
    if (table().get_state(self_, state.data()) != 0) Fail("get_state");
    return state;
  }
  void Restore(std::span<const double> snapshot) override {
    if (snapshot.size() != spec_.state_names.size()) {
      throw CheckpointError("snapshot of " + spec_.name + " has " +
                            std::to_string(snapshot.size()) + " values, not " +
                            std::to_string(spec_.state_names.size()));
    }
    SetState(snapshot);
  }

 private:
  const OpenDynaEnvironment& table() const noexcept { return library_->table(); }
  [[noreturn]] void Fail(const char* doing) const {
    const char* why = table().error();
    throw EnvironmentError("environment " + spec_.name + " (plug-in), " + doing + ": " +
                           (why == nullptr || *why == '\0' ? "failed" : why));
  }

  std::shared_ptr<const Library> library_;
  EnvSpec spec_;
  void* self_;
};

}  // namespace

std::vector<std::unique_ptr<Environment>> MakePlugged(Config& config, std::int64_t count) {
  const std::string path = config.GetString("env.plugin", "");
  const auto library = std::make_shared<const Library>(config, path);
  const auto spec = Describe(library->table());
  if (!spec.ok()) throw config.Wrong("env.plugin", "a usable plug-in: " + spec.error().message);
  const std::string name = config.GetString("env.name", spec.value().name);
  if (name != spec.value().name) {
    throw config.Wrong("env.name", "\"" + spec.value().name + "\", which is what " + path +
                                       " holds (env.name may be left out)");
  }
  std::vector<std::unique_ptr<Environment>> environments;
  for (std::int64_t i = 0; i < count; ++i) {
    environments.push_back(std::make_unique<PluginEnvironment>(library, spec.value()));
  }
  return environments;
}

}  // namespace dyna::envs
