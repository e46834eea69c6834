#pragma once

#include <optional>
#include <utility>

#include "common/net/request_pipeline.hpp"
#include "common/service/host.hpp"
#include "common/wire/messages_report.hpp"

namespace dyna::service {

/// Tells the learner a role's newest numbers: the latest report wins, one is under way at a time.
class Reporter {
 public:
  /// Borrows both.
  Reporter(Host& host, net::RequestPipeline& learner) : host_(host), learner_(learner) {}

  void Set(std::vector<wire::Report::Scalar> scalars);
  /// Sends what is new, and again what did not arrive.
  void Poll();

 private:
  Host& host_;
  net::RequestPipeline& learner_;
  std::optional<wire::Report> newest_;  ///< not sent yet
  std::optional<wire::Report> sent_;
  std::optional<net::RequestId> request_;
};

}  // namespace dyna::service
