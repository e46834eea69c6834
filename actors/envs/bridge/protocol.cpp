#include "actors/envs/bridge/protocol.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace dyna::envs::bridge {
namespace {

constexpr std::size_t kHeaderBytes = 16;
constexpr std::uint32_t kMagic = 0x4D475944;  // "DYGM"
constexpr std::uint16_t kVersion = 1;
constexpr std::uint32_t kColumnsMax = 8192;
constexpr std::int64_t kIndicesMax = 1 << 20;
constexpr std::uint32_t kTextBytesMax = 1 << 16;
constexpr std::uint32_t kSideMax = 8192;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Writer {
 public:
  Writer(Type type, std::uint64_t number, std::size_t body_bytes) {
    bytes_.reserve(kHeaderBytes + body_bytes);
    Put(kMagic);
    Put(kVersion);
    Put(static_cast<std::uint16_t>(type));
    Put(number);
  }
  template <class T>
  void Put(T value) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    wire::StoreAt(bytes_.data() + at, value);
  }
  void PutText(const std::string& text) {
    Put(static_cast<std::uint32_t>(text.size()));
    PutRaw(text.data(), text.size());
  }
  template <class T>
  void PutAll(std::span<const T> values) {
    PutRaw(values.data(), values.size_bytes());
  }
  wire::Bytes Take() { return std::move(bytes_); }

 private:
  void PutRaw(const void* data, std::size_t size) {
    if (size == 0) return;
    const std::size_t at = bytes_.size();
    bytes_.resize(at + size);
    std::memcpy(bytes_.data() + at, data, size);
  }
  wire::Bytes bytes_;
};

/// Reads a body from the front; after the first thing missing, zeros.
class Reader {
 public:
  explicit Reader(wire::ByteView message)
      : left_(message.subspan(std::min(kHeaderBytes, message.size()))) {}
  template <class T>
  T Get() {
    const wire::ByteView raw = Take(sizeof(T));
    return raw.empty() ? T{} : wire::LoadAt<T>(raw.data());
  }
  std::vector<double> GetDoubles(std::size_t count) {
    const wire::ByteView raw = Take(count * sizeof(double));
    std::vector<double> values(raw.size() / sizeof(double));
    if (!raw.empty()) std::memcpy(values.data(), raw.data(), raw.size());
    return values;
  }
  std::string GetText() {
    const auto size = Get<std::uint32_t>();
    const wire::ByteView raw = size > kTextBytesMax ? Fail() : Take(size);
    std::string text(raw.size(), '\0');
    if (!raw.empty()) std::memcpy(text.data(), raw.data(), raw.size());
    return text;
  }
  wire::ByteView Take(std::size_t count) {
    if (failed_ || count > left_.size()) return Fail();
    const wire::ByteView taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  wire::ByteView Fail() {
    failed_ = true;
    return {};
  }
  /// Everything was there and nothing is left.
  bool ended() const noexcept { return !failed_ && left_.empty(); }

 private:
  wire::ByteView left_;
  bool failed_ = false;
};

Error Malformed(const std::string& what) { return {ErrorCode::kMalformed, what}; }

Result<Space> ReadSpace(Reader& reader) {
  const auto kind = reader.Get<std::uint8_t>();
  if (kind == 1) {
    const auto n = reader.Get<std::int64_t>();
    if (n < 1 || n > kIndicesMax) {
      return Malformed("a space of " + std::to_string(n) + " indices, not 1 to " +
                       std::to_string(kIndicesMax));
    }
    return Space::Discrete(n);
  }
  const auto columns = reader.Get<std::uint32_t>();
  if (kind != 0 || columns < 1 || columns > kColumnsMax) return Malformed("no space at all");
  auto low = reader.GetDoubles(columns);
  auto high = reader.GetDoubles(columns);
  if (low.size() != columns || high.size() != columns) return Malformed("a space is cut off");
  for (std::size_t i = 0; i < columns; ++i) {
    if (!(low[i] <= high[i])) return Malformed("a space whose low is not below its high");
    if (low[i] == kInfinity || high[i] == -kInfinity)
      return Malformed("a space that holds nothing");
  }
  return Space::Box(std::move(low), std::move(high));
}

}  // namespace

wire::Bytes EncodeMake(std::uint64_t number, const MakeRequest& request) {
  Writer writer(Type::kMake, number, 21 + request.name.size() + request.arguments.size());
  writer.Put(request.count);
  writer.Put(request.episode_steps_max);
  writer.Put(static_cast<std::uint8_t>(request.render ? 1 : 0));
  writer.PutText(request.name);
  writer.PutText(request.arguments);
  return writer.Take();
}

wire::Bytes EncodeReset(std::uint64_t number, std::uint32_t environment, std::uint64_t seed) {
  Writer writer(Type::kReset, number, 12);
  writer.Put(environment);
  writer.Put(seed);
  return writer.Take();
}

