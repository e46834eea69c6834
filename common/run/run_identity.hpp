#pragma once

#include <functional>
#include <map>
#include <string>

#include "common/config/config.hpp"

namespace dyna {

/// What makes two runs the same run: every setting but those that a resume may change (run.steps).
class RunIdentity {
 public:
  /// `config` with every key read. Only keys that `counts`, all if it is empty.
  static RunIdentity From(const Config& config,
                          const std::function<bool(const std::string& key)>& counts = {});

  /// As TOML; what a checkpoint holds.
  std::string Text() const;

  /// Empty if a run with identity `text` may go on as this one; else the first difference, as
  /// "'key = a' there, 'key = b' here". A key that was unknown when `text` was written and has its
  /// default here is none: checkpoints outlive the version that made them.
  std::string DifferenceFrom(const std::string& text) const;

 private:
  struct Setting {
    std::string value;
    bool is_default = false;
  };
  std::map<std::string, Setting> settings_;  ///< by dotted key
};

}  // namespace dyna
