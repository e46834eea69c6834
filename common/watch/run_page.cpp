#include "common/watch/run_page.hpp"

#include <utility>

#include "common/watch/curve.hpp"
#include "common/watch/embedded_files.hpp"
#include "common/watch/json.hpp"
#include "common/watch/status.hpp"

namespace dyna::watch {
namespace {

constexpr const char* kJson = "application/json";

std::string TypeOf(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "text/plain; charset=utf-8";
}

}  // namespace

RunPage::RunPage(Options options, Target self)
    : options_(std::move(options)),
      watcher_(std::make_unique<Watcher>(options_.watcher, std::move(self))) {}

RunPage::Answer RunPage::Get(const std::string& path, const Parameters& parameters) const {
  if (path == "/api/status") return {.type = kJson, .body = Status()};
  if (path == "/api/curve") {
    const auto since = parameters.find("since");
    return {.type = kJson,
            .body = CurveJson(options_.folder, since == parameters.end() ? "" : since->second,
                              options_.life)};
  }
  const std::string wanted = path == "/" ? "/index.html" : path;
  for (const EmbeddedFile& file : EmbeddedFiles()) {
    if (wanted == "/" + std::string(file.name))
      return {.type = TypeOf(file.name), .body = std::string(file.text)};
  }
  return {.status = 404, .body = "no such page\n"};
}

std::string RunPage::Status() const {
  const auto seen = watcher_->seen();
  std::string members = "[";
  for (const Member& member : seen->members) {
    members += (members.size() > 1 ? "," : "") + MemberJson(member);
  }
  const auto age = std::chrono::steady_clock::now() - seen->at;
  return JsonObject()
      .Text("run", options_.run)
      .Text("environment", options_.environment)
      .Number("steps", static_cast<double>(options_.steps))
      .Text("life", std::to_string(options_.life))
      .Number("age_seconds", seen->members.empty() ? 0.0 : telemetry::Seconds(age))
      .Number("left_out", static_cast<double>(seen->left_out))
      .Text("problem", seen->problem)
      .Raw("totals", TotalsJson(seen->members))
      .Raw("flows", FlowsJson(seen->members))
      .Raw("members", members + "]")
      .text();
}

}  // namespace dyna::watch
