#include "common/net/request_window.hpp"

#include <algorithm>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::net {

Status RequestWindow::RoomFor(std::size_t bytes) const {
  if (requests_.size() >= options_.requests_max) {
    return Error{ErrorCode::kBackpressure, std::to_string(requests_.size()) +
                                               " requests of at most " +
                                               std::to_string(options_.requests_max) + " wait"};
  }
  if (unanswered_ != 0 && bytes_ + bytes > options_.bytes_max) {
    return Error{ErrorCode::kBackpressure, std::to_string(bytes_) + " bytes of at most " +
                                               std::to_string(options_.bytes_max) +
                                               " wait for an answer, " + std::to_string(bytes) +
                                               " more do not fit"};
  }
  return Done{};
}

void RequestWindow::Add(Outgoing request) {
  const std::size_t bytes = request.head.size() + request.payload.size();
  bytes_ += bytes;
  ++unanswered_;
  next_deadline_ = std::min(next_deadline_, request.deadline);
  requests_.emplace_hint(requests_.end(), next_id_++,
                         Request{.outgoing = std::move(request), .bytes = bytes});
}

Outgoing* RequestWindow::NextUnsent() {
  for (auto at = requests_.lower_bound(next_unsent_); at != requests_.end(); ++at) {
    next_unsent_ = at->first;
    if (!at->second.answer) return &at->second.outgoing;
  }
  next_unsent_ = next_id_;
  return nullptr;
}

void RequestWindow::MarkSent() { ++next_unsent_; }

std::size_t RequestWindow::ConnectionLost(const std::string& why) {
  std::size_t again = 0;
  for (auto at = requests_.begin(); at != requests_.end() && at->first < next_unsent_;) {
    if (!at->second.answer && !at->second.outgoing.idempotent) {
      at = Finish(at, Error{ErrorCode::kTimeout, why + "; whether it was done is not known"});
    } else {
      again += at->second.answer ? 0 : 1;
      ++at;
    }
  }
  next_unsent_ = 0;
  return again;
}

bool RequestWindow::Answer(RequestId id, Result<Received> reply) {
  const auto at = requests_.find(id);
  if (at == requests_.end() || at->second.answer) return false;
  Finish(at, std::move(reply));
  return true;
}

std::size_t RequestWindow::Expire(TimePoint now, const std::string& why) {
  if (now < next_deadline_) return 0;
  std::size_t expired = 0;
  next_deadline_ = TimePoint::max();
  for (auto at = requests_.begin(); at != requests_.end();) {
    const Outgoing& outgoing = at->second.outgoing;
    if (at->second.answer || now < outgoing.deadline) {
      if (!at->second.answer) next_deadline_ = std::min(next_deadline_, outgoing.deadline);
      ++at;
    } else {
      at = Finish(at, Error{ErrorCode::kTimeout, std::string(Name(outgoing.type)) +
                                                     " was not answered in time: " + why});
      ++expired;
    }
  }
  return expired;
}

void RequestWindow::FailAll(const Error& error) {
  for (auto at = requests_.begin(); at != requests_.end();) {
    at = at->second.answer ? std::next(at) : Finish(at, error);
  }
}

std::optional<Result<Received>> RequestWindow::Take(RequestId id) {
  const auto at = Find(id);
  if (!at->second.answer) return std::nullopt;
  std::optional<Result<Received>> answer = std::move(at->second.answer);
  requests_.erase(at);
  return answer;
}

void RequestWindow::Drop(RequestId id) {
  const auto at = Find(id);
  if (at->second.answer) {
    requests_.erase(at);
  } else {
    at->second.dropped = true;
  }
}

void RequestWindow::Cancel(RequestId id) {
  const auto at = Find(id);
  if (at->second.answer) {
    requests_.erase(at);
    return;
  }
  at->second.dropped = true;
  if (id < next_unsent_) {
    at->second.outgoing.idempotent = false;  // so that it ends with its connection
  } else {
    Finish(at, Error{ErrorCode::kTimeout, "cancelled"});
  }
}

RequestWindow::Requests::iterator RequestWindow::Find(RequestId id) {
  const auto at = requests_.find(id);
  DYNA_CHECK_MSG(at != requests_.end() && !at->second.dropped,
                 "request " << id << " was never sent, was taken or was dropped");
  return at;
}

RequestWindow::Requests::iterator RequestWindow::Finish(Requests::iterator at,
                                                        Result<Received> answer) {
  Request& request = at->second;
  bytes_ -= request.bytes;
  --unanswered_;
  if (request.dropped) return requests_.erase(at);
  request.outgoing = {};  // its bytes are not needed again
  request.answer = std::move(answer);
  return std::next(at);
}

}  // namespace dyna::net
