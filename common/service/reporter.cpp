#include "common/service/reporter.hpp"

namespace dyna::service {

void Reporter::Set(std::vector<wire::Report::Scalar> scalars) {
  newest_ = wire::Report{.role = host_.identity().role,
                         .instance = host_.identity().instance,
                         .scalars = std::move(scalars)};
}

void Reporter::Poll() {
  if (request_) {
    const auto answer = learner_.Take(*request_);
    if (!answer) return;
    request_.reset();
    if (!answer->ok() && !newest_) newest_ = std::move(sent_);
    sent_.reset();
  }
  if (!newest_) return;
  const auto sent = learner_.Send(*newest_);
  if (!sent.ok()) return;
  request_ = sent.value();
  sent_ = std::exchange(newest_, std::nullopt);
}

}  // namespace dyna::service
