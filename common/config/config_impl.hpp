#pragma once

// Only for config*.cpp: toml++ stays out of everybody else's includes.

#include <toml++/toml.h>

#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "common/config/toml_text.hpp"

namespace dyna {

/// As it would be written in TOML.
inline std::string NodeText(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return StringToml(*text);
  std::ostringstream out;
  node.visit([&out](const auto& concrete) { out << concrete; });
  return out.str();
}

/// A number, whether written as an integer or not.
inline std::optional<double> AsDouble(const toml::node& node) {
  if (const auto number = node.value_exact<double>()) return number;
  if (const auto integer = node.value_exact<std::int64_t>()) return static_cast<double>(*integer);
  return std::nullopt;
}

struct Config::Impl {
  toml::table root;
  std::string source = "defaults";
  std::set<std::string> overridden;          ///< keys set on the command line
  std::map<std::string, std::string> known;  ///< keys read, with the value in force as TOML

  const toml::node* Find(const std::string& key) const { return root.at_path(key).node(); }

  std::string Place(const std::string& key, const toml::node& node) const {
    if (overridden.contains(key)) return "--set";
    const auto& file = node.source().path;
    return (file ? *file : source) + ":" + std::to_string(node.source().begin.line);
  }

  ConfigError Wrong(const std::string& key, const toml::node& node,
                    const std::string& allowed) const {
    return ConfigError(Place(key, node) + ": " + key + " = " + NodeText(node) + " is not " +
                       allowed);
  }

  /// A list whose entries all pass `read` (a value, or nothing when it is not allowed).
  template <class T, class Read>
  std::vector<T> GetList(const std::string& key, const std::vector<T>& fallback,
                         std::size_t size_min, std::size_t size_max, Read read,
                         const std::string& allowed) const {
    const auto* node = Find(key);
    if (node == nullptr) return fallback;
    const auto* list = node->as_array();
    if (list == nullptr || list->size() < size_min || list->size() > size_max) {
      throw Wrong(key, *node, allowed);
    }
    std::vector<T> values;
    for (const toml::node& entry : *list) {
      const std::optional<T> value = read(entry);
      if (!value) throw Wrong(key, *node, allowed);
      values.push_back(*value);
    }
    return values;
  }
};

}  // namespace dyna
