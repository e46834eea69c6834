#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/config/config.hpp"

namespace spdlog {
class logger;
}  // namespace spdlog

namespace dyna::telemetry {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// One key=value of a log line.
struct LogField {
  std::string_view key = {};
  std::string value = {};

  LogField(std::string_view k, std::string_view text) : key(k), value(text) {}
  LogField(std::string_view k, const char* text) : key(k), value(text) {}
  LogField(std::string_view k, std::string text) : key(k), value(std::move(text)) {}
  LogField(std::string_view k, bool flag) : key(k), value(flag ? "true" : "false") {}
  LogField(std::string_view k, double number);
  LogField(std::string_view k, std::integral auto number) : key(k), value(std::to_string(number)) {}
};

/// Structured log lines on standard error, one event each, for people and machines:
///   time=2024-05-01T12:00:00.123Z level=info role=actor instance=a0 event=connected peer=...
/// A value with spaces or control characters is quoted and escaped and cut at kValueMax bytes, so
/// that nothing a peer sends can break a line or begin another. May be used from any thread.
class Log {
 public:
  static constexpr std::size_t kValueMax = 1024;

  struct Options {
    std::string role = {};
    std::string instance = {};
    LogLevel level = LogLevel::kInfo;
    /// Reads log.level.
    static Options From(Config& config, std::string role, std::string instance);
  };
  using Fields = std::initializer_list<LogField>;

  explicit Log(const Options& options);
  /// To another place than standard error.
  Log(const Options& options, std::ostream& out);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Debug(std::string_view event, Fields fields = {}) { Write(LogLevel::kDebug, event, fields); }
  void Info(std::string_view event, Fields fields = {}) { Write(LogLevel::kInfo, event, fields); }
  void Warning(std::string_view event, Fields fields = {}) {
    Write(LogLevel::kWarning, event, fields);
  }
  void Error(std::string_view event, Fields fields = {}) { Write(LogLevel::kError, event, fields); }

  /// `value` as it stands in a line.
  static std::string Quoted(std::string_view value);

 private:
  void Write(LogLevel level, std::string_view event, Fields fields);

  std::unique_ptr<spdlog::logger> logger_;
  std::string prefix_;
};

}  // namespace dyna::telemetry