wire::Bytes EncodeStep(std::uint64_t number, std::span<const std::uint32_t> environments,
                       std::span<const double> actions) {
  Writer writer(Type::kStep, number, 4 + environments.size_bytes() + actions.size_bytes());
  writer.Put(static_cast<std::uint32_t>(environments.size()));
  writer.PutAll(environments);
  writer.PutAll(actions);
  return writer.Take();
}

wire::Bytes EncodeReplay(std::uint64_t number, std::uint32_t environment, std::uint64_t seed,
                         std::uint32_t steps, std::span<const double> actions) {
  Writer writer(Type::kReplay, number, 16 + actions.size_bytes());
  writer.Put(environment);
  writer.Put(seed);
  writer.Put(steps);
  writer.PutAll(actions);
  return writer.Take();
}

wire::Bytes EncodeAbout(std::uint64_t number, Type type, std::uint32_t environment) {
  Writer writer(type, number, 4);
  writer.Put(environment);
  return writer.Take();
}

wire::Bytes EncodeBye(std::uint64_t number) { return Writer(Type::kBye, number, 0).Take(); }

Result<Header> DecodeHeader(wire::ByteView message) {
  if (message.size() < kHeaderBytes || wire::LoadAt<std::uint32_t>(message.data()) != kMagic) {
    return Malformed("what answers is no bridge of OpenDyna");
  }
  const auto version = wire::LoadAt<std::uint16_t>(message.data() + 4);
  if (version != kVersion) {
    return Error{ErrorCode::kVersionMismatch, "the bridge speaks protocol " +
                                                  std::to_string(version) + ", not " +
                                                  std::to_string(kVersion)};
  }
  return Header{.type = static_cast<Type>(wire::LoadAt<std::uint16_t>(message.data() + 6)),
                .number = wire::LoadAt<std::uint64_t>(message.data() + 8)};
}

Result<EnvSpec> DecodeMade(wire::ByteView message) {
  Reader reader(message);
  EnvSpec spec;
  auto observation = ReadSpace(reader);
  if (!observation.ok()) return observation.error();
  auto action = ReadSpace(reader);
  if (!action.ok()) return action.error();
  spec.observation = std::move(observation).value();
  spec.action = std::move(action).value();
  spec.max_episode_steps = reader.Get<std::int64_t>();
  const auto has_threshold = reader.Get<std::uint8_t>();
  const auto threshold = reader.Get<double>();
  if (!reader.ended() || has_threshold > 1 || !std::isfinite(threshold) ||
      spec.max_episode_steps < 0) {
    return Malformed("a description of the wrong size or values");
  }
  if (has_threshold == 1) spec.reward_threshold = threshold;
  return spec;
}

Result<std::vector<double>> DecodeObservation(wire::ByteView message, std::int64_t columns) {
  Reader reader(message);
  auto obs = reader.GetDoubles(static_cast<std::size_t>(columns));
  if (!reader.ended()) return Malformed("an observation of the wrong size");
  return obs;
}

Result<Stepped> DecodeStepped(wire::ByteView message, std::size_t count, std::int64_t columns) {
  Reader reader(message);
  Stepped stepped;
  stepped.obs = reader.GetDoubles(count * static_cast<std::size_t>(columns));
  stepped.reward = reader.GetDoubles(count);
  const wire::ByteView ends = reader.Take(count);
  if (!reader.ended()) return Malformed("the result of a step has the wrong size");
  for (const std::byte end : ends) {
    const auto bits = std::to_integer<unsigned>(end);
    if (bits > 3) return Malformed("an end of an episode that is none");
    stepped.terminated.push_back((bits & 1U) != 0);
    stepped.truncated.push_back((bits & 2U) != 0);
  }
  return stepped;
}

Result<Image> DecodeFrame(wire::ByteView message) {
  Reader reader(message);
  Image image;
  const auto height = reader.Get<std::uint32_t>();
  const auto width = reader.Get<std::uint32_t>();
  if (height > kSideMax || width > kSideMax) return Malformed("a picture beyond 8192 pixels");
  const wire::ByteView pixels = reader.Take(std::size_t{3} * height * width);
  if (!reader.ended() || pixels.empty()) return Malformed("a picture of the wrong size");
  image.height = height;
  image.width = width;
  image.rgb.resize(pixels.size());
  std::memcpy(image.rgb.data(), pixels.data(), pixels.size());
  return image;
}

Result<std::string> DecodeInfo(wire::ByteView message) {
  Reader reader(message);
  std::string text = reader.GetText();
  if (!reader.ended()) return Malformed("an info of the wrong size");
  return text;
}

Result<Failure> DecodeError(wire::ByteView message) {
  Reader reader(message);
  const auto fault = reader.Get<std::uint8_t>();
  Failure failure{.fault = static_cast<Fault>(fault),
                  .summary = reader.GetText(),
                  .traceback = reader.GetText()};
  if (!reader.ended() || fault > 2) return Malformed("an error that is none");
  return failure;
}

}  // namespace dyna::envs::bridge
