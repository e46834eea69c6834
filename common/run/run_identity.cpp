#include "common/run/run_identity.hpp"

#include <sstream>
#include <utility>

namespace dyna {
namespace {

const std::string kAbsent = "nothing";

/// "[table]" and "key = value" lines, as Config::EffectiveToml() writes them.
std::map<std::string, std::string> ReadSettings(const std::string& toml) {
  std::map<std::string, std::string> settings;
  std::istringstream lines(toml);
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (line.starts_with('[') && line.ends_with(']')) {
      table = line.substr(1, line.size() - 2) + ".";
    } else if (equals != std::string::npos) {
      settings[table + line.substr(0, equals)] = line.substr(equals + 3);
    }
  }
  settings.erase("run.steps");
  return settings;
}

std::string Difference(const std::string& key, const std::string& there, const std::string& here) {
  const auto text = [&key](const std::string& value) {
    return "'" + (value == kAbsent ? "no " + key : key + " = " + value) + "'";
  };
  return text(there) + " there, " + text(here) + " here";
}

}  // namespace

RunIdentity RunIdentity::From(const Config& config,
                              const std::function<bool(const std::string& key)>& counts) {
  RunIdentity identity;
  for (auto& [key, value] : ReadSettings(config.EffectiveToml())) {
    if (counts && !counts(key)) continue;
    identity.settings_[key] = {.value = std::move(value), .is_default = !config.Has(key)};
  }
  return identity;
}

std::string RunIdentity::Text() const {
  std::string text;
  for (const auto& [key, setting] : settings_) text += key + " = " + setting.value + "\n";
  return text;
}

std::string RunIdentity::DifferenceFrom(const std::string& text) const {
  const auto theirs = ReadSettings(text);
  for (const auto& [key, value] : theirs) {
    const auto ours = settings_.find(key);
    if (ours == settings_.end()) return Difference(key, value, kAbsent);
    if (ours->second.value != value) return Difference(key, value, ours->second.value);
  }
  for (const auto& [key, setting] : settings_) {
    if (!theirs.contains(key) && !setting.is_default) {
      return Difference(key, kAbsent, setting.value);
    }
  }
  return {};
}

}  // namespace dyna
