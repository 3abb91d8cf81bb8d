#include "tools/load/echo_scenario.h"

#include "tools/load/sentix_messages.h"

namespace sentix::load {

namespace {

// Letters, so that it is text as well.
Bytes payload_of(std::size_t size) {
  Bytes payload(size);
  for (std::size_t i = 0; i < size; ++i) {
    payload[i] = static_cast<std::byte>('a' + i % 26);
  }
  return payload;
}

}  // namespace

EchoScenario::EchoScenario(const Options& options, std::size_t clients, Fleet& fleet)
    : Scenario(options, fleet),
      clients_(clients),
      payload_(payload_of(options.bytes)),
      requests_(repeated(client_frame(options.binary ? protocol::Opcode::binary : protocol::Opcode::text, payload_),
                         options.in_flight)),
      loop_(options, fleet) {}

void EchoScenario::add_client() {
  loop_.add(requests_);
  raw_bytes_.push_back(0);
  fleet_.connect(fleet_.add(), options_.target, options_.target.path);
}

void EchoScenario::opened(Client& /*client*/) {
  fleet_.meter().ready.add();
}

void EchoScenario::received(Client& client, std::span<std::byte> payload) {
  if (options_.target.transport == Transport::raw) {
    received_raw(client, payload.size());
    return;
  }
  if (loop_.answered(client, 1) && text_of(payload) != text_of(payload_)) {
    fleet_.meter().failed("an answer is not what was sent");
  }
}

// A bare echo knows no messages: as many bytes as were sent are an answer.
void EchoScenario::received_raw(Client& client, std::size_t bytes) {
  std::size_t& pending = raw_bytes_[client.index()];
  pending += bytes;
  const std::size_t whole = pending / requests_.bytes;
  pending %= requests_.bytes;
  if (whole > 0) {
    loop_.answered(client, whole);
  }
}

}  // namespace sentix::load
