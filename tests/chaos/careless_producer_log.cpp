// A ProducerLog that is wrong, in place of the real one, for shards that the harness must catch.
// DYNA_TAKES_TWICE: what is sent again is taken again. Without it: what is sent again is taken
// once, but no epoch fences an older one.

#include <map>
#include <tuple>
#include <vector>

#include "replay/service/producer_log.hpp"

namespace dyna::replay {
namespace {

using Key = std::tuple<std::string, std::uint32_t, std::uint64_t>;  // table, producer, epoch

std::map<Key, std::uint64_t>& NextSeqs() {
  static std::map<Key, std::uint64_t> next;
  return next;
}

Key KeyOf(const wire::Append& append) { return {append.table, append.producer, append.epoch}; }

std::uint64_t EndOf(const wire::Append& append) {
  return append.first_seq + static_cast<std::uint64_t>(append.rows);
}

}  // namespace

Result<ProducerLog::Verdict> ProducerLog::Judge([[maybe_unused]] const wire::Append& append) {
#ifndef DYNA_TAKES_TWICE
  const auto found = NextSeqs().try_emplace(KeyOf(append), append.first_seq).first;
  if (EndOf(append) <= found->second) return Verdict::kTwice;
  if (append.first_seq > found->second) return Error{ErrorCode::kBackpressure, "rows are missing"};
#endif
  return Verdict::kNew;
}

void ProducerLog::Took(const wire::Append& append) { NextSeqs()[KeyOf(append)] = EndOf(append); }

std::uint64_t ProducerLog::next_seq(const wire::Append& append) const {
  return NextSeqs()[KeyOf(append)];
}

void ProducerLog::Save(const std::string& table, StateDict& state) const {
  std::vector<std::uint64_t> ids;
  std::vector<std::uint64_t> epochs;
  std::vector<std::uint64_t> next;
  for (const auto& [key, seq] : NextSeqs()) {
    if (std::get<0>(key) != table) continue;
    ids.push_back(std::get<1>(key));
    epochs.push_back(std::get<2>(key));
    next.push_back(seq);
  }
  state.Put("producer", ids);
  state.Put("epoch", epochs);
  state.Put("next_seq", next);
}

void ProducerLog::Load(const std::string& table, const StateDict& state) {
  const auto ids = state.Get<std::uint64_t>("producer");
  const auto epochs = state.Get<std::uint64_t>("epoch");
  const auto next = state.Get<std::uint64_t>("next_seq");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    NextSeqs()[{table, static_cast<std::uint32_t>(ids[i]), epochs[i]}] = next[i];
  }
}

}  // namespace dyna::replay
