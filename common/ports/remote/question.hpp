#pragma once

#include <optional>
#include <string>
#include <utility>

#include "common/net/request_pipeline.hpp"

namespace dyna {

/// One request at a time of one kind, asked again and again until its answer is there: what lets a
/// core call a remote port as if it were a local one. kTimeout means "not yet".
template <class M>
class Question {
 public:
  /// The answer to `message`, once. A message that differs from the one under way replaces it.
  Result<net::Received> Ask(const M& message, net::RequestPipeline& pipeline) {
    if (asked_ && !(asked_->message == message)) Forget(pipeline);
    if (!asked_) {
      const auto sent = pipeline.Send(message);
      if (!sent.ok()) return sent.error();
      asked_ = Asked{.message = message, .id = sent.value()};
    }
    auto answer = pipeline.Take(asked_->id);
    if (!answer) {
      const std::string why = pipeline.ready() ? "has not answered " + Name() + " yet"
                                               : pipeline.connection().Explain();
      return Error{ErrorCode::kTimeout, pipeline.connection().Peer() + ": " + why};
    }
    asked_.reset();
    return std::move(*answer);
  }

  void Forget(net::RequestPipeline& pipeline) {
    if (asked_) pipeline.Drop(asked_->id);
    asked_.reset();
  }

 private:
  struct Asked {
    M message = {};
    net::RequestId id = 0;
  };
  static std::string Name() { return std::string(wire::Name(M::kType)); }

  std::optional<Asked> asked_;
};

}  // namespace dyna
