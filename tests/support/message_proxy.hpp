#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>
#include <zmq.hpp>
#include <zmq_addon.hpp>

namespace dyna::testing_support {

/// Between ZeroMQ clients and their server, for whole messages: delivers some twice and lets others
/// overtake, in both directions, which TCP would never do. Turned by hand in one thread.
class MessageProxy {
 public:
  MessageProxy(std::string target, unsigned seed) : target_(std::move(target)), random_(seed) {
    front_.set(zmq::sockopt::linger, 0);
    front_.bind("tcp://127.0.0.1:*");
  }

  std::string endpoint() const { return front_.get(zmq::sockopt::last_endpoint); }
  int doubled() const noexcept { return doubled_; }
  int overtaken() const noexcept { return overtaken_; }
  void set_trouble(bool trouble) noexcept { trouble_ = trouble; }

  /// Passes on what has come.
  void Turn() {
    ++turn_;
    for (Message message; zmq::recv_multipart(front_, std::back_inserter(message), kNow);
         message.clear()) {
      const std::string client = message.front().to_string();
      message.erase(message.begin());
      Deliver(Back(client), std::move(message));
    }
    for (auto& [client, back] : backs_) {
      for (Message message; zmq::recv_multipart(*back, std::back_inserter(message), kNow);
           message.clear()) {
        message.insert(message.begin(), zmq::message_t(client));
        Deliver(front_, std::move(message));
      }
    }
    for (auto it = held_.begin(); it != held_.end() && it->due <= turn_; it = held_.begin()) {
      Send(*it->to, it->message);
      held_.erase(it);
    }
  }

 private:
  using Message = std::vector<zmq::message_t>;
  struct Held {
    int due = 0;
    zmq::socket_t* to = nullptr;
    Message message = {};
  };
  static constexpr auto kNow = zmq::recv_flags::dontwait;
  static constexpr int kTurnsHeld = 3;

  zmq::socket_t& Back(const std::string& client) {
    auto& back = backs_[client];
    if (!back) {
      back = std::make_unique<zmq::socket_t>(context_, ZMQ_DEALER);
      back->set(zmq::sockopt::linger, 0);
      back->connect(target_);
    }
    return *back;
  }
  void Deliver(zmq::socket_t& to, Message message) {
    const unsigned lot = trouble_ ? random_() % 8 : 7;
    if (lot == 0) {
      ++overtaken_;
      held_.push_back({.due = turn_ + kTurnsHeld, .to = &to, .message = std::move(message)});
      return;
    }
    if (lot == 1) {
      ++doubled_;
      Send(to, message);
    }
    Send(to, message);
  }
  /// A copy: what is held or doubled is sent later, too.
  static void Send(zmq::socket_t& to, const Message& message) {
    Message copy;
    for (const zmq::message_t& frame : message) copy.emplace_back(frame.data(), frame.size());
    (void)zmq::send_multipart(to, copy);
  }

  std::string target_;
  std::mt19937 random_;
  bool trouble_ = false;
  int turn_ = 0;
  int doubled_ = 0;
  int overtaken_ = 0;
  zmq::context_t context_;
  zmq::socket_t front_{context_, ZMQ_ROUTER};
  std::map<std::string, std::unique_ptr<zmq::socket_t>> backs_;
  std::vector<Held> held_;  ///< oldest first
};

}  // namespace dyna::testing_support
