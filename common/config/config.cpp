#include "common/config/config.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "common/config/closest_match.hpp"
#include "common/config/config_impl.hpp"
#include "common/config/toml_text.hpp"
#include "common/core/check.hpp"

namespace dyna {
namespace {

/// Every leaf key below `table`, dotted, with its line.
void CollectLeaves(const toml::table& table, const std::string& prefix,
                   std::map<std::string, const toml::node*>& leaves) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const auto* child = node.as_table()) {
      CollectLeaves(*child, name + ".", leaves);
    } else {
      leaves[name] = &node;
    }
  }
}

/// toml++ makes a table of every part of a dotted key, whatever their number, and calls itself for
/// each: a hundred thousand would be more than a stack holds.
void RequireShallow(std::string_view text, const std::string& place) {
  constexpr int kDotsMax = 100;
  int dots = 0;
  for (const char c : text) {
    if (c == '.') ++dots;
    if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) dots = 0;
    if (dots > kDotsMax) {
      throw ConfigError(place + ": a key of more than " + std::to_string(kDotsMax) + " parts");
    }
  }
}

/// toml++ checks what it parses; a bare word it is only given.
void RequireText(std::string_view assignment) {
  try {
    (void)toml::parse("#" + std::string(assignment));  // a comment is any text in UTF-8
  } catch (const toml::parse_error&) {
    throw ConfigError("--set " + std::string(assignment) +
                      " is not text: it has control characters or is not UTF-8");
  }
}

/// Moves, since a copy of a node forgets its file and line.
void Merge(toml::table& into, toml::table&& from) {
  for (auto&& [key, node] : from) {
    auto* const both = into.get_as<toml::table>(key.str());
    if (both != nullptr && node.is_table()) {
      Merge(*both, std::move(*node.as_table()));
    } else {
      into.insert_or_assign(key.str(), std::move(node));
    }
  }
}

}  // namespace

Config::Config() : impl_(std::make_unique<Impl>()) {}
Config::~Config() = default;
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;

Config Config::FromFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // A folder opens but does not read, hence both checks.
  if (!file || !(text << file.rdbuf())) {
    throw ConfigError("config file '" + path + "' cannot be read (missing, empty or a folder)");
  }
  return FromText(text.str(), path);
}

Config Config::FromText(std::string_view text, const std::string& source) {
  RequireShallow(text, source);
  Config config;
  config.impl_->source = source;
  try {
    config.impl_->root = toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    throw ConfigError(source + ":" + std::to_string(error.source().begin.line) +
                      ": not TOML: " + std::string(error.description()));
  }
  return config;
}

void Config::Overlay(Config other) { Merge(impl_->root, std::move(other.impl_->root)); }

void Config::Set(std::string_view assignment) {
  RequireShallow(assignment, "--set");
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw ConfigError("--set " + std::string(assignment) + " is not of the form key=value");
  }
  std::string key(assignment.substr(0, equals));
  const std::string value(assignment.substr(equals + 1));
  std::erase_if(key, [](char c) { return c == ' '; });
  const bool plain = std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  });
  if (!plain || key.empty() || key.front() == '.' || key.back() == '.' ||
      key.find("..") != std::string::npos) {
    throw ConfigError("--set " + std::string(assignment) + ": '" + key +
                      "' is not a dotted key such as run.seed");
  }
  toml::table parsed;
  try {
    parsed = toml::parse("value = " + value);
  } catch (const toml::parse_error&) {
    RequireText(assignment);
    parsed.insert_or_assign("value", value);  // a bare word: --set env.name=Pendulum-v1
  }
  toml::table* table = &impl_->root;
  std::string rest = key;
  for (auto dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
    const std::string head = rest.substr(0, dot);
    auto* child = table->insert(head, toml::table{}).first->second.as_table();
    if (child == nullptr) {
      throw ConfigError("--set " + std::string(assignment) + ": '" + head + "' is not a table");
    }
    table = child;
    rest = rest.substr(dot + 1);
  }
  parsed.get("value")->visit([&](auto& node) { table->insert_or_assign(rest, std::move(node)); });
  impl_->overridden.insert(key);
}

bool Config::Has(const std::string& key) const { return impl_->Find(key) != nullptr; }

