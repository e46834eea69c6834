#include "common/net/context.hpp"

namespace dyna::net {

Context::Context(const Options& options) {
  context_.set(zmq::ctxopt::io_threads, options.io_threads);
  context_.set(zmq::ctxopt::max_sockets, options.sockets_max);
}

}  // namespace dyna::net
