#include "common/service/security.hpp"

#include <utility>

#include "common/core/error.hpp"
#include "common/net/key_files.hpp"
#include "common/telemetry/metric_names.hpp"

namespace dyna::service {
namespace {

namespace m = telemetry::metrics;

/// However often strangers knock, the log has one line of them in this time.
constexpr std::chrono::seconds kLogEvery{10};

}  // namespace

Security::Options Security::Options::From(Config& config) {
  Options options;
  options.sockets = net::SocketOptions::From(config);
  options.allow_insecure = config.GetBool("net.allow_insecure", false);
  options.folder = config.GetString("keys.folder", "");
  options.secret = config.GetString("keys.secret", "");
  options.allowlist = config.GetString("keys.allowlist", "");
  for (const char* key : {"keys.secret", "keys.allowlist"}) {
    if (options.folder.empty() && config.Has(key)) {
      throw config.Wrong(key, "of use without keys.folder, where the servers' public keys are");
    }
  }
  return options;
}

Security::Security(Options options, net::Context& context, const wire::Identity& identity,
                   telemetry::Metrics& metrics, telemetry::Log& log)
    : options_(std::move(options)),
      context_(context),
      identity_(identity),
      log_(log),
      reloads_applied_(metrics.counter(m::kAllowlistReloads, {"applied"})),
      reloads_refused_(metrics.counter(m::kAllowlistReloads, {"refused"})) {
  for (std::size_t i = 0; i < net::kRefusalReasons; ++i) {
    const auto reason = static_cast<net::RefusalReason>(i);
    refusals_.push_back({.reason = reason,
                         .counter = metrics.counter(m::kTransportRefusals, {net::Name(reason)}),
                         .told = 0});
  }
}

const net::KeyPair& Security::own() {
  if (!own_) {
    own_ = net::ReadSecretKey(options_.secret.empty()
                                  ? net::SecretKeyFile(options_.folder, identity_.role)
                                  : options_.secret);
    log_.Info("keys", {{"folder", options_.folder.string()}, {"public_key", own_->public_key}});
  }
  return *own_;
}

net::SocketOptions Security::ToServer(wire::Role server) {
  net::SocketOptions sockets = options_.sockets;
  if (has_keys()) {
    const auto server_key = net::ReadPublicKey(net::PublicKeyFile(options_.folder, server));
    sockets.secure = net::ConnectWith(own(), server_key);
  }
  return sockets;
}

net::Server::Options Security::Listen(const std::string& key, const std::string& text) {
  net::Server::Options server;
  server.endpoint = net::BindEndpoint(key, text);
  server.socket = options_.sockets;
  if (!has_keys()) {
    if (net::IsLocal(server.endpoint) || options_.allow_insecure) return server;
    throw ConfigError(key + " = \"" + text +
                      "\" can be reached from other machines, and without keys everybody there may "
                      "read and write: allowed are tcp://127.0.0.1:PORT, keys (keys.folder, made "
                      "by `dyna keygen`), or net.allow_insecure = true for a network of friends");
  }
  server.socket.secure = net::ListenWith(own());
  if (!guard_) {
    const auto path =
        options_.allowlist.empty() ? net::AllowlistFile(options_.folder) : options_.allowlist;
    guard_ = std::make_unique<net::Guard>(identity_.role, net::Allowlist::FromFile(path));
    zap_ = std::make_unique<net::ZapHandler>(context_, *guard_);
    reload_.emplace();
  }
  server.guard = guard_.get();
  return server;
}

void Security::Tick() {
  if (!guard_) return;
  if (reload_->Take()) Reload();
  TellRefusals();
}

void Security::Reload() {
  const auto path =
      options_.allowlist.empty() ? net::AllowlistFile(options_.folder) : options_.allowlist;
  try {
    auto list = net::Allowlist::FromFile(path);
    const std::size_t keys = list.size();
    guard_->Replace(std::move(list));
    reloads_applied_.Add();
    log_.Info("allowlist read again", {{"file", path.string()}, {"keys", keys}});
  } catch (const OperatorError& error) {
    reloads_refused_.Add();
    log_.Error("allowlist is wrong, the one before stays", {{"why", error.what()}});
  }
}

void Security::TellRefusals() {
  const net::Refusals& refusals = guard_->refusals();
  for (RefusalSeries& series : refusals_) {
    const std::uint64_t count = refusals.count(series.reason);
    series.counter.Add(static_cast<double>(count - std::exchange(series.told, count)));
  }
  const std::uint64_t total = refusals.total();
  const auto now = Clock::now();
  if (total == logged_ || now < log_at_) return;
  log_.Warning("refused", {{"times", total - logged_}, {"last", refusals.last()}});
  logged_ = total;
  log_at_ = now + kLogEvery;
}

}  // namespace dyna::service
