#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <zmq.hpp>

#include "common/core/error.hpp"

namespace dyna::net {

/// A CURVE key pair, both halves as the 40 characters of Z85 that libzmq takes.
struct KeyPair {
  std::string public_key = {};
  std::string secret_key = {};
};

/// Characters of a key as text.
inline constexpr std::size_t kKeyCharacters = 40;

/// A new pair from the system's random numbers.
KeyPair MakeKeyPair();
/// The pair that this secret half belongs to. The key must have passed CheckKey().
KeyPair PairOf(const std::string& secret_key);

/// Done if `key`, of either half, is one that may be used. The error says what is wrong with it
/// and never the key itself: not Z85, all zero, or printed in ZeroMQ's own documentation, where
/// everybody has read its other half.
Status CheckKey(std::string_view key);

/// What gives a socket its keys, before bind or connect (SocketOptions::secure). A listening one
/// admits nobody unless a ZapHandler of its context says so.
std::function<void(zmq::socket_t&)> ListenWith(const KeyPair& own);
/// Speaks to nobody but the owner of `server_key`, a public one.
std::function<void(zmq::socket_t&)> ConnectWith(const KeyPair& own, const std::string& server_key);

}  // namespace dyna::net
