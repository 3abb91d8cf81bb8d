#include "tools/load/fleet.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <random>
#include <stdexcept>
#include <system_error>

namespace sentix::load {

namespace {

constexpr std::size_t kReceiveBytes = 256 * 1024;

std::string random_key() {
  std::array<unsigned char, 16> bytes{};
  std::random_device random;
  for (unsigned char& byte : bytes) {
    byte = static_cast<unsigned char>(random());
  }
  std::array<unsigned char, 25> text{};  // 24 of base64 and a terminating zero
  EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {reinterpret_cast<const char*>(text.data()), text.size() - 1};
}

}  // namespace

Fleet::Fleet(const Options& options, Meter& meter)
    : meter_(meter),
      concurrency_(options.concurrency),
      receive_buffer_(kReceiveBytes),
      surroundings_{.loop = loop_,
                    .meter = meter,
                    .events = *this,
                    .receive_buffer = receive_buffer_,
                    .key = random_key(),
                    .subprotocol = speaks_sentix(options) ? "sentix.v1" : "",
                    .bearer_token = options.token} {
  if (uv_loop_init(&loop_) != 0) {
    throw std::runtime_error("no event loop is to be had");
  }
}

Fleet::~Fleet() {
  uv_loop_close(&loop_);
}

Client& Fleet::add() {
  clients_.push_back(std::make_unique<Client>(surroundings_, clients_.size()));
  return *clients_.back();
}

void Fleet::connect(Client& client, const Target& target, std::string path) {
  waiting_.push_back({&client, &target, std::move(path)});
  connect_next();
}

void Fleet::opened(Client& client) {
  --under_way_;
  events_->opened(client);
  connect_next();
}

void Fleet::ended(Client& client, const std::string& how) {
  if (!client.was_open()) {
    --under_way_;
  }
  events_->ended(client, how);
  connect_next();
}

void Fleet::connect_next() {
  while (under_way_ < concurrency_ && next_ < waiting_.size()) {
    Waiting& waiting = waiting_[next_++];
    if (waiting.client->connect(*waiting.target, waiting.path)) {
      ++under_way_;
    } else {
      meter_.finished.add();
      meter_.failed("no socket: " + std::generic_category().message(errno));
    }
  }
  if (next_ == waiting_.size()) {
    waiting_.clear();
    next_ = 0;
  }
}

void Fleet::close_all() {
  next_ = waiting_.size();
  for (const auto& client : clients_) {
    client->close(protocol::CloseCode::normal);
  }
}

void Fleet::abort_all() {
  for (const auto& client : clients_) {
    client->abort("left");
  }
}

}  // namespace sentix::load
