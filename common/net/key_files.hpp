#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/net/curve_keys.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::net {

/// Where the keys of a cluster lie in their folder, as `dyna keygen` makes it.
std::filesystem::path SecretKeyFile(const std::filesystem::path& folder, wire::Role role);
std::filesystem::path PublicKeyFile(const std::filesystem::path& folder, wire::Role role);
std::filesystem::path AllowlistFile(const std::filesystem::path& folder);

/// The pair whose secret half is all that stands in the file. OperatorError naming the file if it
/// cannot be read, is no plain file, belongs to somebody else than this process' user or root, may
/// be read or written by others than its owner, or holds no key that may be used.
KeyPair ReadSecretKey(const std::filesystem::path& path);
/// The public key that is all that stands in the file; anybody may read it. OperatorError.
std::string ReadPublicKey(const std::filesystem::path& path);

/// Makes a folder (0700) with a pair of its own for each role, secret halves 0600, and an allowlist
/// of them all. OperatorError, and nothing is changed, if anything of that is there already.
/// Returns the files that were written.
std::vector<std::filesystem::path> MakeKeyFolder(const std::filesystem::path& folder);

}  // namespace dyna::net
