#include "replay/service/producer_log.hpp"

#include <algorithm>
#include <vector>

namespace dyna::replay {
namespace {

std::string NameOf(const wire::Append& append) {
  return "producer " + std::to_string(append.producer) + " of '" + append.table + "'";
}

}  // namespace

Result<ProducerLog::Verdict> ProducerLog::Judge(const wire::Append& append) {
  const auto found = producers_.find({append.table, append.producer});
  // Who is not known may begin anywhere: a shard that lost its memory cannot ask for what it had.
  // But where it begins is remembered before anything is taken: if a limit refuses these rows, the
  // ones behind them, which are on their way already, must not be taken in their place.
  if (found == producers_.end() || append.epoch > found->second.epoch) {
    Remember(append, append.first_seq);
    return Verdict::kNew;
  }
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
  Remember(append, append.first_seq + static_cast<std::uint64_t>(append.rows));
}

void ProducerLog::Remember(const wire::Append& append, std::uint64_t next_seq) {
  if (producers_.size() >= kProducersMax && !producers_.contains({append.table, append.producer})) {
    ForgetSilent();
  }
  producers_[{append.table, append.producer}] = {
      .epoch = append.epoch, .next_seq = next_seq, .used = ++uses_};
}

std::uint64_t ProducerLog::next_seq(const wire::Append& append) const {
  const auto found = producers_.find({append.table, append.producer});
  return found == producers_.end() ? append.first_seq : found->second.next_seq;
}

void ProducerLog::Save(const std::string& table, StateDict& state) const {
  std::vector<std::uint64_t> ids;
  std::vector<std::uint64_t> epochs;
  std::vector<std::uint64_t> next;
  for (const auto& [key, progress] : producers_) {
    if (key.first != table) continue;
    ids.push_back(key.second);
    epochs.push_back(progress.epoch);
    next.push_back(progress.next_seq);
  }
  state.Put("producer", ids);
  state.Put("epoch", epochs);
  state.Put("next_seq", next);
}

void ProducerLog::Load(const std::string& table, const StateDict& state) {
  const auto ids = state.Get<std::uint64_t>("producer");
  const auto epochs = state.Get<std::uint64_t>("epoch");
  const auto next = state.Get<std::uint64_t>("next_seq");
  if (epochs.size() != ids.size() || next.size() != ids.size()) {
    throw CheckpointError("producers of '" + table + "': lists of different lengths");
  }
  std::erase_if(producers_, [&table](const auto& entry) { return entry.first.first == table; });
  for (std::size_t i = 0; i < ids.size(); ++i) {
    producers_[{table, static_cast<std::uint32_t>(ids[i])}] = {
        .epoch = epochs[i], .next_seq = next[i], .used = ++uses_};
  }
}

void ProducerLog::ForgetSilent() {
  producers_.erase(
      std::min_element(producers_.begin(), producers_.end(),
                       [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
}

}  // namespace dyna::replay
