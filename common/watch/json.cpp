#include "common/watch/json.hpp"

#include <cmath>

#include "common/core/number_text.hpp"
#include "common/telemetry/health.hpp"

namespace dyna::watch {

std::string JsonNumber(double value) { return std::isfinite(value) ? NumberText(value) : "null"; }

JsonObject& JsonObject::Text(std::string_view key, const std::string& value) {
  return Raw(key, telemetry::JsonString(value));
}

JsonObject& JsonObject::Number(std::string_view key, double value) {
  return Raw(key, JsonNumber(value));
}

JsonObject& JsonObject::Bool(std::string_view key, bool value) {
  return Raw(key, value ? "true" : "false");
}

JsonObject& JsonObject::Raw(std::string_view key, const std::string& json) {
  if (!fields_.empty()) fields_ += ',';
  fields_.append("\"").append(key).append("\":").append(json);
  return *this;
}

}  // namespace dyna::watch
