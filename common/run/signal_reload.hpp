#pragma once

namespace dyna {

/// Turns SIGHUP into a flag for as long as it lives, for processes that read a file again when they
/// are told to. At most one lives at a time.
class SignalReload {
 public:
  SignalReload();
  ~SignalReload();
  SignalReload(const SignalReload&) = delete;
  SignalReload& operator=(const SignalReload&) = delete;

  /// Whether the signal came since the last call.
  bool Take() noexcept;
};

}  // namespace dyna
