#include "actors/envs/bridge/link.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <sstream>
#include <utility>

#include "common/core/error.hpp"

namespace dyna::envs::bridge {
namespace {

using net::Milliseconds;
using std::chrono::steady_clock;

/// How soon a child that ended without closing its output is noticed.
constexpr Milliseconds kTurn{100};

Milliseconds Left(steady_clock::time_point end) {
  const auto left = std::chrono::ceil<Milliseconds>(end - steady_clock::now());
  return std::clamp(left, Milliseconds(0), kTurn);
}

std::string Seconds(Milliseconds time) {
  std::ostringstream text;
  text << static_cast<double>(time.count()) / 1000.0 << " s (env.timeout_s)";
  return text.str();
}

}  // namespace

Link::Link(Options options) : options_(std::move(options)) {
  if (options_.remote) {
    socket_.emplace(context_, *options_.remote);
  } else {
    Start();
  }
}

Link::~Link() {
  if (options_.remote && socket_) socket_->Send(net::Frame(EncodeBye(NextNumber())));
}

void Link::Start() {
  process_ = std::make_unique<PythonProcess>(options_.python);
  const auto end = steady_clock::now() + options_.timeout;
  while (!process_->WaitReady(Left(end))) {
    if (const auto ended = process_->ended()) {
      process_->Read();
      const std::string said = process_->tail();
      if (said.find("No module named opendyna_bridge") != std::string::npos) {
        Fail("'" + options_.python.python +
             "' (env.python) has no package opendyna_bridge: install it with '" +
             options_.python.python + " -m pip install actors/envs/bridge/python'");
      }
      Fail("its Python process ended with " + *ended + " before it was ready", said);
    }
    if (steady_clock::now() < end) continue;
    process_->KillWithTraceback();
    Fail("its Python process was not ready within " + Seconds(options_.timeout), process_->tail());
  }
  socket_.emplace(context_, net::ConnectEndpoint("the bridge's endpoint", process_->endpoint()));
}

net::Frame Link::Ask(const wire::Bytes& question, Type expected, const std::string& doing) {
  if (!socket_->Send(net::Frame(wire::ByteView(question)))) Fail("cannot be asked to " + doing);
  net::Frame answer = WaitForAnswer(doing);
  const auto header = DecodeHeader(answer.view());
  if (header.value().type == Type::kError) FailAsItSays(answer, doing);
  if (header.value().type != expected) Fail("the bridge answered something else to: " + doing);
  return answer;
}

net::Frame Link::WaitForAnswer(const std::string& doing) {
  const auto end = steady_clock::now() + options_.timeout;
  while (true) {
    const std::array<int, 1> output = {process_ ? process_->output() : -1};
    const std::span<const int> files(output.data(), output[0] < 0 ? 0U : 1U);
    if (socket_->Wait(files, Left(end))) {
      if (auto answer = TakeAnswer()) return std::move(*answer);
      continue;
    }
    if (process_) FailIfEnded(doing);
    if (steady_clock::now() >= end) FailLate(doing);
  }
}

std::optional<net::Frame> Link::TakeAnswer() {
  auto answer = socket_->Receive();
  if (!answer) return std::nullopt;
  const auto header = DecodeHeader(answer->view());
  if (!header.ok()) Fail(header.error().message);
  if (header.value().number != number_) return std::nullopt;
  if (process_) process_->Read();
  return answer;
}

void Link::FailIfEnded(const std::string& doing) {
  process_->Read();
  const auto ended = process_->ended();
  if (!ended) return;
  process_->Read();  // its last words
  Fail("its Python process ended with " + *ended + " when asked to " + doing, process_->tail());
}

void Link::FailLate(const std::string& doing) {
  const std::string late = "no answer within " + Seconds(options_.timeout) + " when asked to ";
  if (!process_) Fail(late + doing + " at " + options_.remote->text());
  process_->KillWithTraceback();
  Fail(late + doing, process_->tail());
}

void Link::FailAsItSays(const net::Frame& error, const std::string& doing) const {
  const auto failure = DecodeError(error.view());
  if (!failure.ok()) Fail("the bridge answered nonsense to: " + doing);
  if (failure.value().fault != Fault::kEnvironment) Fail(failure.value().summary);
  Fail("raised when asked to " + doing + ": " + failure.value().summary, failure.value().traceback);
}

void Link::Fail(const std::string& what, const std::string& details) const {
  std::string text = "environment " + options_.label + ": " + what;
  if (!details.empty()) text += "\n" + details;
  while (text.ends_with('\n')) text.pop_back();
  throw EnvironmentError(text);
}

}  // namespace dyna::envs::bridge
