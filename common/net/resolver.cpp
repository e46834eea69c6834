#include "common/net/resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <utility>

namespace dyna::net {
namespace {

void SortUnique(std::vector<Endpoint>& endpoints) {
  std::sort(endpoints.begin(), endpoints.end());
  endpoints.erase(std::unique(endpoints.begin(), endpoints.end()), endpoints.end());
}

void RunOnAThread(std::function<void()> work) { std::thread(std::move(work)).detach(); }

}  // namespace

Result<std::vector<Endpoint>> LookUp(const Endpoint& endpoint) {
  if (endpoint.transport == Endpoint::Transport::kIpc) return std::vector<Endpoint>{endpoint};
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int problem = getaddrinfo(endpoint.host.c_str(), nullptr, &hints, &found);
  if (problem != 0) {
    return Error{ErrorCode::kNotFound, endpoint.host + ": " + gai_strerror(problem)};
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<Endpoint> endpoints;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    std::array<char, 128> text{};
    // Numeric, so nothing is asked of anybody; keeps the scope of a link-local IPv6 address.
    if (getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) == 0) {
      endpoints.push_back({.host = text.data(), .port = endpoint.port});
    }
  }
  SortUnique(endpoints);
  return endpoints;
}

struct Resolver::Round {
  Answers answers = {};
  std::atomic<bool> done = false;  ///< set after `answers` is complete
};

Resolver::Resolver(Options options, Clock clock)
    : Resolver(std::move(options), std::move(clock), LookUp, RunOnAThread) {}

Resolver::Resolver(Options options, Clock clock, LookUpFunction look_up, Runner runner)
    : options_(std::move(options)),
      clock_(std::move(clock)),
      look_up_(std::move(look_up)),
      runner_(std::move(runner)),
      known_(options_.endpoints.size()) {}

Resolver::~Resolver() = default;

bool Resolver::Poll() {
  bool changed = false;
  if (round_ && round_->done.load(std::memory_order_acquire)) {
    changed = TakeAnswers(round_->answers);
    round_.reset();
  }
  const TimePoint now = clock_();
  if (!round_ && (!next_ || now >= *next_)) {
    next_ = now + options_.period;
    round_ = std::make_shared<Round>();
    runner_([round = round_, look_up = look_up_, endpoints = options_.endpoints] {
      for (const Endpoint& endpoint : endpoints) round->answers.push_back(look_up(endpoint));
      round->done.store(true, std::memory_order_release);
    });
  }
  return changed;
}

bool Resolver::TakeAnswers(const Answers& answers) {
  problem_.clear();
  std::vector<Endpoint> all;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].ok()) {
      known_[i] = answers[i].value();
    } else {
      problem_ += (problem_.empty() ? "" : "; ") + answers[i].error().message;
    }
    all.insert(all.end(), known_[i].begin(), known_[i].end());
  }
  SortUnique(all);
  const bool changed = all != addresses_;
  addresses_ = std::move(all);
  return changed;
}

}  // namespace dyna::net
