#include "actors/service/episode_reporter.hpp"

#include <algorithm>

namespace dyna::actors {

void EpisodeReporter::Add(const std::vector<Episode>& episodes) {
  waiting_.insert(waiting_.end(), episodes.begin(), episodes.end());
  while (waiting_.size() > kEpisodesMax && under_way_ == 0) waiting_.pop_front();
}

void EpisodeReporter::Poll() {
  if (request_) {
    const auto answer = pipeline_.Take(*request_);
    if (!answer) return;
    request_.reset();
    if (answer->ok()) {
      waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(under_way_));
    }
    under_way_ = 0;
  }
  if (waiting_.empty()) return;
  wire::EpisodeReport report{
      .instance = instance_, .producer = producer_, .epoch = epoch_, .episodes = {}};
  const std::size_t count = std::min(waiting_.size(), wire::EpisodeReport::kEpisodesMax);
  for (std::size_t i = 0; i < count; ++i) {
    const Episode& episode = waiting_[i];
    report.episodes.push_back({.index = episode.index,
                               .env_steps = episode.env_steps,
                               .steps = episode.steps,
                               .episode_return = episode.episode_return,
                               .terminated = episode.terminated});
  }
  const auto sent = pipeline_.Send(report);
  if (!sent.ok()) return;
  request_ = sent.value();
  under_way_ = count;
}

}  // namespace dyna::actors
