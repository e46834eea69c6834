#include "common/core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace dyna::detail {

void CheckFailed(const char* file, int line, const char* expression, const std::string& detail) {
  std::fprintf(stderr, "%s:%d: check failed: %s%s%s%s\n", file, line, expression,
               detail.empty() ? "" : " (", detail.c_str(), detail.empty() ? "" : ")");
  std::abort();
}

}  // namespace dyna::detail
