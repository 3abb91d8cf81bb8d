// What one command costs: checking the text of a message, decoding it, and encoding what subscribers get.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "protocol/command_decoder.h"
#include "protocol/event_encoder.h"
#include "protocol/json_syntax.h"
#include "protocol/message_draft.h"

namespace {

using namespace sentix::protocol;

// One message of a chat; with `bytes` of text.
std::string publish_command(std::size_t bytes) {
  return R"({"type":"publish","id":41,"channel":"general","data":{"user":"ann","text":")" + std::string(bytes, 'x') +
         R"("}})";
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void validate_string(benchmark::State& state) {
  const std::string text = '"' + std::string(static_cast<std::size_t>(state.range(0)), 'x') + '"';
  for (auto _ : state) benchmark::DoNotOptimize(validate_json(text));
  count_bytes(state, text.size());
}
BENCHMARK(validate_string)->Arg(16)->Arg(1024)->Arg(256 * 1024);

// Much punctuation and many short tokens: the worst there is for a validator.
void validate_numbers(benchmark::State& state) {
  std::string text = "[0";
  for (int i = 1; i < state.range(0); ++i) text.append(",").append(std::to_string(i * 7919 % 1000)).append(".5");
  text += ']';
  for (auto _ : state) benchmark::DoNotOptimize(validate_json(text));
  count_bytes(state, text.size());
}
BENCHMARK(validate_numbers)->Arg(1000);

void decode(benchmark::State& state, const std::string& text) {
  CommandDecoder decoder;
  for (auto _ : state) {
    auto decoded = decoder.decode(text);
    benchmark::DoNotOptimize(decoded);
  }
  count_bytes(state, text.size());
}
BENCHMARK_CAPTURE(decode, ping, R"({"type":"ping","id":8})");
BENCHMARK_CAPTURE(decode, subscribe, R"({"type":"subscribe","id":2,"channel":"general"})");
BENCHMARK_CAPTURE(decode, publish_20, publish_command(20));
BENCHMARK_CAPTURE(decode, publish_1k, publish_command(1024));
BENCHMARK_CAPTURE(decode, publish_64k, publish_command(64 * 1024));
BENCHMARK_CAPTURE(decode, escaped_strings, R"({"type":"subscribe","id":2,"channel":"news\/sports\/today"})");
BENCHMARK_CAPTURE(decode, refused, R"({"type":"subscribe","id":2,"channel":7})");

void encode_message(benchmark::State& state) {
  const std::string data = '"' + std::string(static_cast<std::size_t>(state.range(0)), 'x') + '"';
  std::uint64_t offset = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(MessageDraft("general", data, R"("ann")").finish(++offset));
  }
  count_bytes(state, data.size());
}
BENCHMARK(encode_message)->Arg(20)->Arg(1024)->Arg(64 * 1024);

void encode_published(benchmark::State& state) {
  const Published reply{.id = {"41"}, .channel = "general", .offset = 1234};
  for (auto _ : state) benchmark::DoNotOptimize(encode(reply));
}
BENCHMARK(encode_published);

}  // namespace
