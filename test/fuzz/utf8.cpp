// UTF-8: whole, in pieces, simdjson's kernels and the naive way agree; and byte by byte, the first byte that is refused
// is the first after which no valid text can go on. Input: the size of the pieces (1), the text.
#include "protocol/utf8.h"

#include <simdjson.h>

#include "test/fuzz/require.h"
#include "test/support/cuts.h"
#include "test/support/naive_utf8.h"

using namespace sentix;
using sentix::test::require;

namespace {

// Bytes taken before a piece is refused; the whole size where none is.
std::size_t accepted(std::span<const std::byte> text, std::size_t piece_size, bool& complete) {
  protocol::Utf8Validator validator;
  std::size_t taken = 0;
  for (const auto piece : test::pieces_of(text, piece_size)) {
    if (!validator.feed(piece)) {
      complete = false;
      return taken;
    }
    taken += piece.size();
  }
  complete = validator.complete();
  return taken;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) {
    return 0;
  }
  const std::size_t piece_size = data[0] + 1U;
  const std::span<const std::byte> text = std::as_bytes(std::span(data, size)).subspan(1);

  const bool expected = test::naive_utf8(text);
  require(simdjson::validate_utf8(reinterpret_cast<const char*>(text.data()), text.size()) == expected);
  require(protocol::valid_utf8(text) == expected);

  bool complete = false;
  const std::size_t in_pieces = accepted(text, piece_size, complete);
  require(complete == expected);

  const std::size_t one_by_one = accepted(text, 1, complete);
  require(complete == expected);
  require(one_by_one / piece_size * piece_size == in_pieces || one_by_one == text.size());

  // Quadratic, so only the last few bytes before the refusal are asked about; before them everything was whole
  // characters.
  if (one_by_one < text.size()) {
    const std::size_t from = one_by_one < 3 ? 0 : one_by_one - 3;
    for (std::size_t start = from; start <= one_by_one; ++start) {
      if (test::naive_utf8(text.first(start))) {
        require(!test::naive_utf8_can_continue(text.first(one_by_one + 1)));
        require(test::naive_utf8_can_continue(text.first(one_by_one)));
        break;
      }
    }
  }
  return 0;
}
