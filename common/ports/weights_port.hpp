#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "common/core/state_dict.hpp"

namespace dyna {

/// Names of what is published.
inline constexpr const char* kPolicyWeights = "policy";
inline constexpr const char* kModelWeights = "model";

/// One published version of something's weights, immutable once published.
struct WeightsBlob {
  std::uint64_t version = 0;  ///< counts from 1; 0 = never published
  StateDict arrays = {};
};

/// How weights travel from who learns to who acts or imagines.
class WeightsPort {
 public:
  virtual ~WeightsPort() = default;
  /// The version must be greater than the last one published under `name`.
  virtual void Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) = 0;
  /// The newest blob if its version is greater than `version`, else null.
  virtual std::shared_ptr<const WeightsBlob> FetchIfNewer(const std::string& name,
                                                          std::uint64_t version) = 0;
};

/// Keeps the newest blob of each name. Single-threaded.
class LocalWeightsPort : public WeightsPort {
 public:
  void Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) override;
  std::shared_ptr<const WeightsBlob> FetchIfNewer(const std::string& name,
                                                  std::uint64_t version) override;

 private:
  std::map<std::string, std::shared_ptr<const WeightsBlob>> blobs_;
};

}  // namespace dyna
