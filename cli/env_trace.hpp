#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace dyna::cli {

/// `dyna env trace NAME`.
struct TraceOptions {
  std::string name = {};
  std::string state = {};                  ///< "v0,v1,...": the documented state vector, or "@FILE"
  std::string actions_path = {};           ///< one action per line, comma-separated, no header
  std::string out_path = {};               ///< "" = `out`
  std::uint64_t seed = 0;                  ///< of the stream "env trace": stochastic worlds only
  bool with_state = false;                 ///< also write the state of every row
  std::vector<std::string> settings = {};  ///< "env.KEY=VALUE"
};

/// Sets the environment's physical state exactly, applies the actions one by one, and writes CSV
/// `step,obs0,...,reward,terminated`: row 0 is the initial observation with reward `nan`; numbers
/// are doubles in shortest round-trip form; with_state adds the state's columns, by their names,
/// before the reward. A state FILE holds the same numbers, one or more to a line. `terminated` is
/// the termination test of each step: stepping goes on after it, and past the time limit. Nothing
/// is written unless every action was applied; a file is replaced atomically. Throws OperatorError
/// naming file:line and value.
void TraceEnvironment(const TraceOptions& options, std::ostream& out);

}  // namespace dyna::cli
