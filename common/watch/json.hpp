#pragma once

#include <string>
#include <string_view>

namespace dyna::watch {

/// Shortest decimal text; "null" for what JSON has no number for.
std::string JsonNumber(double value);

/// An object of JSON, key by key. Keys are ours and need no escapes.
class JsonObject {
 public:
  JsonObject& Text(std::string_view key, const std::string& value);
  JsonObject& Number(std::string_view key, double value);
  JsonObject& Bool(std::string_view key, bool value);
  /// `json` is a value of JSON already.
  JsonObject& Raw(std::string_view key, const std::string& json);
  std::string text() const { return "{" + fields_ + "}"; }

 private:
  std::string fields_;
};

}  // namespace dyna::watch
