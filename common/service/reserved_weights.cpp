#include "common/service/reserved_weights.hpp"

#include <fstream>
#include <utility>

#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"

namespace dyna::service {

ReservedWeights::ReservedWeights(std::filesystem::path file, std::uint64_t block,
                                 WeightsPort& under)
    : file_(std::move(file)), block_(block), under_(under) {
  if (!std::filesystem::exists(file_)) return;
  std::ifstream text(file_);
  std::string rest;
  if (!(text >> reserved_) || (text >> rest)) {
    throw OperatorError("'" + file_.string() +
                        "' does not hold the number of the last version that was published");
  }
}

void ReservedWeights::Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) {
  if (blob->version > reserved_) {
    const std::uint64_t up_to = blob->version + block_ - 1;
    WriteFileAtomically(file_, std::to_string(up_to) + "\n");
    reserved_ = up_to;
  }
  under_.Publish(name, std::move(blob));
}

}  // namespace dyna::service
