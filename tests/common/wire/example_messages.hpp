#pragma once

#include <span>
#include <vector>

#include "common/wire/message_codec.hpp"
#include "common/wire/messages_environment.hpp"
#include "common/wire/messages_replay.hpp"
#include "common/wire/messages_report.hpp"
#include "common/wire/messages_session.hpp"
#include "common/wire/messages_weights.hpp"
#include "common/wire/samples_codec.hpp"
#include "tests/common/wire/wire_testing.hpp"

// One message of every type, each field with a value of its own, so that two swapped fields show.
// tests/data/wire/v1/NAME.bin holds their bytes.

namespace dyna::wire {

inline constexpr std::uint64_t kExampleRequest = 0x0102030405060708;
inline constexpr TransitionShape kExampleShape = {.obs_columns = 3, .action_columns = 1};

inline TableState ExampleState() {
  return {.counters = {.size = 11,
                       .capacity = 12,
                       .inserted = 13,
                       .sampled = 14,
                       .evicted_capacity = 15,
                       .evicted_stale = 16,
                       .priority_total = 0.5,
                       .incarnation = 17,
                       .restored = 18,
                       .grants = 19,
                       .granted = 20,
                       .wanted = 21}};
}

inline Identity ExampleIdentity(Role role, const char* instance) {
  return {.role = role,
          .instance = instance,
          .run = "run-1",
          .environment = "Pendulum-v1",
          .shape = kExampleShape,
          .discrete = true,
          .incarnation = 21};
}

/// Two rows with simple numbers.
inline TransitionBatch ExampleRows() { return CountingRows(2, kExampleShape); }

inline std::vector<SampleBatch> ExampleSamples() {
  SampleBatch first = {.rows = ExampleRows(), .ids = {31, 32}, .weights = FloatVector(2)};
  first.weights << 1.0F, 0.25F;
  SampleBatch second = {.rows = ExampleRows(), .ids = {33, 34}, .weights = FloatVector(2)};
  second.rows.obs.setConstant(-1.0F);
  second.weights << 0.5F, 1.0F;
  return {first, second};
}

/// Calls visit(message, payload) for each.
template <class Visitor>
void ForEachExample(Visitor&& visit) {
  visit(Hello{.client = ExampleIdentity(Role::kActor, "actor-3"), .producer = 22}, Bytes());
  visit(Welcome{.server = ExampleIdentity(Role::kReplay, "replay-0"),
                .session = 24,
                .shard = 23,
                .tables = {{"real", ExampleState()}, {"synthetic", {}}}},
        Bytes());
  visit(Ok{}, Bytes());
  visit(Refusal{.code = ErrorCode::kNotFound, .message = "no table \"x\""}, Bytes());
  visit(Describe{}, Bytes());
  visit(Environment{.spec = {.name = "Pendulum-v1",
                             .observation = Space::Box({-1.0, -1.0, -8.0}, {1.0, 1.0, 8.0}),
                             .action = Space::Discrete(3),
                             .max_episode_steps = 200,
                             .reward_threshold = -150.5,
                             .state_names = {"theta", "theta_dot"}}},
        Bytes());
  visit(Append{.table = "real",
               .producer = 41,
               .epoch = 42,
               .first_seq = 43,
               .rows = 2,
               .level = AckLevel::kDurable},
        EncodeRows(ExampleRows()));
  visit(AppendAck{.producer = 51,
                  .epoch = 52,
                  .next_seq = 53,
                  .level = AckLevel::kDurable,
                  .credit_bytes = 54,
                  .state = ExampleState()},
        Bytes());
  visit(Sample{.table = "real",
               .rows = 61,
               .batches = 62,
               .prioritized = true,
               .importance_beta = 0.5,
               .limited = false},
        Bytes());
  visit(SampleReply{.rows = 2, .batches = 2, .weighted = true, .state = ExampleState()},
        EncodeSamples(ExampleSamples(), true));
  visit(Read{.table = "real", .cursor = 71, .rows_max = 72}, Bytes());
  visit(ReadReply{.next_cursor = 73, .rows_missed = 74, .rows = 2, .state = ExampleState()},
        EncodeRows(ExampleRows()));
  visit(UpdatePriorities{.table = "real", .count = 2},
        EncodePriorities({.ids = {81, 82}, .values = {0.5, 2.0}}));
  visit(Grant{.table = "real", .order = {.incarnation = 7, .grants = 2, .inserted_max = 1000}},
        Bytes());
  visit(SetCapacity{.table = "synthetic", .capacity = 91}, Bytes());
  visit(EvictStale{.table = "synthetic", .version_min = 92}, Bytes());
  visit(Counters{.table = "real"}, Bytes());
  visit(CountersReply{.state = ExampleState()}, Bytes());
  visit(FetchWeights{.name = "policy", .newer_than = 101}, Bytes());
  visit(Weights{.name = "policy", .version = 102, .env_steps = 103}, Bytes(5, std::byte{7}));
  visit(NotNewer{.name = "model", .version = 104, .env_steps = 105}, Bytes());
  visit(Report{.role = Role::kModelServer,
               .instance = "model-server-0",
               .scalars = {{"mse", 0.25}, {"trainings", 3.0}}},
        Bytes());
  visit(EpisodeReport{.instance = "actor-3",
                      .producer = 111,
                      .epoch = 112,
                      .episodes = {{113, 114, 115, -1.5, true}, {116, 117, 118, 2.5, false}}},
        Bytes());
  visit(EvaluationReport{.instance = "evaluator-0",
                         .number = 121,
                         .policy_version = 122,
                         .env_steps = 123,
                         .episodes = {{-200.5, 124}, {-100.25, 125}}},
        Bytes());
}

}  // namespace dyna::wire
