// Acknowledged appends of 1 kB over loopback TCP, `window` of them in flight: our pipeline and
// server beside the bare sockets (one frame each way, a copy at the server). Both ends on threads
// of one process; the CPU column counts all its threads and suffers less from a busy machine.

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <thread>
#include <vector>

#include "common/net/request_pipeline.hpp"
#include "common/net/server.hpp"
#include "common/wire/messages_replay.hpp"

namespace dyna::net {
namespace {

constexpr std::size_t kRowBytes = 1024;
constexpr std::size_t kRingBytes = std::size_t{1} << 20U;

/// Where appended bytes end up, in both cases.
struct Ring {
  std::vector<std::byte> bytes = std::vector<std::byte>(kRingBytes);
  std::size_t at = 0;
  void Put(wire::ByteView row) {
    if (at + row.size() > bytes.size()) at = 0;
    std::memcpy(bytes.data() + at, row.data(), row.size());
    at += row.size();
  }
};

class AppendHandler : public Handler {
 public:
  Server* server = nullptr;
  Result<wire::Welcome> OnHello(PeerId /*peer*/, const wire::Hello& /*hello*/) override {
    return wire::Welcome();
  }
  void OnRequest(Request request, const wire::Hello& /*client*/) override {
    const auto append = request.message.Decode<wire::Append>();
    DYNA_CHECK(append.ok());
    ring_.Put(request.message.payload());
    server->Reply(request.ticket,
                  wire::AppendAck{.next_seq = append.value().first_seq + 1, .credit_bytes = 1});
  }

 private:
  Ring ring_;
};

void BM_Pipeline(benchmark::State& state) {
  Context context;
  AppendHandler handler;
  Server server(context, {.endpoint = {.host = "127.0.0.1"}}, handler);
  handler.server = &server;
  std::atomic<bool> stop = false;
  std::thread thread([&] {
    while (!stop) server.Poll(Milliseconds(10));
  });
  RequestPipeline::Options options;
  options.connection.endpoint = server.endpoint();
  options.window.requests_max = static_cast<std::size_t>(state.range(0));
  options.window.bytes_max = std::size_t{64} << 20U;
  RequestPipeline client(context, options);
  while (!client.ready()) client.Poll(Milliseconds(10));
  std::deque<RequestId> ids;
  std::uint64_t seq = 0;
  for (auto _ : state) {  // one acknowledgement each
    while (ids.size() < options.window.requests_max) {
      Frame payload(kRowBytes);
      std::memset(payload.data(), static_cast<int>(seq), kRowBytes);
      const wire::Append append = {.table = "real", .first_seq = seq++, .rows = 1};
      ids.push_back(client.Send(append, std::move(payload)).value());
    }
    std::optional<Result<Received>> reply;
    while (!(reply = client.Take(ids.front()))) client.Poll(Milliseconds(10));
    DYNA_CHECK(reply->value().Decode<wire::AppendAck>().ok());
    ids.pop_front();
  }
  stop = true;
  thread.join();
  state.SetItemsProcessed(state.iterations());
}

void BM_BareSockets(benchmark::State& state) {
  Context context;
  auto router = MakeRouter(context.native(), {});
  auto dealer = MakeDealer(context.native(), {});
  router.bind("tcp://127.0.0.1:*");
  dealer.connect(router.get(zmq::sockopt::last_endpoint));
  std::atomic<bool> stop = false;
  std::thread thread([&] {
    Ring ring;
    zmq::pollitem_t item = {router.handle(), 0, ZMQ_POLLIN, 0};
    while (!stop) {
      std::array<Frame, 2> frames;
      if (ReceiveFrames(router, frames) == 0) {
        zmq::poll(&item, 1, Milliseconds(10));
        continue;
      }
      ring.Put(frames[1].view());
      Frame ack(std::size_t{16});
      const std::array<Frame*, 2> reply = {frames.data(), &ack};
      DYNA_CHECK(SendFrames(router, reply) == SendOutcome::kSent);
    }
  });
  zmq::pollitem_t item = {dealer.handle(), 0, ZMQ_POLLIN, 0};
  std::int64_t in_flight = 0;
  std::uint64_t seq = 0;
  for (auto _ : state) {
    while (in_flight < state.range(0)) {
      Frame payload(kRowBytes);
      std::memset(payload.data(), static_cast<int>(seq++), kRowBytes);
      const std::array<Frame*, 1> frames = {&payload};
      if (SendFrames(dealer, frames) == SendOutcome::kSent) ++in_flight;
    }
    std::array<Frame, 1> ack;
    while (ReceiveFrames(dealer, ack) == 0) zmq::poll(&item, 1, Milliseconds(10));
    --in_flight;
  }
  stop = true;
  thread.join();
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(BM_BareSockets)
    ->ArgName("window")
    ->Arg(32)
    ->Arg(256)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(BM_Pipeline)
    ->ArgName("window")
    ->Arg(32)
    ->Arg(256)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace dyna::net

BENCHMARK_MAIN();
