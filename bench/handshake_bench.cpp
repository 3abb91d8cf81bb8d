// What one handshake costs before a socket is involved: a browser's request head of about 600 bytes, read, decided and
// answered.
#include <benchmark/benchmark.h>

#include <string>

#include "protocol/handshake.h"
#include "protocol/http_response.h"
#include "protocol/request_parser.h"
#include "test/support/cuts.h"
#include "test/support/request_heads.h"

namespace sentix::protocol {
namespace {

constexpr RequestLimits kLimits;

void set_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void request_head_whole(benchmark::State& state) {
  const auto head = test::as_bytes(test::kChromiumHandshake);
  HttpRequest request;
  for (auto _ : state) {
    benchmark::DoNotOptimize(RequestParser(kLimits).parse(head, request).consumed);
  }
  set_bytes(state, head.size());
}
BENCHMARK(request_head_whole);

// A slow client at its worst. The cost of a byte must not depend on how many came before it.
void request_head_byte_by_byte(benchmark::State& state) {
  const std::string value(static_cast<std::size_t>(state.range(0)), 'a');
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nA: " + value + "\r\n\r\n";
  HttpRequest request;
  for (auto _ : state) {
    RequestParser parser(kLimits);
    for (std::size_t size = 1; size <= head.size(); ++size) {
      benchmark::DoNotOptimize(parser.parse(test::as_bytes(head).first(size), request).consumed);
    }
  }
  set_bytes(state, head.size());
}
BENCHMARK(request_head_byte_by_byte)->Arg(100)->Arg(1000)->Arg(8000);

void handshake_decision(benchmark::State& state) {
  const HandshakePolicy policy;
  HttpRequest request;
  RequestParser(kLimits).parse(test::as_bytes(test::kChromiumHandshake), request);
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(request, policy));
  }
}
BENCHMARK(handshake_decision);

void handshake_accept_key(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(accept_key("dGhlIHNhbXBsZSBub25jZQ=="));
  }
}
BENCHMARK(handshake_accept_key);

void handshake_from_head_to_response(benchmark::State& state) {
  const HandshakePolicy policy;
  const auto head = test::as_bytes(test::kChromiumHandshake);
  HttpRequest request;
  for (auto _ : state) {
    RequestParser(kLimits).parse(head, request);
    const HandshakeDecision decision = decide(request, policy);
    const auto& upgrade = std::get<AcceptedUpgrade>(decision);
    benchmark::DoNotOptimize(upgrade_response(upgrade.accept_key, upgrade.subprotocol).data());
  }
  set_bytes(state, head.size());
}
BENCHMARK(handshake_from_head_to_response);

}  // namespace
}  // namespace sentix::protocol
