#pragma once

namespace dyna {

/// Turns SIGINT and SIGTERM into a flag for as long as it lives; the second signal kills at once.
/// At most one lives at a time.
class SignalStop {
 public:
  SignalStop();
  ~SignalStop();
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;

  bool requested() const noexcept;
};

}  // namespace dyna
