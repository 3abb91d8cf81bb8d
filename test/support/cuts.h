#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sentix::test {

using Pieces = std::vector<std::span<const std::byte>>;

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::string as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Bytes written as numbers: bytes_of({0x81, 0x00}).
inline std::vector<std::byte> bytes_of(std::initializer_list<int> numbers) {
  std::vector<std::byte> bytes;
  for (const int number : numbers) {
    bytes.push_back(static_cast<std::byte>(number));
  }
  return bytes;
}

// `whole` in pieces of `size` bytes; the last one may be shorter. Nothing at all gives no piece.
inline Pieces pieces_of(std::span<const std::byte> whole, std::size_t size) {
  Pieces pieces;
  for (; !whole.empty(); whole = whole.subspan(pieces.back().size())) {
    pieces.push_back(whole.first(size < whole.size() ? size : whole.size()));
  }
  return pieces;
}

// Calls body(const Pieces&) for the ways to cut a stream that find incremental parsers wrong: whole; cut in two at each
// position (an empty piece first and last included); one, two, three, five and seven bytes at a time. The pieces point
// into `whole`: a parser that writes into its input is given copies of them, which also lets a sanitizer see where each
// piece ends.
template <typename Body>
void for_each_cut(std::span<const std::byte> whole, Body&& body) {
  body(Pieces{whole});
  for (std::size_t at = 0; at <= whole.size(); ++at) {
    body(Pieces{whole.first(at), whole.subspan(at)});
  }
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{5}, std::size_t{7}}) {
    body(pieces_of(whole, size));
  }
}

template <typename Body>
void for_each_cut(std::string_view whole, Body&& body) {
  for_each_cut(as_bytes(whole), body);
}

}  // namespace sentix::test
