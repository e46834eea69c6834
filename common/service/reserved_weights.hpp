#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "common/ports/weights_port.hpp"

namespace dyna::service {

/// A publisher's versions over all its lives. A process that dies and goes on from a checkpoint
/// would count again from an older version, which readers take for old news (promise P7). So
/// before a version is published, a file says that it, and the `block` - 1 after it, may have been;
/// the next life begins above them.
class ReservedWeights : public WeightsPort {
 public:
  /// `under` is borrowed. OperatorError naming the file if it is there and cannot be read.
  ReservedWeights(std::filesystem::path file, std::uint64_t block, WeightsPort& under);

  /// No version above this one can have been published by now.
  std::uint64_t reserved() const noexcept { return reserved_; }

  /// OperatorError if the file cannot be written: nothing is published.
  void Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) override;
  std::shared_ptr<const WeightsBlob> FetchIfNewer(const std::string& name,
                                                  std::uint64_t version) override {
    return under_.FetchIfNewer(name, version);
  }

 private:
  std::filesystem::path file_;
  std::uint64_t block_;
  WeightsPort& under_;
  std::uint64_t reserved_ = 0;
};

}  // namespace dyna::service
