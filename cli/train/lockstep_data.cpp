// The part of LockstepTrainer that takes real rows from files.

#include "cli/data/column.hpp"
#include "cli/data/data_file.hpp"
#include "cli/train/lockstep_trainer.hpp"
#include "common/core/check.hpp"

namespace dyna::cli {
namespace {

/// What rows of files have for a producer.
constexpr std::uint32_t kImportProducer = 0xFFFF'FFFF;

}  // namespace

std::int64_t LockstepTrainer::real_capacity() const {
  return replay_->Counters(kRealTable).value().capacity;
}

void LockstepTrainer::FillFromFiles() {
  DYNA_CHECK(offline() && offline_steps_ == 0);
  AppendReal(ReadDataFiles(options_.offline, spec_, real_capacity()));
}

void LockstepTrainer::Import(const TransitionBatch& rows) {
  const TableCounters counters = replay_->Counters(kRealTable).value();
  if (rows.size() > counters.capacity - counters.size) {
    throw DataError(std::to_string(rows.size()) + " rows do not fit beside the " +
                    std::to_string(counters.size) + " that are there: at most " +
                    std::to_string(counters.capacity) + " (replay.real_capacity)");
  }
  AppendReal(rows);
  if (offline()) return;
  const Status forgone = learner_->ForgoBacklog();
  DYNA_CHECK_MSG(forgone.ok(), forgone.error().message);
}

void LockstepTrainer::AppendReal(TransitionBatch rows) {
  // Episodes that no actor has, nor an earlier import: each has at least one row.
  const std::uint64_t first = replay_->Counters(kRealTable).value().inserted;
  for (Provenance& from : rows.provenance) {
    from.producer = kImportProducer;
    from.episode += first;
  }
  const Status taken = replay_->Append(kRealTable, rows);
  DYNA_CHECK_MSG(taken.ok(), taken.error().message);
}

}  // namespace dyna::cli
