#pragma once

#include <sstream>
#include <string>

namespace dyna::detail {
/// Prints "FILE:LINE: check failed: EXPRESSION (DETAIL)" to stderr and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* expression,
                              const std::string& detail);
}  // namespace dyna::detail

/// Our own bug: aborts, in every build type. Never for input from users, files or peers.
#define DYNA_CHECK(condition)                                          \
  do {                                                                 \
    if (!(condition)) [[unlikely]]                                     \
      ::dyna::detail::CheckFailed(__FILE__, __LINE__, #condition, {}); \
  } while (false)

/// DYNA_CHECK with a streamed explanation: DYNA_CHECK_MSG(a == b, a << " vs " << b).
#define DYNA_CHECK_MSG(condition, message)                                                  \
  do {                                                                                      \
    if (!(condition)) [[unlikely]] {                                                        \
      std::ostringstream dyna_check_stream;                                                 \
      dyna_check_stream << message; /* NOLINT(bugprone-macro-parentheses): streamed */      \
      ::dyna::detail::CheckFailed(__FILE__, __LINE__, #condition, dyna_check_stream.str()); \
    }                                                                                       \
  } while (false)
