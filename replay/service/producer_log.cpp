#include "replay/service/producer_log.hpp"

#include <algorithm>

namespace dyna::replay {
namespace {

std::string NameOf(const wire::Append& append) {
  return "producer " + std::to_string(append.producer) + " of '" + append.table + "'";
}

}  // namespace

Result<ProducerLog::Verdict> ProducerLog::Judge(const wire::Append& append) {
  const auto found = producers_.find({append.table, append.producer});
  // Who is not known may begin anywhere: a shard that lost its memory cannot ask for what it had.
  if (found == producers_.end() || append.epoch > found->second.epoch) return Verdict::kNew;
  Progress& progress = found->second;
  progress.used = ++uses_;
  if (append.epoch < progress.epoch) {
    return Error{ErrorCode::kVersionMismatch,
                 NameOf(append) + ": epoch " + std::to_string(append.epoch) +
                     " was replaced by epoch " + std::to_string(progress.epoch) +
                     ": a newer process has the same cluster.instance"};
  }
  const std::uint64_t end = append.first_seq + static_cast<std::uint64_t>(append.rows);
  if (append.first_seq == progress.next_seq) return Verdict::kNew;
  if (end <= progress.next_seq) return Verdict::kTwice;
  if (append.first_seq > progress.next_seq) {
    return Error{ErrorCode::kBackpressure, NameOf(append) + ": rows " +
                                               std::to_string(progress.next_seq) + " to " +
                                               std::to_string(append.first_seq) + " are missing"};
  }
  return Error{ErrorCode::kInvalidArgument,
               NameOf(append) + ": rows " + std::to_string(append.first_seq) + " to " +
                   std::to_string(end) + " overlap those before " +
                   std::to_string(progress.next_seq) + ", which were taken"};
}

void ProducerLog::Took(const wire::Append& append) {
  if (producers_.size() >= kProducersMax && !producers_.contains({append.table, append.producer})) {
    ForgetSilent();
  }
  producers_[{append.table, append.producer}] = {
      .epoch = append.epoch,
      .next_seq = append.first_seq + static_cast<std::uint64_t>(append.rows),
      .used = ++uses_};
}

std::uint64_t ProducerLog::next_seq(const wire::Append& append) const {
  const auto found = producers_.find({append.table, append.producer});
  return found == producers_.end() ? append.first_seq : found->second.next_seq;
}

void ProducerLog::ForgetSilent() {
  producers_.erase(
      std::min_element(producers_.begin(), producers_.end(),
                       [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
}

}  // namespace dyna::replay
