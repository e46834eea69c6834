#include "common/service/reserved_weights.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "common/core/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::service {
namespace {

namespace fs = std::filesystem;

class ReservedWeightsTest : public testing::Test {
 protected:
  fs::path file() const { return folder_ / "version"; }
  static void Publish(WeightsPort& port, std::uint64_t version) {
    port.Publish("policy", std::make_shared<WeightsBlob>(WeightsBlob{.version = version}));
  }

  const testing_support::TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
};

/// Under which the file is looked at: it must promise at least what is being published.
class Checking : public LocalWeightsPort {
 public:
  explicit Checking(fs::path file) : file_(std::move(file)) {}
  void Publish(const std::string& name, std::shared_ptr<const WeightsBlob> blob) override {
    std::uint64_t promised = 0;
    std::ifstream(file_) >> promised;
    EXPECT_GE(promised, blob->version);
    LocalWeightsPort::Publish(name, std::move(blob));
  }

 private:
  fs::path file_;
};

TEST_F(ReservedWeightsTest, EveryLifeKnowsWhatEarlierOnesMayHavePublished) {
  std::uint64_t greatest = 0;
  for (int life = 0; life < 3; ++life) {
    Checking under(file());
    ReservedWeights weights(file(), /*block=*/10, under);
    EXPECT_GE(weights.reserved(), greatest);
    EXPECT_LT(weights.reserved(), greatest + 10);
    greatest = weights.reserved();
    for (int i = 0; i < 25; ++i) Publish(weights, ++greatest);
    EXPECT_EQ(weights.FetchIfNewer("policy", 0)->version, greatest);
  }
}

TEST_F(ReservedWeightsTest, ABlockOfOneKnowsExactly) {
  {
    LocalWeightsPort under;
    ReservedWeights weights(file(), 1, under);
    EXPECT_EQ(weights.reserved(), 0U);
    Publish(weights, 1);
    Publish(weights, 2);
  }
  LocalWeightsPort under;
  EXPECT_EQ(ReservedWeights(file(), 1, under).reserved(), 2U);
}

TEST_F(ReservedWeightsTest, AFileThatIsNotANumberIsNamed) {
  std::ofstream(file()) << "seven";
  LocalWeightsPort under;
  try {
    const ReservedWeights weights(file(), 1, under);
    FAIL();
  } catch (const OperatorError& error) {
    EXPECT_NE(std::string(error.what()).find(file().string()), std::string::npos) << error.what();
  }
}

TEST_F(ReservedWeightsTest, NothingIsPublishedThatCouldNotBeReserved) {
  LocalWeightsPort under;
  ReservedWeights weights(folder_ / "missing" / "version", 1, under);
  EXPECT_THROW(Publish(weights, 1), OperatorError);
  EXPECT_EQ(under.FetchIfNewer("policy", 0), nullptr);
}

}  // namespace
}  // namespace dyna::service
