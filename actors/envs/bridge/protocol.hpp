#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/core/error.hpp"
#include "common/wire/bytes.hpp"

// The bytes of PROTOCOL.md: what is asked, and what answers mean. Decoders trust nothing: anything
// that PROTOCOL.md does not allow is kMalformed, before memory is taken for it.

namespace dyna::envs::bridge {

enum class Type : std::uint16_t {
  kMake = 1,
  kMade = 2,
  kReset = 3,
  kObservation = 4,
  kStep = 5,
  kStepped = 6,
  kReplay = 7,
  kRender = 8,
  kFrame = 9,
  kInfo = 10,
  kInfoText = 11,
  kBye = 12,
  kError = 15,
};

/// Whose fault an error is.
enum class Fault : std::uint8_t { kEnvironment = 0, kRequest = 1, kSession = 2 };

struct MakeRequest {
  std::string name = {};       ///< Gymnasium's, or "module.path:Class"
  std::string arguments = {};  ///< a JSON object, or nothing
  std::uint32_t count = 1;
  std::int64_t episode_steps_max = -1;  ///< -1 the environment's own, 0 none
  bool render = false;
};

struct Stepped {
  std::vector<double> obs = {};  ///< [N,O]
  std::vector<double> reward = {};
  std::vector<bool> terminated = {};
  std::vector<bool> truncated = {};
};

struct Failure {
  Fault fault = Fault::kEnvironment;
  std::string summary = {};
  std::string traceback = {};
};

wire::Bytes EncodeMake(std::uint64_t number, const MakeRequest& request);
wire::Bytes EncodeReset(std::uint64_t number, std::uint32_t environment, std::uint64_t seed);
/// `actions` [N,A], one row per entry of `environments`.
wire::Bytes EncodeStep(std::uint64_t number, std::span<const std::uint32_t> environments,
                       std::span<const double> actions);
/// Reset, then `steps` actions of `actions` [steps,A].
wire::Bytes EncodeReplay(std::uint64_t number, std::uint32_t environment, std::uint64_t seed,
                         std::uint32_t steps, std::span<const double> actions);
/// kRender or kInfo.
wire::Bytes EncodeAbout(std::uint64_t number, Type type, std::uint32_t environment);
wire::Bytes EncodeBye(std::uint64_t number);

struct Header {
  Type type = Type::kError;
  std::uint64_t number = 0;
};

Result<Header> DecodeHeader(wire::ByteView message);
/// Spaces, limit and threshold; not the name.
Result<EnvSpec> DecodeMade(wire::ByteView message);
Result<std::vector<double>> DecodeObservation(wire::ByteView message, std::int64_t columns);
Result<Stepped> DecodeStepped(wire::ByteView message, std::size_t count, std::int64_t columns);
Result<Image> DecodeFrame(wire::ByteView message);
Result<std::string> DecodeInfo(wire::ByteView message);
Result<Failure> DecodeError(wire::ByteView message);

}  // namespace dyna::envs::bridge
