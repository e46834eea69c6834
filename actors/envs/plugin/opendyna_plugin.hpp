#pragma once

// An environment in a shared library: all that a plug-in includes, and it may be copied elsewhere.
//
//   #include "opendyna_plugin.hpp"
//   class MyWorld { ... };                  // see examples/plugin/template.cpp
//   OPENDYNA_ENVIRONMENT(MyWorld)
//
// The library exports one C function, opendyna_environment(), which returns a table of functions.
// Between program and plug-in travel only C types, so that compiler, its version and its flags may
// differ. A table of another version is refused by name.

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <vector>

extern "C" {

#define OPENDYNA_PLUGIN_VERSION 1u

/// The run's random numbers: the only ones that an environment may use.
struct OpenDynaRandom {
  void* stream;
  double (*uniform)(void* stream);  ///< in [0, 1)
  double (*normal)(void* stream);   ///< standard normal
};

struct OpenDynaStep {
  double reward;
  std::int32_t terminated;  ///< the task ended: no future after this state
  std::int32_t truncated;  ///< cut off although it could go on; the time limit is not yours to keep
};

/// What the library is. Everything it points to lives as long as the library. Functions that return
/// an int return 0, or another number for failure; then error() says why.
struct OpenDynaEnvironment {
  std::uint32_t version;  ///< OPENDYNA_PLUGIN_VERSION; first in every version of this table
  const char* name;
  std::int64_t observation_size;
  const double* observation_low;   ///< [observation_size], may be -infinity
  const double* observation_high;  ///< likewise
  std::int64_t action_size;        ///< of a box; 1 for an index
  std::int64_t action_count;       ///< 0: a box; else one of so many indices
  const double* action_low;        ///< [action_size] of a box
  const double* action_high;
  std::int64_t episode_steps_max;  ///< time limit; 0 = none
  std::int64_t state_size;         ///< all that step() and observe() depend on
  const char* const* state_names;  ///< [state_size]
  void* (*create)();               ///< null: failed
  void (*destroy)(void* self);
  int (*reset)(void* self, const OpenDynaRandom* random);
  int (*step)(void* self, const double* action, const OpenDynaRandom* random, OpenDynaStep* result);
  int (*observe)(void* self, double* observation);
  int (*get_state)(void* self, double* state);
  int (*set_state)(void* self, const double* state);
  const char* (*error)();  ///< of the last failure in this thread
};

}  // extern "C"

namespace opendyna {

/// What a plug-in says of itself.
struct Description {
  std::string name;
  std::vector<double> observation_low;
  std::vector<double> observation_high;
  std::vector<double> action_low;  ///< empty for an index
  std::vector<double> action_high;
  std::int64_t action_count = 0;  ///< 0: a box
  std::int64_t episode_steps_max = 0;
  std::vector<std::string> state_names;
};

class Random {
 public:
  explicit Random(const OpenDynaRandom& random) : random_(&random) {}
  double Uniform(double low, double high) {
    return low + (high - low) * random_->uniform(random_->stream);
  }
  double Normal() { return random_->normal(random_->stream); }

 private:
  const OpenDynaRandom* random_;
};

struct Step {
  double reward = 0.0;
  bool terminated = false;
  bool truncated = false;
};

/// The table of a class, which has
///   static Description Describe();
///   void Reset(Random&);
///   Step Apply(const double* action, Random&);
///   void Observe(double* observation) const;
///   std::vector<double> State() const;
///   void SetState(const double* state);
/// and may throw std::exception from each.
template <class World>
class Table {
 public:
  static const OpenDynaEnvironment* Get() {
    static const Table kTable;
    return &kTable.table_;
  }

 private:
  Table() : description_(World::Describe()) {
    const Description& d = description_;
    for (const std::string& name : d.state_names) state_names_.push_back(name.c_str());
    table_ = {
        OPENDYNA_PLUGIN_VERSION,
        d.name.c_str(),
        static_cast<std::int64_t>(d.observation_low.size()),
        d.observation_low.data(),
        d.observation_high.data(),
        d.action_count > 0 ? 1 : static_cast<std::int64_t>(d.action_low.size()),
        d.action_count,
        d.action_low.data(),
        d.action_high.data(),
        d.episode_steps_max,
        static_cast<std::int64_t>(d.state_names.size()),
        state_names_.data(),
        Create,
        [](void* self) { std::unique_ptr<World>(static_cast<World*>(self)).reset(); },
        [](void* self, const OpenDynaRandom* random) {
          return Try([&] {
            Random stream(*random);
            static_cast<World*>(self)->Reset(stream);
          });
        },
        [](void* self, const double* action, const OpenDynaRandom* random, OpenDynaStep* result) {
          return Try([&] {
            Random stream(*random);
            const Step step = static_cast<World*>(self)->Apply(action, stream);
            *result = {step.reward, step.terminated ? 1 : 0, step.truncated ? 1 : 0};
          });
        },
        [](void* self, double* observation) {
          return Try([&] { static_cast<const World*>(self)->Observe(observation); });
        },
        [](void* self, double* state) {
          return Try([&] {
            for (const double value : static_cast<const World*>(self)->State()) {
              *state++ = value;
            }
          });
        },
        [](void* self, const double* state) {
          return Try([&] { static_cast<World*>(self)->SetState(state); });
        },
        [] { return Error().c_str(); }};
  }

  static void* Create() {
    std::unique_ptr<World> world;
    Try([&] { world = std::make_unique<World>(); });
    return world.release();
  }
  template <class Call>
  static int Try(Call call) {
    try {
      call();
      return 0;
    } catch (const std::exception& error) {
      Error() = error.what();
    } catch (...) {
      Error() = "an exception that is no std::exception";
    }
    return 1;
  }
  static std::string& Error() {
    static thread_local std::string error;
    return error;
  }

  Description description_;
  std::vector<const char*> state_names_;
  OpenDynaEnvironment table_ = {};
};

}  // namespace opendyna

#define OPENDYNA_ENVIRONMENT(World)                                            \
  extern "C" __attribute__((visibility("default"))) const OpenDynaEnvironment* \
  opendyna_environment() {                                                     \
    return opendyna::Table<World>::Get();                                      \
  }
