#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/error.hpp"

namespace dyna {

/// A TOML file plus command-line overrides, read through getters that state type, default and
/// range. Every error is one line: "FILE:LINE: key = value is not ALLOWED". Keys are dotted
/// ("replay.capacity"). Reading marks a key as known; RequireAllKeysUsed() then refuses the rest.
class Config {
 public:
  /// An empty config: every key has its default.
  Config();
  ~Config();
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;
  Config(Config&&) noexcept;
  Config& operator=(Config&&) noexcept;

  /// Reads a file. Missing or ill-formed: ConfigError.
  static Config FromFile(const std::string& path);
  /// Parses text; `source` stands for the file name in errors.
  static Config FromText(std::string_view text, const std::string& source);

  /// Takes every value of another file; what both have is the other's from now on.
  void Overlay(Config other);

  /// "key=value", the value in TOML syntax; a bare word is taken as a string.
  void Set(std::string_view assignment);

  bool Has(const std::string& key) const;
  std::int64_t GetInt(const std::string& key, std::int64_t fallback, std::int64_t low,
                      std::int64_t high);
  /// Finite, in [low, high]. Integers are accepted.
  double GetDouble(const std::string& key, double fallback, double low, double high);
  bool GetBool(const std::string& key, bool fallback);
  std::string GetString(const std::string& key, const std::string& fallback);
  /// One of `allowed`; else an error that suggests the closest.
  std::string GetChoice(const std::string& key, const std::string& fallback,
                        const std::vector<std::string>& allowed);
  /// Strings, `size_min` to `size_max` of them.
  std::vector<std::string> GetStrings(const std::string& key,
                                      const std::vector<std::string>& fallback,
                                      std::size_t size_min, std::size_t size_max);
  /// Numbers, each in [low, high], `size_min` to `size_max` of them.
  std::vector<double> GetDoubles(const std::string& key, const std::vector<double>& fallback,
                                 std::size_t size_min, std::size_t size_max, double low,
                                 double high);
  std::vector<std::int64_t> GetInts(const std::string& key,
                                    const std::vector<std::int64_t>& fallback, std::size_t size_min,
                                    std::size_t size_max, std::int64_t low, std::int64_t high);

  /// ConfigError naming the first key of the file that nobody read, with "did you mean". Keys of
  /// `foreign_tables` ("learner") are somebody else's to judge: one file serves every role.
  void RequireAllKeysUsed(const std::vector<std::string>& foreign_tables = {}) const;
  /// A ConfigError about `key`, with its place and value: for checks that need two keys.
  ConfigError Wrong(const std::string& key, const std::string& allowed) const;
  /// Every key read so far with the value in force, and what else was written, as TOML, tables and
  /// keys sorted.
  std::string EffectiveToml() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dyna
