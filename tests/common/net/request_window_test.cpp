#include "common/net/request_window.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/core/rng.hpp"
#include "common/wire/messages_replay.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::net {
namespace {

Received Reply(RequestId id) {
  wire::Bytes head;
  wire::EncodeHead(wire::Ok(), id, {}, head);
  std::vector<Frame> frames;
  frames.emplace_back(head);
  return Received::Open(frames, 0).value();
}

TimePoint At(std::uint64_t ms) { return TimePoint(Milliseconds(ms)); }

Outgoing RequestOf(std::size_t bytes, bool idempotent = true,
                   TimePoint deadline = TimePoint::max()) {
  return {.head = Frame(bytes), .idempotent = idempotent, .deadline = deadline};
}

TEST(RequestWindowTest, RefusesWhatDoesNotFitAndNamesTheBound) {
  RequestWindow window({.bytes_max = 100, .requests_max = 3});
  window.Add(RequestOf(60));
  EXPECT_TRUE(window.RoomFor(40).ok());
  const Status bytes = window.RoomFor(41);
  ASSERT_FALSE(bytes.ok());
  EXPECT_EQ(bytes.error().code, ErrorCode::kBackpressure);
  EXPECT_NE(bytes.error().message.find("100"), std::string::npos);
  window.Add(RequestOf(1));
  window.Add(RequestOf(1));
  EXPECT_NE(window.RoomFor(1).error().message.find("at most 3"), std::string::npos);
}

TEST(RequestWindowTest, OneRequestIsLetInHoweverLarge) {
  RequestWindow window({.bytes_max = 100, .requests_max = 3});
  EXPECT_TRUE(window.RoomFor(1000).ok());
  window.Add(RequestOf(1000));
  EXPECT_FALSE(window.RoomFor(1).ok());
}

TEST(RequestWindowTest, AnAnswerThatNobodyTakesKeepsItsPlaceButNotItsBytes) {
  RequestWindow window({.bytes_max = 100, .requests_max = 1});
  window.Add(RequestOf(100));
  EXPECT_TRUE(window.Answer(1, Reply(1)));
  EXPECT_EQ(window.bytes(), 0U);
  EXPECT_FALSE(window.RoomFor(1).ok());
  EXPECT_TRUE(window.Take(1)->ok());
  EXPECT_TRUE(window.RoomFor(1).ok());
}

TEST(RequestWindowTest, AnswersToNobodyAreToldFromOthers) {
  RequestWindow window({});
  window.Add(RequestOf(1));
  EXPECT_FALSE(window.Answer(2, Reply(2)));
  EXPECT_TRUE(window.Answer(1, Reply(1)));
  EXPECT_FALSE(window.Answer(1, Reply(1)));
}

TEST(RequestWindowDeathTest, TakingTwiceIsOurBug) {
  RequestWindow window({});
  window.Add(RequestOf(1));
  EXPECT_TRUE(window.Answer(1, Reply(1)));
  (void)window.Take(1);
  EXPECT_DEATH((void)window.Take(1), "request 1");
}

/// A request as the test remembers it.
struct ModelRequest {
  std::size_t bytes = 0;
  bool idempotent = true;
  std::uint64_t deadline = 0;
  bool sent = false;
  bool dropped = false;
  std::string answer = {};  ///< "", "reply", "lost" or "late"
};

/// The window and a simple model of it, changed together.
class Twins {
 public:
  explicit Twins(std::uint64_t seed) : rng_(seed, "window") {}

  void Step() {
    ++now_;
    switch (rng_.Below(8)) {
      case 0:
      case 1:
        return Add();
      case 2:
      case 3:
        return Send();
      case 4:
        return Answer();
      case 5:
        return rng_.Below(2) == 0 ? Take() : (rng_.Below(2) == 0 ? Drop() : Cancel());
      case 6:
        return rng_.Below(4) == 0 ? Lose() : Take();
      default:
        return Expire();
    }
  }