std::int64_t Config::GetInt(const std::string& key, std::int64_t fallback, std::int64_t low,
                            std::int64_t high) {
  std::int64_t value = fallback;
  if (const auto* node = impl_->Find(key)) {
    const auto found = node->value_exact<std::int64_t>();
    if (!found || *found < low || *found > high) {
      throw impl_->Wrong(key, *node, "an integer " + IntRangeText(low, high));
    }
    value = *found;
  }
  impl_->known[key] = std::to_string(value);
  return value;
}

double Config::GetDouble(const std::string& key, double fallback, double low, double high) {
  double value = fallback;
  if (const auto* node = impl_->Find(key)) {
    const auto found = AsDouble(*node);
    if (!found || !std::isfinite(*found) || *found < low || *found > high) {
      throw impl_->Wrong(key, *node, "a number " + RangeText(low, high));
    }
    value = *found;
  }
  impl_->known[key] = DoubleToml(value);
  return value;
}

bool Config::GetBool(const std::string& key, bool fallback) {
  bool value = fallback;
  if (const auto* node = impl_->Find(key)) {
    const auto found = node->value_exact<bool>();
    if (!found) throw impl_->Wrong(key, *node, "true or false");
    value = *found;
  }
  impl_->known[key] = value ? "true" : "false";
  return value;
}

std::string Config::GetString(const std::string& key, const std::string& fallback) {
  std::string value = fallback;
  if (const auto* node = impl_->Find(key)) {
    const auto found = node->value_exact<std::string>();
    if (!found) throw impl_->Wrong(key, *node, "a string (write it in quotes)");
    value = *found;
  }
  impl_->known[key] = StringToml(value);
  return value;
}

std::string Config::GetChoice(const std::string& key, const std::string& fallback,
                              const std::vector<std::string>& allowed) {
  std::string value = GetString(key, fallback);
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
  std::string text = "one of " + ListToml(allowed, StringToml);
  const std::string closest = ClosestMatch(value, allowed);
  if (!closest.empty()) text += "; did you mean '" + closest + "'?";
  throw Wrong(key, text);
}

void Config::RequireAllKeysUsed(const std::vector<std::string>& foreign_tables) const {
  std::map<std::string, const toml::node*> leaves;
  CollectLeaves(impl_->root, "", leaves);
  std::vector<std::string> known;
  for (const auto& [key, value] : impl_->known) known.push_back(key);
  const auto foreign = [&foreign_tables](const std::string& key) {
    return std::any_of(foreign_tables.begin(), foreign_tables.end(),
                       [&key](const std::string& table) { return key.starts_with(table + "."); });
  };
  for (const auto& [key, node] : leaves) {
    if (impl_->known.contains(key) || foreign(key)) continue;
    std::string message = impl_->Place(key, *node) + ": unknown key '" + key + "'";
    const std::string closest = ClosestMatch(key, known);
    if (!closest.empty()) message += "; did you mean '" + closest + "'?";
    throw ConfigError(message);
  }
}

ConfigError Config::Wrong(const std::string& key, const std::string& allowed) const {
  if (const auto* node = impl_->Find(key)) return impl_->Wrong(key, *node, allowed);
  const auto it = impl_->known.find(key);
  const std::string value = it == impl_->known.end() ? "absent" : it->second;
  return ConfigError(impl_->source + ": " + key + " = " + value + " (default) is not " + allowed);
}

std::string Config::EffectiveToml() const {
  std::map<std::string, std::string> all = impl_->known;
  std::map<std::string, const toml::node*> leaves;
  CollectLeaves(impl_->root, "", leaves);
  for (const auto& [key, node] : leaves) all.try_emplace(key, NodeText(*node));
  std::map<std::string, std::map<std::string, std::string>> tables;
  for (const auto& [key, value] : all) {
    const auto dot = key.rfind('.');
    DYNA_CHECK_MSG(dot != std::string::npos, key);
    tables[key.substr(0, dot)][key.substr(dot + 1)] = value;
  }
  std::string text;
  for (const auto& [table, entries] : tables) {
    text += (text.empty() ? "[" : "\n[") + table + "]\n";
    for (const auto& [key, value] : entries) text += key + " = " + value + "\n";
  }
  return text;
}

}  // namespace dyna
