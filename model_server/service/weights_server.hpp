#pragma once

#include <atomic>
#include <thread>

#include "common/net/server.hpp"
#include "common/ports/remote/weights_desk.hpp"
#include "common/service/host.hpp"

namespace dyna::model_server {

/// Hands out what a WeightsDesk holds from a thread of its own, so that nobody waits while the
/// role's loop is busy with a training of many seconds.
class WeightsServer : public net::Handler {
 public:
  /// Binds. ConfigError. Borrows both; `host`'s identity must be complete.
  WeightsServer(service::Host& host, const net::Server::Options& options, WeightsDesk& desk);
  ~WeightsServer() override;
  WeightsServer(const WeightsServer&) = delete;
  WeightsServer& operator=(const WeightsServer&) = delete;

 private:
  Result<wire::Welcome> OnHello(net::PeerId peer, const wire::Hello& hello) override;
  void OnRequest(net::Request request, const wire::Hello& client) override;

  const wire::Identity identity_;
  WeightsDesk& desk_;
  net::Server server_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace dyna::model_server
