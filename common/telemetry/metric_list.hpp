#pragma once

#include <array>

#include "common/telemetry/metric_names.hpp"

namespace dyna::telemetry::metrics {

/// All metrics that there are: for the tests, and for whoever checks a dashboard against them.
inline constexpr std::array kAll = {&kBuildInfo,
                                    &kRoleSeconds,
                                    &kBlockedSince,
                                    &kTransportEvents,
                                    &kTransportRefusals,
                                    &kAllowlistReloads,
                                    &kReplayInserts,
                                    &kReplaySamples,
                                    &kReplayItems,
                                    &kReplayBytes,
                                    &kReplayGrantedItems,
                                    &kReplayAckLevel,
                                    &kReplayLogSyncSeconds,
                                    &kReplayLogWaitingBytes,
                                    &kReplayRecoveredItems,
                                    &kActorSteps,
                                    &kActorPolicyVersion,
                                    &kActorDeadlinesMissed,
                                    &kActorRowsDropped,
                                    &kModelVersion,
                                    &kModelHoldoutLoss,
                                    &kModelTrainings,
                                    &kModelRows,
                                    &kImaginationSteps,
                                    &kImaginationRolloutLength,
                                    &kImaginationDisagreement,
                                    &kImaginationModelAge,
                                    &kPolicyVersion,
                                    &kLearnerUpdates,
                                    &kLearnerSampledItems,
                                    &kLearnerBatchWait,
                                    &kLearnerRealRatio,
                                    &kLearnerRows,
                                    &kLearnerAllowedRows,
                                    &kLearnerUpdateLimit,
                                    &kLearnerEvaluationReturn,
                                    &kLearnerEvaluationSteps,
                                    &kLearnerEpisodeReturn,
                                    &kLearnerLoss};

}  // namespace dyna::telemetry::metrics
