// What one frame costs, step by step and as a whole: header decode, unmasking, UTF-8, the reader that joins them, and
// the least that it could cost.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

// The least that the same frames can cost: their payloads are XORed by a plain loop, and those of texts validated by
// simdjson. Nothing else is looked at.
void bare(benchmark::State& state, bool text, std::string_view pattern) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const std::string payload = text_of(size, pattern);
  const std::size_t header = frame_header_size(size, true);
  const std::size_t frames = std::max<std::size_t>((64 << 10) / (header + size), 1);
  std::string stream;
  for (std::size_t i = 0; i < frames; ++i) {
    stream.append(header, ' ').append(payload);
  }
  std::uint64_t key = std::bit_cast<std::uint32_t>(kIdleKey) * 0x1'0000'0001ULL;
  benchmark::DoNotOptimize(key);  // it is not to be known that this one changes nothing
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(frames))) {
    for (std::size_t frame = 0; frame < frames; ++frame) {
      char* const begin = stream.data() + frame * (header + size) + header;
      for (std::size_t at = 0; at + sizeof key <= size; at += sizeof key) {
        std::uint64_t word = 0;
        std::memcpy(&word, begin + at, sizeof word);
        word ^= key;
        std::memcpy(begin + at, &word, sizeof word);
      }
      if (text) {
        benchmark::DoNotOptimize(simdjson::validate_utf8(begin, size));
      }
      benchmark::ClobberMemory();
    }
  }
  count_bytes(state, size);
}
BENCHMARK_CAPTURE(bare, text, true, "hello, world ")->Apply(payload_sizes);
BENCHMARK_CAPTURE(bare, text_cyrillic, true, "да нет ")->Apply(payload_sizes);
BENCHMARK_CAPTURE(bare, binary, false, "hello, world ")->Apply(payload_sizes);

}  // namespace
}  // namespace sentix::protocol
