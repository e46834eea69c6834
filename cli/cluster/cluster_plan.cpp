#include "cli/cluster/cluster_plan.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <sstream>
#include <utility>

#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

/// A socket that holds a free port while others are looked for.
class HeldPort {
 public:
  HeldPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (socket_ < 0 || ::bind(socket_, raw, size) != 0 || ::getsockname(socket_, raw, &size) != 0) {
      throw OperatorError("no free TCP port on the loopback interface");
    }
    port_ = ntohs(address.sin_port);
  }
  HeldPort(HeldPort&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), port_(other.port_) {}
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;
  HeldPort& operator=(HeldPort&&) = delete;
  ~HeldPort() {
    if (socket_ >= 0) ::close(socket_);
  }
  int port() const noexcept { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

std::string Address(int port) { return "tcp://127.0.0.1:" + std::to_string(port); }

/// As a string of TOML, whatever a path may hold.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

/// ["a", "b"]
std::string TomlList(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items) text += (text.size() > 1 ? ", \"" : "\"") + item + "\"";
  return text + "]";
}

/// Gives each process what all of them have, and a metrics port of its own.
class Planner {
 public:
  Planner(const ClusterRequest& request, std::filesystem::path programs,
          std::vector<std::string> common)
      : request_(request), programs_(std::move(programs)), common_(std::move(common)) {}

  void Add(const std::string& role, const std::string& program, std::int64_t index,
           std::vector<std::string> settings, int metrics_port) {
    PlannedProcess process;
    process.role = role;
    process.instance = role + "-" + std::to_string(index);
    process.metrics_port = metrics_port;
    process.arguments = {(programs_ / program).string(), "--config", request_.config};
    settings.insert(settings.begin(), common_.begin(), common_.end());
    settings.push_back("cluster.instance=" + process.instance);
    settings.push_back("metrics.port=" + std::to_string(metrics_port));
    for (std::string& setting : settings) {
      process.arguments.emplace_back("--set");
      process.arguments.push_back(std::move(setting));
    }
    processes_.push_back(std::move(process));
  }
  std::vector<PlannedProcess> Take() { return std::move(processes_); }

 private:
  const ClusterRequest& request_;
  std::filesystem::path programs_;
  std::vector<std::string> common_;
  std::vector<PlannedProcess> processes_;
};

/// The learner's page shows all processes.
void TellLearnerOfOthers(std::vector<PlannedProcess>& processes) {
  std::vector<std::string> others;
  for (const PlannedProcess& process : processes) {
    if (process.role == "learner") continue;
    others.push_back("127.0.0.1:" + std::to_string(process.metrics_port));
  }
  for (PlannedProcess& process : processes) {
    if (process.role != "learner") continue;
    process.arguments.emplace_back("--set");
    process.arguments.push_back("cluster.metrics=" + TomlList(others));
  }
}

}  // namespace

std::vector<int> FreePorts(std::size_t count) {
  std::vector<HeldPort> held(count);
  std::vector<int> ports;
  for (const HeldPort& port : held) ports.push_back(port.port());
  return ports;
}

ClusterPlan PlanCluster(const ClusterRequest& request, const std::filesystem::path& programs) {
  const auto shards = static_cast<std::size_t>(request.shards);
  const std::int64_t workers = request.model ? request.imagination : 0;
  const auto processes = static_cast<std::size_t>(request.actors + workers + request.shards + 3);
  std::vector<int> ports = FreePorts(shards + 2 + processes);
  const auto next_port = [&ports] {
    const int port = ports.back();
    ports.pop_back();
    return port;
  };
  ClusterPlan plan{.run = request.run, .keys = request.keys};
  for (std::size_t i = 0; i < shards; ++i) plan.replay.push_back(Address(next_port()));
  plan.learner = Address(next_port());
  plan.model_server = Address(next_port());
  std::vector<std::string> common = request.set;
  common.push_back("cluster.run=" + plan.run);
  common.push_back("cluster.replay=" + TomlList(plan.replay));
  common.push_back("cluster.learner=" + plan.learner);
  common.push_back("cluster.model_server=" + plan.model_server);
  if (!plan.keys.empty()) common.push_back("keys.folder=" + Quoted(plan.keys.string()));

  Planner planner(request, programs, std::move(common));
  for (std::size_t i = 0; i < shards; ++i) {
    planner.Add("replay", "dyna-replay", static_cast<std::int64_t>(i),
                {"replay.bind=" + plan.replay[i], "replay.shard=" + std::to_string(i),
                 "replay.folder=" + (request.folder / "replay" / std::to_string(i)).string()},
                next_port());
  }
  planner.Add("learner", "dyna-learner", 0, {"cluster.folder=" + request.folder.string()},
              next_port());
  if (request.model) {
    planner.Add("model-server", "dyna-model-server", 0,
                {"model.folder=" + (request.folder / "model_server").string()}, next_port());
  }
  for (std::int64_t i = 0; i < workers; ++i) {
    planner.Add("imagination", "dyna-imagination", i, {}, next_port());
  }
  for (std::int64_t i = 0; i < request.actors; ++i) {
    planner.Add("actor", "dyna-actor", i, {}, next_port());
  }
  planner.Add("evaluator", "dyna-actor", 0, {"actor.evaluate=true"}, next_port());
  plan.processes = planner.Take();
  TellLearnerOfOthers(plan.processes);
  return plan;
}

std::string ClusterToml(const ClusterPlan& plan) {
  std::ostringstream text;
  text << "# The processes of this run's cluster; `dyna top` reads it. More workers may join with\n"
          "# these addresses: dyna-actor --config FILE --set cluster.run=... and so on.\n"
          "[cluster]\n"
       << "run = \"" << plan.run << "\"\n"
       << "replay = " << TomlList(plan.replay) << "\n"
       << "learner = \"" << plan.learner << "\"\n"
       << "model_server = \"" << plan.model_server << "\"\n";
  if (!plan.keys.empty()) text << "[keys]\nfolder = " << Quoted(plan.keys.string()) << "\n";
  text << "[metrics_port]\n";
  for (const PlannedProcess& process : plan.processes) {
    text << process.instance << " = " << process.metrics_port << "\n";
  }
  return text.str();
}

std::vector<KnownProcess> ReadClusterToml(const std::filesystem::path& path) {
  const auto wrong = [&path](const std::string& why) {
    return OperatorError("'" + path.string() + "' is not the cluster.toml of a run: " + why);
  };
  toml::table file;
  try {
    file = toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    throw wrong(std::string(error.description()));
  }
  const toml::table* ports = file["metrics_port"].as_table();
  if (ports == nullptr) throw wrong("it has no table [metrics_port]");
  std::vector<KnownProcess> processes;
  for (const auto& [key, node] : *ports) {
    const std::string instance(key.str());
    const auto port = node.value_exact<std::int64_t>();
    if (!port || *port < 1 || *port > 65'535) throw wrong(instance + " has no port");
    processes.push_back({.instance = instance,
                         .role = instance.substr(0, instance.rfind('-')),
                         .metrics_port = static_cast<int>(*port)});
  }
  return processes;
}

}  // namespace dyna::cli
