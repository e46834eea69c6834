#include "common/telemetry/log.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace dyna::telemetry {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::unique_ptr<spdlog::logger> MakeLogger(const Log::Options& options, spdlog::sink_ptr sink) {
  auto logger = std::make_unique<spdlog::logger>("dyna", std::move(sink));
  logger->set_level(ToSpdlog(options.level));
  logger->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::debug);  // a line that dies with its process helps nobody
  return logger;
}

std::string Prefix(const Log::Options& options) {
  return "role=" + Log::Quoted(options.role) + " instance=" + Log::Quoted(options.instance);
}

bool Plain(unsigned char c) { return c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7f; }

void AppendEscaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
    case '\\':
      out += '\\';
      out += static_cast<char>(c);
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (c >= ' ' && c != 0x7f) {
    out += static_cast<char>(c);
    return;
  }
  char buffer[8];
  std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned>(c));
  out += buffer;
}

}  // namespace

LogField::LogField(std::string_view k, double number) : key(k) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.6g", number);
  value = buffer;
}

Log::Options Log::Options::From(Config& config, std::string role, std::string instance) {
  const std::string level =
      config.GetChoice("log.level", "info", {"debug", "info", "warning", "error"});
  Options options{.role = std::move(role), .instance = std::move(instance)};
  if (level == "debug") options.level = LogLevel::kDebug;
  if (level == "warning") options.level = LogLevel::kWarning;
  if (level == "error") options.level = LogLevel::kError;
  return options;
}

Log::Log(const Options& options)
    : logger_(MakeLogger(options, std::make_shared<spdlog::sinks::stderr_sink_mt>())),
      prefix_(Prefix(options)) {}

Log::Log(const Options& options, std::ostream& out)
    : logger_(MakeLogger(options, std::make_shared<spdlog::sinks::ostream_sink_mt>(out))),
      prefix_(Prefix(options)) {}

Log::~Log() = default;

std::string Log::Quoted(std::string_view value) {
  const bool plain = !value.empty() && value.size() <= kValueMax &&
                     std::all_of(value.begin(), value.end(),
                                 [](char c) { return Plain(static_cast<unsigned char>(c)); });
  if (plain) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value.substr(0, kValueMax)) {
    AppendEscaped(quoted, static_cast<unsigned char>(c));
  }
  if (value.size() > kValueMax) quoted += "...";
  return quoted + "\"";
}

void Log::Write(LogLevel level, std::string_view event, Fields fields) {
  if (!logger_->should_log(ToSpdlog(level))) return;
  std::string line = prefix_ + " event=" + Quoted(event);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += Quoted(field.value);
  }
  logger_->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace dyna::telemetry
