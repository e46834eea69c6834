#include "common/telemetry/health_check.hpp"

#include <httplib.h>

namespace dyna::telemetry {
namespace {

constexpr std::size_t kReplyBytesMax = 1 << 16;

const char* Explain(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return "nobody listens there";
    case httplib::Error::Canceled:
      return "its answer is too long";
    default:
      return "no HTTP answer in time";
  }
}

}  // namespace

HealthCheck AskHealth(const std::string& address, int port, std::chrono::milliseconds patience) {
  const std::string place = address + ":" + std::to_string(port);
  httplib::Client client(address, port);
  client.set_connection_timeout(patience);
  client.set_read_timeout(patience);
  client.set_write_timeout(patience);
  std::string body;
  const auto answer = client.Get("/healthz", [&body](const char* data, std::size_t bytes) {
    if (body.size() + bytes > kReplyBytesMax) return false;
    body.append(data, bytes);
    return true;
  });
  if (!answer) {
    return {.healthy = false, .text = place + ": " + Explain(answer.error())};
  }
  if (answer->status != 200 && answer->status != 503) {
    return {.healthy = false,
            .text = place + ": HTTP status " + std::to_string(answer->status) + ", not 200 or 503"};
  }
  return {.healthy = answer->status == 200, .text = std::move(body)};
}

}  // namespace dyna::telemetry
