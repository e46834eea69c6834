#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/wire/messages_session.hpp"

namespace dyna::net {

/// Which public key may be which role. A file of lines "ROLE KEY [NAME]"; empty lines and lines
/// that begin with "# " are for people. A key may stand in several lines.
class Allowlist {
 public:
  Allowlist() = default;
  /// OperatorError naming file, line and what is wrong there. One line that is wrong makes all of
  /// it wrong: half a list would lock out somebody without saying so.
  static Allowlist FromFile(const std::filesystem::path& path);
  static Allowlist FromText(std::string_view text, const std::string& source);
  /// One line of such a file, with its line end.
  static std::string Line(wire::Role role, const std::string& public_key, const std::string& name);

  bool Knows(std::string_view public_key) const { return keys_.contains(public_key); }
  bool MayBe(std::string_view public_key, wire::Role role) const;
  /// What the file calls the owner of the key; empty if nothing.
  std::string NameOf(std::string_view public_key) const;
  std::size_t size() const noexcept { return keys_.size(); }

 private:
  struct Entry {
    std::uint32_t roles = 0;  ///< a bit each
    std::string name = {};
  };
  std::map<std::string, Entry, std::less<>> keys_;
};

/// The role that is called so ("model-server"), if one is.
std::optional<wire::Role> RoleNamed(std::string_view name) noexcept;

}  // namespace dyna::net
