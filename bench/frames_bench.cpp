// What one frame costs, step by step and as a whole: header decode, unmasking, UTF-8, and the reader that joins them.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/client_frame.h"
#include "protocol/frame_header.h"
#include "protocol/mask.h"
#include "protocol/message_reader.h"
#include "protocol/utf8.h"

namespace sentix::protocol {
namespace {

constexpr MaskingKey kKey{std::byte{0x37}, std::byte{0xFA}, std::byte{0x21}, std::byte{0x3D}};
constexpr ReaderLimits kLimits{.frame_bytes_max = 1 << 20, .message_bytes_max = 1 << 20};

void payload_sizes(benchmark::internal::Benchmark* bench) {
  for (const int size : {20, 125, 1 << 10, 16 << 10, 256 << 10}) {
    bench->Arg(size);
  }
}

std::string text_of(std::size_t size, std::string_view pattern) {
  std::string text;
  while (text.size() + pattern.size() <= size) {
    text += pattern;
  }
  return text.append(size - text.size(), '.');
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::vector<std::byte> frame_of(Opcode opcode, std::string_view payload) {
  std::vector<std::byte> frame;
  append_client_frame(frame, opcode, true, kKey, bytes_of(payload));
  return frame;
}

void count_bytes(benchmark::State& state, std::size_t each) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(each));
}

void header_decode(benchmark::State& state) {
  const std::vector<std::byte> frame = frame_of(Opcode::text, text_of(static_cast<std::size_t>(state.range(0)), "x"));
  for (auto _ : state) {
    std::span<const std::byte> input(frame);
    benchmark::DoNotOptimize(input);
    FrameHeader header;
    benchmark::DoNotOptimize(decode_frame_header(input, header));
    benchmark::DoNotOptimize(header);
  }
}
BENCHMARK(header_decode)->Apply(payload_sizes);

// Payloads begin behind a header, so at an odd place.
void unmask(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<std::byte> buffer(size + kFrameHeaderBytesMax);
  const std::span<std::byte> payload = std::span(buffer).subspan(frame_header_size(size, true), size);
  for (auto _ : state) {
    apply_mask(payload, kKey);
    benchmark::ClobberMemory();
  }
  count_bytes(state, size);
}
BENCHMARK(unmask)->Apply(payload_sizes);

void utf8(benchmark::State& state, std::string_view pattern) {
  const std::string text = text_of(static_cast<std::size_t>(state.range(0)), pattern);
  for (auto _ : state) {
    std::span<const std::byte> bytes = bytes_of(text);
    benchmark::DoNotOptimize(bytes);
    benchmark::DoNotOptimize(valid_utf8(bytes));
  }
  count_bytes(state, text.size());
}
BENCHMARK_CAPTURE(utf8, ascii, "hello, world ")->Apply(payload_sizes);
BENCHMARK_CAPTURE(utf8, cyrillic, "да нет ")->Apply(payload_sizes);
BENCHMARK_CAPTURE(utf8, emoji, "😀 ok ")->Apply(payload_sizes);

// Unmasking happens in place, so parsing the same bytes again means masking them again: a stream of many frames is
// parsed with the key that leaves them as they are. The work does not depend on the key.
constexpr MaskingKey kIdleKey{};

void parse(benchmark::State& state, Opcode opcode, std::string_view pattern) {
  const std::string payload = text_of(static_cast<std::size_t>(state.range(0)), pattern);
  std::vector<std::byte> stream;
  std::size_t frames = 0;
  do {
    append_client_frame(stream, opcode, true, kIdleKey, bytes_of(payload));
    ++frames;
  } while (stream.size() + payload.size() < 64 << 10);

  MessageReader reader(Role::server, kLimits);
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(frames))) {
    std::span<std::byte> input(stream);
    for (Incoming event = reader.next(input); event.kind != Incoming::Kind::need_more; event = reader.next(input)) {
      benchmark::DoNotOptimize(event.payload.data());
    }
  }
  count_bytes(state, payload.size());
}
BENCHMARK_CAPTURE(parse, text, Opcode::text, "hello, world ")->Apply(payload_sizes);
BENCHMARK_CAPTURE(parse, text_cyrillic, Opcode::text, "да нет ")->Apply(payload_sizes);
BENCHMARK_CAPTURE(parse, binary, Opcode::binary, "hello, world ")->Apply(payload_sizes);

// The least that a masked payload can cost: the loop of the whole-frame benches without anything else.
void bare_xor(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::vector<std::uint64_t> words(size / sizeof(std::uint64_t));
  for (auto _ : state) {
    for (std::uint64_t& word : words) {
      word ^= 0x3D21FA373D21FA37;
    }
    benchmark::ClobberMemory();
  }
  count_bytes(state, size);
}
BENCHMARK(bare_xor)->Arg(16 << 10)->Arg(256 << 10);

}  // namespace
}  // namespace sentix::protocol
