#include "actors/envs/bridge/make_bridge.hpp"

#include <utility>

#include "actors/envs/bridge/fleet.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

/// One of a fleet.
class BridgeEnvironment final : public Environment {
 public:
  BridgeEnvironment(std::shared_ptr<bridge::Fleet> fleet, std::uint32_t index)
      : fleet_(std::move(fleet)), index_(index) {}

  const EnvSpec& spec() const noexcept override { return fleet_->spec(); }
  void Reset(Rng& rng) override {
    // 31 bits: what every Gymnasium environment takes as a seed.
    fleet_->Reset(index_, rng.Below(std::uint64_t{1} << 31U));
  }
  void Announce(std::span<const double> action) override { fleet_->Announce(index_, action); }
  StepResult Step(std::span<const double> action, Rng& /*rng*/) override {
    return fleet_->Step(index_, action);
  }
  void Observe(std::span<double> obs) const override {
    const auto from = fleet_->observation(index_);
    std::copy(from.begin(), from.end(), obs.begin());
  }
  void SetState(std::span<const double> /*state*/) override {
    throw EnvironmentError("environment " + spec().name +
                           ": the state of a Gymnasium environment cannot be set");
  }
  std::vector<double> Snapshot() const override { return fleet_->Snapshot(index_); }
  void Restore(std::span<const double> snapshot) override { fleet_->Restore(index_, snapshot); }
  std::optional<Image> Render() override {
    if (!fleet_->draws()) return std::nullopt;
    return fleet_->Render(index_);
  }
  std::string Info() override { return fleet_->Info(index_); }

 private:
  std::shared_ptr<bridge::Fleet> fleet_;
  std::uint32_t index_;
};

}  // namespace

std::vector<std::unique_ptr<Environment>> MakeBridged(const std::string& name, Config& config,
                                                      std::int64_t count) {
  bridge::Fleet::Options options;
  options.make.name = name.substr(std::string(kBridgePrefix).size());
  if (options.make.name.empty()) {
    throw config.Wrong("env.name", R"("gym:NAME" or "gym:module.path:Class")");
  }
  options.make.arguments = config.GetString("env.arguments", "");
  options.make.render = config.GetBool("env.render", false);
  options.make.count = static_cast<std::uint32_t>(count);
  if (config.Has("env.max_episode_steps")) {
    options.make.episode_steps_max = config.GetInt("env.max_episode_steps", 0, 0, kEpisodeStepsMax);
  }
  options.restarts_max = config.GetInt("env.restarts_max", 0, 0, 1'000'000);
  const std::string remote = config.GetString("env.bridge", "");
  if (!remote.empty()) options.link.remote = net::ConnectEndpoint("env.bridge", remote);
  options.link.label = name;
  options.link.timeout = net::Milliseconds(
      static_cast<std::int64_t>(1000 * config.GetDouble("env.timeout_s", 60.0, 0.1, 86'400.0)));
  options.link.python = {.python = config.GetString("env.python", "python3"),
                         .package = DYNA_BRIDGE_PACKAGE,
                         .prefix = name};
  const auto fleet = std::make_shared<bridge::Fleet>(std::move(options));
  std::vector<std::unique_ptr<Environment>> environments;
  for (std::int64_t i = 0; i < count; ++i) {
    environments.push_back(
        std::make_unique<BridgeEnvironment>(fleet, static_cast<std::uint32_t>(i)));
  }
  return environments;
}

}  // namespace dyna::envs
