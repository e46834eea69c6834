#include "model_server/service/weights_server.hpp"

#include "common/service/identity_check.hpp"

namespace dyna::model_server {

WeightsServer::WeightsServer(service::Host& host, const net::Server::Options& options,
                             WeightsDesk& desk)
    : identity_(host.identity()),
      desk_(desk),
      server_(host.context(), options, *this, std::chrono::steady_clock::now,
              &host.socket_events()) {
  host.log().Info("listening", {{"endpoint", server_.endpoint().text()}});
  thread_ = std::thread([this] {
    while (!stop_) server_.Poll(net::Milliseconds(50));
  });
}

WeightsServer::~WeightsServer() {
  stop_ = true;
  thread_.join();
}

Result<wire::Welcome> WeightsServer::OnHello(net::PeerId /*peer*/, const wire::Hello& hello) {
  if (Status fits = service::CheckIdentity(identity_, hello.client); !fits.ok()) {
    return fits.error();
  }
  return wire::Welcome{.server = identity_, .shard = 0, .tables = {}};
}

void WeightsServer::OnRequest(net::Request request, const wire::Hello& /*client*/) {
  desk_.Serve(request, server_);
}

}  // namespace dyna::model_server
