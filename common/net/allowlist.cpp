#include "common/net/allowlist.hpp"

#include <fstream>
#include <optional>
#include <sstream>

#include "common/core/error.hpp"
#include "common/net/curve_keys.hpp"

namespace dyna::net {
namespace {

using wire::Role;

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kNameCharactersMax = 64;
constexpr const char* kRoles = "replay, actor, evaluator, model-server, imagination or learner";

std::uint32_t Bit(Role role) { return std::uint32_t{1} << static_cast<unsigned>(role); }

bool Plain(std::string_view name) {
  return name.size() <= kNameCharactersMax && name.find_first_not_of(
                                                  "abcdefghijklmnopqrstuvwxyz"
                                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                  "0123456789-_.@") == std::string_view::npos;
}

}  // namespace

std::optional<Role> RoleNamed(std::string_view name) noexcept {
  for (const Role role : {Role::kReplay, Role::kActor, Role::kEvaluator, Role::kModelServer,
                          Role::kImagination, Role::kLearner}) {
    if (name == wire::Name(role)) return role;
  }
  return std::nullopt;
}

Allowlist Allowlist::FromFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (!file.is_open() || file.bad()) {
    throw OperatorError("cannot read the allowlist '" + path.string() +
                        "'; `dyna keygen` makes one");
  }
  if (text.size() > kFileBytesMax) {
    throw OperatorError("the allowlist '" + path.string() + "' is longer than 1 MiB");
  }
  return FromText(text, path.string());
}

Allowlist Allowlist::FromText(std::string_view text, const std::string& source) {
  Allowlist list;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto wrong = [&](const std::string& why) {
      return OperatorError(source + ":" + std::to_string(number) + ": " + why);
    };
    std::istringstream words(line);
    std::string role_name;
    std::string key;
    std::string name;
    std::string surplus;
    words >> role_name >> key >> name >> surplus;
    if (role_name.empty() || role_name.front() == '#') continue;
    const auto role = RoleNamed(role_name);
    if (!role) {
      throw wrong("'" + role_name.substr(0, kNameCharactersMax) + "' is not a role: " + kRoles);
    }
    if (const Status good = CheckKey(key); !good.ok()) throw wrong(good.error().message);
    if (!Plain(name) || !surplus.empty()) {
      throw wrong("a line is ROLE KEY NAME, the name of up to 64 letters, digits and any of -_.@");
    }
    Entry& entry = list.keys_[key];
    entry.roles |= Bit(*role);
    if (!name.empty()) entry.name = name;
  }
  if (list.keys_.empty()) throw OperatorError(source + ": no key may connect: no line has one");
  return list;
}

std::string Allowlist::Line(Role role, const std::string& public_key, const std::string& name) {
  return std::string(wire::Name(role)) + " " + public_key + " " + name + "\n";
}

bool Allowlist::MayBe(std::string_view public_key, Role role) const {
  const auto found = keys_.find(public_key);
  return found != keys_.end() && (found->second.roles & Bit(role)) != 0;
}

std::string Allowlist::NameOf(std::string_view public_key) const {
  const auto found = keys_.find(public_key);
  return found == keys_.end() ? std::string() : found->second.name;
}

}  // namespace dyna::net
