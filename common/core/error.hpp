#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "common/core/check.hpp"

namespace dyna {

/// The operator's mistake: main() prints what() as one line and exits with status 2.
/// The message names the thing, its value and what is allowed.
class OperatorError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A wrong key, type or value in a config file or on the command line.
class ConfigError : public OperatorError {
 public:
  using OperatorError::OperatorError;
};

/// A checkpoint or weights file that is torn, corrupt, foreign or of another shape.
class CheckpointError : public OperatorError {
 public:
  using OperatorError::OperatorError;
};

/// An environment that broke its contract (a NaN, a wrong shape) or was given a bad action.
class EnvironmentError : public OperatorError {
 public:
  using OperatorError::OperatorError;
};

/// A critic or a model that left every sensible range: nobody's mistake, but going on would waste
/// the run. Thrown before anything diverged is kept, so that the thrower's state is still the last
/// good one. The message names the quantity, its value and its bound.
class DivergenceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class ErrorCode : std::uint8_t {
  kBackpressure,     ///< a limit says wait: nothing changed, try again
  kNotFound,         ///< no such table, name or row
  kInvalidArgument,  ///< a peer asked for something impossible
  kMalformed,        ///< bytes that do not decode
  kVersionMismatch,
  kTimeout,
};

/// A peer's fault as a value. `message` is for logs and is never parsed.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string message = {};
};

/// T or an Error. value() of an error aborts: look first.
template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that a function returns its value or its error as it is.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : data_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : data_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  bool ok() const noexcept { return data_.index() == 0; }
  const T& value() const& {
    DYNA_CHECK_MSG(ok(), error_message());
    return std::get<0>(data_);
  }
  T& value() & {
    DYNA_CHECK_MSG(ok(), error_message());
    return std::get<0>(data_);
  }
  T&& value() && {
    DYNA_CHECK_MSG(ok(), error_message());
    return std::get<0>(std::move(data_));
  }
  const Error& error() const {
    DYNA_CHECK(!ok());
    return std::get<1>(data_);
  }

 private:
  std::string error_message() const { return ok() ? std::string() : std::get<1>(data_).message; }
  std::variant<T, Error> data_;
};

/// Result of an operation that has no value.
struct Done {
  bool operator==(const Done&) const = default;
};
using Status = Result<Done>;

}  // namespace dyna