  void Check() {
    std::size_t bytes = 0;
    std::size_t unanswered = 0;
    for (const auto& [id, request] : model_) {
      if (request.answer.empty()) {
        bytes += request.bytes;
        ++unanswered;
        ASSERT_LE(window_.next_deadline(), At(request.deadline));
      }
    }
    ASSERT_EQ(window_.bytes(), bytes);
    ASSERT_EQ(window_.unanswered(), unanswered);
    ASSERT_EQ(window_.size(), model_.size());
    const bool room = model_.size() < 8 && (unanswered == 0 || bytes + 10 <= 60);
    ASSERT_EQ(window_.RoomFor(10).ok(), room);
  }

 private:
  void Add() {
    const ModelRequest request = {.bytes = 1 + rng_.Below(20),
                                  .idempotent = rng_.Below(3) != 0,
                                  .deadline = now_ + 1 + rng_.Below(30)};
    if (!window_.RoomFor(request.bytes).ok()) return;
    model_[window_.next_id()] = request;
    window_.Add(RequestOf(request.bytes, request.idempotent, At(request.deadline)));
  }
  void Send() {
    auto expected = model_.begin();
    while (expected != model_.end() &&
           (expected->second.sent || !expected->second.answer.empty())) {
      ++expected;
    }
    Outgoing* const next = window_.NextUnsent();
    ASSERT_EQ(next != nullptr, expected != model_.end());
    if (next == nullptr) return;
    ASSERT_EQ(next->head.size(), expected->second.bytes);
    expected->second.sent = true;
    window_.MarkSent();
  }
  void Finish(RequestId id, const std::string& answer) {
    model_[id].answer = answer;
    if (model_[id].dropped) model_.erase(id);
  }
  void Answer() {
    const RequestId id = 1 + rng_.Below(window_.next_id());
    const bool waits = model_.contains(id) && model_[id].answer.empty();
    ASSERT_EQ(window_.Answer(id, Reply(id)), waits);
    if (waits) Finish(id, "reply");
  }
  void Lose() {
    std::size_t again = 0;
    const auto before = model_;
    for (const auto& [id, request] : before) {
      if (!request.sent || !request.answer.empty()) continue;
      if (request.idempotent) {
        ++again;
      } else {
        Finish(id, "lost");
      }
    }
    for (auto& [id, request] : model_) request.sent = false;
    ASSERT_EQ(window_.ConnectionLost("lost"), again);
  }
  void Expire() {
    std::size_t expired = 0;
    const auto before = model_;
    for (const auto& [id, request] : before) {
      if (!request.answer.empty() || request.deadline > now_) continue;
      Finish(id, "late");
      ++expired;
    }
    ASSERT_EQ(window_.Expire(At(now_), "late"), expired);
  }
  void Take() {
    for (const auto& [id, request] : model_) {
      if (request.dropped || rng_.Below(2) == 0) continue;
      const auto answer = window_.Take(id);
      ASSERT_EQ(answer.has_value(), !request.answer.empty());
      if (!answer) continue;
      if (request.answer == "reply") {
        ASSERT_EQ(answer->value().request_id(), id);
      } else {
        ASSERT_NE(answer->error().message.find(request.answer), std::string::npos);
      }
      model_.erase(id);
      return;
    }
  }
  void Drop() {
    for (auto& [id, request] : model_) {
      if (request.dropped || rng_.Below(2) == 0) continue;
      window_.Drop(id);
      request.dropped = true;
      if (!request.answer.empty()) model_.erase(id);
      return;
    }
  }

  void Cancel() {
    for (auto& [id, request] : model_) {
      if (request.dropped || rng_.Below(2) == 0) continue;
      window_.Cancel(id);
      request.dropped = true;
      request.idempotent = false;
      if (!request.sent || !request.answer.empty()) model_.erase(id);
      return;
    }
  }

  Rng rng_;
  RequestWindow window_{{.bytes_max = 60, .requests_max = 8}};
  std::map<RequestId, ModelRequest> model_;
  std::uint64_t now_ = 0;
};

TEST(RequestWindowTest, AgreesWithASimpleModelUnderRandomOperations) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Twins twins(seed);
    for (int step = 0; step < 400; ++step) {
      twins.Step();
      ASSERT_NO_FATAL_FAILURE(twins.Check()) << step;
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace dyna::net
