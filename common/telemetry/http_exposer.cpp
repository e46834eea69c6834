#include "common/telemetry/http_exposer.hpp"

#include <arpa/inet.h>
#include <civetweb.h>

#include <array>
#include <chrono>
#include <csignal>
#include <exception>
#include <string_view>
#include <thread>

#include "common/telemetry/health_check.hpp"

namespace dyna::telemetry {
namespace {

bool IsIp6(const std::string& address) { return address.find(':') != std::string::npos; }

/// "127.0.0.1:9100" or "[::1]:9100".
std::string Listening(const HttpExposer::Options& options) {
  const std::int64_t port = options.port == HttpExposer::kAnyPort ? 0 : options.port;
  const std::string host = IsIp6(options.address) ? "[" + options.address + "]" : options.address;
  return host + ":" + std::to_string(port);
}

void RequireAddress(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> buffer{};
  if (::inet_pton(IsIp6(address) ? AF_INET6 : AF_INET, address.c_str(), buffer.data()) == 1) return;
  throw ConfigError("metrics.address = '" + address +
                    "' is not an IPv4 or IPv6 address such as 127.0.0.1, 0.0.0.0 or ::");
}

int Respond(mg_connection* connection, int status, const char* type, std::string_view body) {
  const char* text = status == 200 ? "OK" : status == 503 ? "Service Unavailable" : "Error";
  mg_printf(connection,
            "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
            status, text, type, body.size());
  if (std::string_view(mg_get_request_info(connection)->request_method) != "HEAD") {
    mg_write(connection, body.data(), body.size());
  }
  return status;
}

/// Answers a read request by `make`; nothing may be thrown through civetweb's C frames.
template <class Make>
int Answer(mg_connection* connection, Make make) try {
  const std::string_view method = mg_get_request_info(connection)->request_method;
  if (method != "GET" && method != "HEAD") {
    return Respond(connection, 405, "text/plain", "only GET and HEAD\n");
  }
  return make();
} catch (const std::exception& error) {
  return Respond(connection, 500, "text/plain", error.what());
}

int AnswerMetrics(mg_connection* connection, void* metrics) {
  return Answer(connection, [&] {
    return Respond(connection, 200, "text/plain; version=0.0.4; charset=utf-8",
                   static_cast<const Metrics*>(metrics)->Text());
  });
}

int AnswerHealth(mg_connection* connection, void* health) {
  return Answer(connection, [&] {
    const Health::Report report = static_cast<const Health*>(health)->report();
    return Respond(connection, report.healthy ? 200 : 503, "application/json", report.json);
  });
}

/// civetweb sets the process' SIGCHLD to be ignored, which would take their children from those
/// who wait for them.
class KeepChildSignal {
 public:
  KeepChildSignal() { ::sigaction(SIGCHLD, nullptr, &before_); }
  ~KeepChildSignal() { ::sigaction(SIGCHLD, &before_, nullptr); }
  KeepChildSignal(const KeepChildSignal&) = delete;
  KeepChildSignal& operator=(const KeepChildSignal&) = delete;

 private:
  struct sigaction before_ = {};
};

}  // namespace

struct HttpExposer::Impl {
  mg_context* server = nullptr;
  std::string address = {};
  int port = 0;
};

HttpExposer::Options HttpExposer::Options::From(Config& config) {
  Options options;
  options.address = config.GetString("metrics.address", options.address);
  options.port = config.GetInt("metrics.port", options.port, kAnyPort, 65'535);
  return options;
}

HttpExposer::HttpExposer(const Options& options, const Metrics& metrics, const Health& health)
    : impl_(std::make_unique<Impl>()) {
  RequireAddress(options.address);
  if (options.port == kNoPort) return;
  const std::string listening = Listening(options);
  // Two threads, so that one slow reader does not hide the health of the process for long.
  const std::array<const char*, 9> settings = {"listening_ports",
                                               listening.c_str(),
                                               "num_threads",
                                               "2",
                                               "request_timeout_ms",
                                               "3000",
                                               "enable_keep_alive",
                                               "no",
                                               nullptr};
  const KeepChildSignal keep;
  const mg_callbacks callbacks = {};
  mg_init_library(0);
  // civetweb's interface is older than const; neither is changed.
  // NOLINTBEGIN(cppcoreguidelines-pro-type-const-cast)
  impl_->server = mg_start(&callbacks, nullptr, const_cast<const char**>(settings.data()));
  if (impl_->server == nullptr) {
    mg_exit_library();
    throw ConfigError("metrics.port = " + std::to_string(options.port) + ": cannot listen on " +
                      listening + " (is it in use, or the address another machine's?)");
  }
  mg_set_request_handler(impl_->server, "/metrics$", AnswerMetrics, const_cast<Metrics*>(&metrics));
  mg_set_request_handler(impl_->server, "/healthz$", AnswerHealth, const_cast<Health*>(&health));
  // NOLINTEND(cppcoreguidelines-pro-type-const-cast)
  mg_server_port bound = {};
  if (mg_get_server_ports(impl_->server, 1, &bound) == 1) impl_->port = bound.port;
  impl_->address = options.address;
}

HttpExposer::~HttpExposer() {
  if (impl_->server == nullptr) return;
  // civetweb looks for the end of its work every 2 s, or after any connection: make some.
  const std::jthread knocking([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      AskHealth(impl_->address, impl_->port, std::chrono::milliseconds(20));
    }
  });
  mg_stop(impl_->server);
  mg_exit_library();
}

int HttpExposer::port() const noexcept { return impl_->port; }

}  // namespace dyna::telemetry
