#include "tests/common/wire/example_messages.hpp"
#include "tests/fuzz/seed_writer.hpp"
#include "tests/fuzz/seeds.hpp"

namespace dyna::fuzz {
namespace {

using wire::kExampleShape;

/// The front of an input of the target "payloads".
SeedWriter Payload(std::uint8_t which, std::uint16_t rows, std::uint8_t batches, bool weighted) {
  SeedWriter writer;
  writer.Choice(which)
      .Number(static_cast<std::uint16_t>(kExampleShape.obs_columns))
      .Choice(static_cast<std::uint8_t>(kExampleShape.action_columns))
      .Number(rows)
      .Choice(static_cast<std::uint8_t>(batches - 1))
      .Choice(weighted ? 1 : 0);
  return writer;
}

}  // namespace

void MakeWireSeeds(const TakeSeed& take) {
  wire::ForEachExample([&]<class M>(const M& message, const wire::Bytes& payload) {
    const std::string name(wire::Name(M::kType));
    const bool has_payload = wire::HasPayload(M::kType);
    take("messages", name,
         SeedWriter()
             .Choice(static_cast<std::uint8_t>(M::kType))
             .Add(wire::HeaderOf(message))
             .bytes());
    const wire::Bytes head = wire::HeadOf(message, wire::kExampleRequest, payload);
    const auto choices = static_cast<std::uint8_t>((has_payload ? 2U : 1U) << 1U);
    take("envelope", name, SeedWriter().Choice(choices).Sized(head).Add(payload).bytes());
    take("envelope", name + "_repaired",
         SeedWriter().Choice(choices | 1U).Sized(head).Add(payload).bytes());
  });
  wire::Environment empty_names;
  empty_names.spec.observation = Space::Discrete(1);
  empty_names.spec.action = Space::Discrete(1);
  empty_names.spec.state_names.resize(1500);
  take("messages", "Environment_empty_names",
       SeedWriter()
           .Choice(static_cast<std::uint8_t>(wire::Environment::kType))
           .Add(wire::HeaderOf(empty_names))
           .bytes());
  take("payloads", "rows",
       Payload(0, 2, 1, false).Add(wire::EncodeRows(wire::ExampleRows())).bytes());
  take("payloads", "no_rows", Payload(0, 0, 1, false).bytes());
  for (const bool weighted : {false, true}) {
    take("payloads", weighted ? "samples_weighted" : "samples",
         Payload(1, 2, 2, weighted)
             .Add(wire::EncodeSamples(wire::ExampleSamples(), weighted))
             .bytes());
  }
  take("payloads", "priorities",
       Payload(2, 2, 1, false)
           .Add(wire::EncodePriorities({.ids = {81, 82}, .values = {0.5, 2.0}}))
           .bytes());
}

}  // namespace dyna::fuzz
