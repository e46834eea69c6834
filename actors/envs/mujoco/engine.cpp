#include "actors/envs/mujoco/engine.hpp"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

// Fixed size: the handlers run in the middle of a simulation, which must not allocate.
thread_local std::array<char, 512> t_message = {};
/// Where an error on this thread goes; null outside RunEngine.
thread_local std::jmp_buf* t_escape = nullptr;

void Keep(const char* message) {
  const std::size_t size = std::min(std::strlen(message), t_message.size() - 1);
  std::memcpy(t_message.data(), message, size);
  t_message[size] = '\0';
}

void HandleWarning(const char* message) { Keep(message); }

/// MuJoCo goes on with broken data when this returns, so it never does. A C++ exception would need
/// unwind tables in every build of a C library; a jump over its frames needs nothing.
void HandleError(const char* message) {
  Keep(message);
  if (t_escape == nullptr) {
    std::fprintf(stderr, "dyna: fatal: MuJoCo: %s\n", message);
    std::abort();  // our bug: MuJoCo was called outside RunEngine
  }
  std::longjmp(*t_escape, 1);
}

bool InstallHandlers() noexcept {
  mju_user_error = HandleError;
  mju_user_warning = HandleWarning;
  return true;
}

}  // namespace

bool RunEngine(void (*call)(void*), void* argument) noexcept {
  static const bool kInstalled = InstallHandlers();
  (void)kInstalled;
  std::jmp_buf escape;
  t_escape = &escape;
  // No local is changed after this line, so none can be stale after the jump.
  const bool finished = setjmp(escape) == 0;
  if (finished) call(argument);
  t_escape = nullptr;
  return finished;
}

std::string EngineMessage() { return t_message.data(); }

void ThrowEngineError(const std::string& env_name) {
  throw EnvironmentError("environment " + env_name + ": MuJoCo: " + EngineMessage());
}

}  // namespace dyna::envs
