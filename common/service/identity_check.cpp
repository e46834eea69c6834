#include "common/service/identity_check.hpp"

#include <string>

namespace dyna::service {
namespace {

std::string ShapeText(const wire::Identity& of) {
  return std::to_string(of.shape.obs_columns) + " observation and " +
         std::to_string(of.shape.action_columns) + " action columns" +
         (of.discrete ? ", discrete" : "");
}

}  // namespace

Status CheckIdentity(const wire::Identity& server, const wire::Identity& client) {
  const auto differ = [&](const char* what, const std::string& theirs, const std::string& ours) {
    return Error{ErrorCode::kVersionMismatch, std::string(wire::Name(client.role)) + " '" +
                                                  client.instance + "' has " + what + " " + theirs +
                                                  ", " + wire::Name(server.role) + " '" +
                                                  server.instance + "' has " + ours};
  };
  if (client.run != server.run) {
    return differ("cluster.run", "'" + client.run + "'", "'" + server.run + "'");
  }
  if (client.environment != server.environment) {
    return differ("env.name", "'" + client.environment + "'", "'" + server.environment + "'");
  }
  const bool both_known = client.shape.obs_columns > 0 && server.shape.obs_columns > 0;
  if (both_known && (client.shape != server.shape || client.discrete != server.discrete)) {
    return differ("an environment of", ShapeText(client), ShapeText(server));
  }
  return Done{};
}

}  // namespace dyna::service
