#pragma once

#include "common/wire/message_codec.hpp"
#include "common/wire/messages_environment.hpp"
#include "common/wire/messages_replay.hpp"
#include "common/wire/messages_report.hpp"
#include "common/wire/messages_session.hpp"
#include "common/wire/messages_weights.hpp"

namespace dyna::fuzz {

template <class... M, class Visit>
bool VisitOne(wire::MessageType type, Visit&& visit) {
  return ((type == M::kType ? (visit(M{}), true) : false) || ...);
}

/// visit(M{}) for the message of this type; false if there is none.
template <class Visit>
bool WithMessage(wire::MessageType type, Visit&& visit) {
  using namespace wire;  // NOLINT(google-build-using-namespace): 24 names
  return VisitOne<Hello, Welcome, Ok, Refusal, Describe, Environment, Append, AppendAck, Sample,
                  SampleReply, Read, ReadReply, UpdatePriorities, Grant, SetCapacity, EvictStale,
                  Counters, CountersReply, FetchWeights, Weights, NotNewer, Report, EpisodeReport,
                  EvaluationReport>(type, visit);
}

}  // namespace dyna::fuzz
