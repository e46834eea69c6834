#include "common/service/host.hpp"

#include <unistd.h>

#include <array>
#include <utility>

#include "common/core/error.hpp"
#include "common/run/revision.hpp"

namespace dyna::service {
namespace {

/// FNV-1a: short, and the same on every machine.
std::uint32_t Hash(const std::string& text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

std::string HostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

Program WithItsRole(Program program, Config& config) {
  if (program.role_of != nullptr) program.role = program.role_of(config);
  return program;
}

wire::Identity ReadIdentity(Config& config, wire::Role role) {
  wire::Identity identity;
  identity.role = role;
  // The host's name tells replicas of a container apart; two on one host need names of their own.
  identity.instance = config.GetString("cluster.instance", "");
  if (identity.instance.empty()) identity.instance = wire::Name(role) + ("@" + HostName());
  identity.run = config.GetString("cluster.run", "run");
  for (const std::string& name : {identity.instance, identity.run}) {
    if (name.size() <= wire::kNameBytesMax) continue;
    throw ConfigError("cluster.instance and cluster.run: '" + name + "' is longer than " +
                      std::to_string(wire::kNameBytesMax) + " bytes");
  }
  identity.environment = config.GetString("env.name", "");
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  identity.incarnation = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  return identity;
}

}  // namespace

Host::Host(Program program, Config config, const SignalStop& stop)
    : stop_(&stop),
      program_(WithItsRole(std::move(program), config)),
      config_(std::move(config)),
      identity_(ReadIdentity(config_, program_.role)),
      producer_(Hash(identity_.instance)),
      grace_(config_.GetInt("cluster.grace_ms", 10'000, 0, 600'000)),
      log_(telemetry::Log::Options::From(config_, wire::Name(program_.role), identity_.instance)),
      metrics_({.role = wire::Name(program_.role), .version = kVersion, .revision = kRevision}),
      health_(
          {.role = wire::Name(program_.role), .version = kVersion, .instance = identity_.instance}),
      exposer_(telemetry::HttpExposer::Options::From(config_), metrics_, health_),
      states_(telemetry::StateClock::Options::From(config_, program_.states), metrics_, health_,
              log_),
      security_(Security::Options::From(config_), context_, identity_, metrics_, log_) {
  for (std::size_t i = 0; i < net::kSocketEvents; ++i) {
    const auto event = net::Name(static_cast<net::SocketEvent>(i));
    event_counters_.emplace_back(metrics_.counter(telemetry::metrics::kTransportEvents, {event}));
    event_counters_.back().Follow(0.0);
  }
  log_.Info("started",
            {{"revision", kRevision}, {"run", identity_.run}, {"metrics_port", exposer_.port()}});
}

void Host::Tick() {
  states_.Tick();
  health_.Beat();
  security_.Tick();
  for (std::size_t i = 0; i < net::kSocketEvents; ++i) {
    event_counters_[i].Follow(
        static_cast<double>(socket_events_.count(static_cast<net::SocketEvent>(i))));
  }
}

}  // namespace dyna::service
