#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace dyna::envs {

/// Runs `call(argument)`, which calls MuJoCo, on this thread. False when MuJoCo raised an error
/// inside, which then left `call` at once: nothing in it may need a destructor. MuJoCo's error and
/// warning handlers are process-wide; they are ours from the first call on, so MuJoCo never ends
/// the process, never waits for a key and never writes its log file.
bool RunEngine(void (*call)(void*), void* argument) noexcept;

/// What MuJoCo last said on this thread, error or warning.
std::string EngineMessage();

/// Throws EnvironmentError "environment NAME: MuJoCo: " + EngineMessage().
[[noreturn]] void ThrowEngineError(const std::string& env_name);

/// Runs `call()`; an error of MuJoCo inside it comes out as an EnvironmentError that names the
/// environment. Costs two stores and a setjmp. `call` must be trivially destructible, and so must
/// all that it makes.
template <class Call>
void Guarded(const std::string& env_name, Call call) {
  static_assert(std::is_trivially_destructible_v<Call>);
  const auto run = [](void* argument) { (*static_cast<Call*>(argument))(); };
  if (!RunEngine(run, &call)) ThrowEngineError(env_name);
}

}  // namespace dyna::envs
