#pragma once

#include "common/telemetry/metric_definition.hpp"

namespace dyna::telemetry::metrics {

using Kind = MetricKind;

// Every role.
inline constexpr MetricDefinition kBuildInfo = {"dyna_build_info",
                                                Kind::kGauge,
                                                "Always 1; the labels say which program this is.",
                                                {"version", "revision"}};
inline constexpr MetricDefinition kRoleSeconds = {
    "dyna_role_seconds_total",
    Kind::kCounter,
    "Time spent by the role's loop in each state; waiting_for_* states are waits for others.",
    {"role", "state"}};
inline constexpr MetricDefinition kBlockedSince = {
    "dyna_role_blocked_since_timestamp_seconds",
    Kind::kGauge,
    "Since when the role has done nothing but wait, under the state it waits in; 0 if it is not.",
    {"role", "state"}};
inline constexpr MetricDefinition kTransportEvents = {
    "dyna_transport_events_total",
    Kind::kCounter,
    "Events of the sockets: connected, disconnected, handshake_failed and so on.",
    {"event"}};
inline constexpr MetricDefinition kTransportRefusals = {
    "dyna_transport_refusals_total",
    Kind::kCounter,
    "Peers and messages refused because of their key or role: unknown_key, wrong_role, forbidden.",
    {"reason"}};
inline constexpr MetricDefinition kAllowlistReloads = {
    "dyna_transport_allowlist_reloads_total",
    Kind::kCounter,
    "Times that SIGHUP made the process read its allowlist again: applied, or refused as wrong.",
    {"outcome"}};

// Replay shards. table: real or synthetic.
inline constexpr MetricDefinition kReplayInserts = {
    "dyna_replay_inserts_total",
    Kind::kCounter,
    "Rows that producers asked to append, by what became of them: appended, waiting or refused.",
    {"table", "outcome"}};
inline constexpr MetricDefinition kReplaySamples = {
    "dyna_replay_samples_total", Kind::kCounter, "Rows handed out to samplers.", {"table"}};
inline constexpr MetricDefinition kReplayItems = {
    "dyna_replay_items", Kind::kGauge, "Rows held.", {"table"}};
inline constexpr MetricDefinition kReplayBytes = {
    "dyna_replay_bytes", Kind::kGauge, "Memory of the rows held.", {"table"}};
inline constexpr MetricDefinition kReplayGrantedItems = {
    "dyna_replay_granted_items",
    Kind::kGauge,
    "Rows that may still be appended before the learner must grant more.",
    {"table"}};
inline constexpr MetricDefinition kReplayAckLevel = {
    "dyna_replay_ack_level_info",
    Kind::kGauge,
    "1 for what an acknowledgement of a table's rows means: memory, or durable (on the disk).",
    {"table", "level"}};
inline constexpr MetricDefinition kReplayLogSyncSeconds = {
    "dyna_replay_wal_fsync_seconds",
    Kind::kHistogram,
    "Time to make a group of appended rows durable.",
    {},
    kSecondsBuckets};
inline constexpr MetricDefinition kReplayLogWaitingBytes = {
    "dyna_replay_wal_waiting_bytes", Kind::kGauge,
    "Appended rows that have not reached the disk yet."};
inline constexpr MetricDefinition kReplayRecoveredItems = {
    "dyna_replay_recovered_items_total",
    Kind::kCounter,
    "Rows that were found on disk at the start.",
    {"table"}};

// Actors.
inline constexpr MetricDefinition kActorSteps = {
    "dyna_actor_env_steps_total", Kind::kCounter, "Steps of real environments.", {"env"}};
inline constexpr MetricDefinition kActorPolicyVersion = {
    "dyna_actor_policy_version", Kind::kGauge, "Policy that the actor acts with; 0 is random."};
inline constexpr MetricDefinition kActorDeadlinesMissed = {
    "dyna_actor_missed_deadlines_total", Kind::kCounter,
    "Steps of a real-time environment that were late."};

inline constexpr MetricDefinition kActorRowsDropped = {
    "dyna_actor_dropped_rows_total", Kind::kCounter,
    "Rows of a real-time environment that found no room in the actor's buffer."};

// Model server and imagination.
inline constexpr MetricDefinition kModelVersion = {"dyna_model_version", Kind::kGauge,
                                                   "Newest dynamics model that was published."};
inline constexpr MetricDefinition kModelHoldoutLoss = {
    "dyna_model_holdout_loss",
    Kind::kGauge,
    "Mean squared error on held-out rows after the last training, by member of the ensemble.",
    {"member"}};
inline constexpr MetricDefinition kModelTrainings = {"dyna_model_trainings_total", Kind::kCounter,
                                                     "Times the dynamics model was fitted."};
inline constexpr MetricDefinition kModelRows = {
    "dyna_model_rows_total", Kind::kCounter,
    "Real rows that the dynamics model was fitted to, each counted once."};
inline constexpr MetricDefinition kImaginationSteps = {
    "dyna_imagination_steps_total", Kind::kCounter, "Rows imagined and appended."};
inline constexpr MetricDefinition kImaginationRolloutLength = {
    "dyna_imagination_rollout_length", Kind::kGauge,
    "Steps of an imagined rollout, by the schedule."};
inline constexpr MetricDefinition kImaginationDisagreement = {
    "dyna_imagination_disagreement", Kind::kGauge,
    "Standard deviation of the members' means at the first step of the last rollouts."};
inline constexpr MetricDefinition kImaginationModelAge = {
    "dyna_imagination_model_age_versions",
    Kind::kHistogram,
    "How many versions older than the newest the oldest model behind a sampled batch is.",
    {},
    kVersionsBuckets};

// Learner.
inline constexpr MetricDefinition kPolicyVersion = {"dyna_policy_version", Kind::kGauge,
                                                    "Newest policy that was published."};
inline constexpr MetricDefinition kLearnerUpdates = {"dyna_learner_updates_total", Kind::kCounter,
                                                     "Updates of the policy and its critics."};
inline constexpr MetricDefinition kLearnerSampledItems = {"dyna_learner_sampled_items_total",
                                                          Kind::kCounter,
                                                          "Rows in the batches of updates.",
                                                          {"table"}};
inline constexpr MetricDefinition kLearnerBatchWait = {"dyna_learner_batch_wait_seconds",
                                                       Kind::kHistogram,
                                                       "Time that an update waited for its batch.",
                                                       {},
                                                       kSecondsBuckets};
inline constexpr MetricDefinition kLearnerRealRatio = {
    "dyna_learner_real_ratio", Kind::kGauge, "Part of a batch that is real rows, 0 to 1."};
inline constexpr MetricDefinition kLearnerRows = {
    "dyna_learner_replay_items",
    Kind::kGauge,
    "Rows ever appended over all shards, as the learner counts them.",
    {"table"}};
inline constexpr MetricDefinition kLearnerAllowedRows = {
    "dyna_learner_allowed_items",
    Kind::kGauge,
    "Rows that may be appended over all shards by now, by the pacing.",
    {"table"}};

inline constexpr MetricDefinition kLearnerUpdateLimit = {
    "dyna_learner_updates_per_env_step_limit", Kind::kGauge,
    "Updates per real step that the run asks for: learner.updates_per_step."};
inline constexpr MetricDefinition kLearnerEvaluationReturn = {
    "dyna_learner_evaluation_return", Kind::kGauge,
    "Mean return of the newest evaluation; absent until there is one."};
inline constexpr MetricDefinition kLearnerEvaluationSteps = {
    "dyna_learner_evaluation_steps", Kind::kGauge,
    "Real steps that the policy of the newest evaluation had learned from."};
inline constexpr MetricDefinition kLearnerEpisodeReturn = {
    "dyna_learner_episode_return", Kind::kGauge,
    "Return of the newest episode that an actor played to learn; absent until there is one."};
inline constexpr MetricDefinition kLearnerLoss = {
    "dyna_learner_loss",
    Kind::kGauge,
    "Figures of the last update that the algorithm gives, such as critic_loss and entropy.",
    {"loss"}};

}  // namespace dyna::telemetry::metrics
