#pragma once

#include <zmq.hpp>

namespace dyna::net {

/// The I/O threads of a process. main() owns one; it outlives every socket. Never fork while one
/// exists.
class Context {
 public:
  struct Options {
    int io_threads = 1;      ///< one is enough for about 1 GB/s (zguide, chapter 2)
    int sockets_max = 4096;  ///< libzmq's own default, 1023, is few for a launcher's many pipelines
  };
  Context() : Context(Options()) {}
  explicit Context(const Options& options);

  zmq::context_t& native() noexcept { return context_; }

 private:
  zmq::context_t context_;
};

}  // namespace dyna::net
