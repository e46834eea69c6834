#include "common/net/role_rights.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dyna::net {
namespace {

using wire::MessageType;
using wire::Role;

constexpr std::uint32_t Bit(Role role) { return std::uint32_t{1} << static_cast<unsigned>(role); }

constexpr std::uint32_t kActor = Bit(Role::kActor);
constexpr std::uint32_t kEvaluator = Bit(Role::kEvaluator);
constexpr std::uint32_t kModel = Bit(Role::kModelServer);
constexpr std::uint32_t kImagination = Bit(Role::kImagination);
constexpr std::uint32_t kLearner = Bit(Role::kLearner);

struct Right {
  Role server;
  MessageType type;
  std::uint32_t clients;
};

/// Everything that anybody does in a cluster; the rest nobody may. What only the learner or the
/// model server sends decides over the others' rows: pace, capacity, priorities.
constexpr std::array<Right, 15> kRights = {{
    {Role::kReplay, MessageType::kDescribe, kModel | kImagination | kLearner},
    // Whoever knows the environment tells it to a shard that was started again.
    {Role::kReplay, MessageType::kEnvironment, kActor | kModel | kImagination | kLearner},
    {Role::kReplay, MessageType::kAppend, kActor | kImagination},
    {Role::kReplay, MessageType::kSample, kImagination | kLearner},
    {Role::kReplay, MessageType::kRead, kModel | kImagination | kLearner},
    {Role::kReplay, MessageType::kUpdatePriorities, kLearner},
    {Role::kReplay, MessageType::kGrant, kLearner},
    // The synthetic table holds as many rounds as the schedule of the imagination says.
    {Role::kReplay, MessageType::kSetCapacity, kImagination},
    {Role::kReplay, MessageType::kEvictStale, kImagination | kLearner},
    {Role::kReplay, MessageType::kCounters, kActor | kModel | kImagination | kLearner},
    {Role::kLearner, MessageType::kFetchWeights, kActor | kEvaluator | kImagination},
    {Role::kLearner, MessageType::kReport, kModel | kImagination},
    {Role::kLearner, MessageType::kEpisodeReport, kActor},
    {Role::kLearner, MessageType::kEvaluationReport, kEvaluator},
    {Role::kModelServer, MessageType::kFetchWeights, kImagination},
}};

}  // namespace

bool MaySend(Role client, Role server, MessageType type) noexcept {
  return std::any_of(kRights.begin(), kRights.end(), [&](const Right& right) {
    return right.server == server && (right.type == type || type == MessageType::kHello) &&
           (right.clients & Bit(client)) != 0;
  });
}

}  // namespace dyna::net
