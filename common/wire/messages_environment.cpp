#include "common/wire/messages_environment.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/wire/message_codec_impl.hpp"
#include "common/wire/table_state.hpp"

namespace dyna {
namespace {

/// Bounds of a box: any real but NaN.
struct Bounds {
  std::vector<double>& values;
};

void save(wire::BoundedWriter& archive, const Bounds& bounds) {
  DYNA_CHECK(bounds.values.size() <= wire::Environment::kBoundsMax);
  wire::WriteNumber(archive, static_cast<std::uint32_t>(bounds.values.size()));
  for (const double value : bounds.values) wire::WriteNumber(archive, value);
}

void load(wire::BoundedReader& archive, Bounds& bounds) {
  const auto count = wire::ReadNumber<std::uint32_t>(archive);
  if (count > wire::Environment::kBoundsMax) archive.Fail("a box has too many bounds");
  bounds.values.clear();
  for (std::uint32_t i = 0; i < count && !archive.failed(); ++i) {
    bounds.values.push_back(wire::ReadNumber<double>(archive));
  }
}

/// Names of the physical state.
struct StateNames {
  std::vector<std::string>& names;
};

void save(wire::BoundedWriter& archive, const StateNames& field) {
  DYNA_CHECK(field.names.size() <= wire::Environment::kStateNamesMax);
  wire::WriteNumber(archive, static_cast<std::uint32_t>(field.names.size()));
  for (std::string& name : field.names) archive(wire::Text{name, wire::kNameBytesMax});
}

void load(wire::BoundedReader& archive, StateNames& field) {
  const auto count = wire::ReadNumber<std::uint32_t>(archive);
  if (count > wire::Environment::kStateNamesMax) archive.Fail("an environment has too many names");
  field.names.clear();
  // An empty name takes 2 bytes there and 32 here: no room for names that cannot follow, and none
  // for growing.
  field.names.reserve(std::min<std::size_t>(count, archive.bytes_left() / 2));
  for (std::uint32_t i = 0; i < count; ++i) {
    std::string name;
    archive(wire::Text{name, wire::kNameBytesMax});
    if (archive.failed()) return;
    field.names.push_back(std::move(name));
  }
}

std::string Problem(const Space& space) {
  if (space.discrete()) {
    if (space.n < 1 || !space.low.empty() || !space.high.empty()) return "a discrete space is none";
    return {};
  }
  if (space.n != 0 || space.low.empty() || space.low.size() != space.high.size()) {
    return "a box is none";
  }
  for (std::size_t i = 0; i < space.low.size(); ++i) {
    // Written so that a NaN fails.
    if (!(space.low[i] <= space.high[i])) return "a bound of a box is below the other";
  }
  return {};
}

template <class Archive>
void Fields(Archive& archive, Space& space) {
  archive(wire::InRange{space.kind, Space::Kind::kBox, Space::Kind::kDiscrete}, Bounds{space.low},
          Bounds{space.high},
          wire::InRange{space.n, std::int64_t{0}, wire::Environment::kDiscreteMax});
}

}  // namespace

// Found by cereal in the namespace of what is archived.
void save(wire::BoundedWriter& archive, const Space& space) {
  Fields(archive, const_cast<Space&>(space));  // NOLINT: one list of fields for both directions
}

void load(wire::BoundedReader& archive, Space& space) {
  Fields(archive, space);
  if (const std::string problem = Problem(space); !problem.empty()) archive.Fail(problem);
}

namespace wire {
template <class Archive>
void serialize(Archive& /*archive*/, Describe& /*message*/) {}

template <class Archive>
void serialize(Archive& archive, Environment& message) {
  EnvSpec& spec = message.spec;
  bool has_threshold = spec.reward_threshold.has_value();
  double threshold = spec.reward_threshold.value_or(0.0);
  archive(
      Text{spec.name, kNameBytesMax}, spec.observation, spec.action,
      InRange{spec.max_episode_steps, std::int64_t{0}, std::numeric_limits<std::int64_t>::max()},
      has_threshold);
  if (has_threshold) archive(threshold);
  archive(StateNames{spec.state_names});
  spec.reward_threshold = has_threshold ? std::optional(threshold) : std::nullopt;
}

DYNA_WIRE_MESSAGE(Describe);
DYNA_WIRE_MESSAGE(Environment);

}  // namespace wire
}  // namespace dyna
