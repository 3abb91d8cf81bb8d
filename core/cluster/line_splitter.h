#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace sentix::core {

// Makes lines of pieces, as a pipe gives them.
class LineSplitter {
 public:
  static constexpr std::size_t kLineBytesMax = 16 * 1024;  // of a longer one each so long part is a line

  // Calls take(line), without its end, for each line that is whole now. The line is borrowed for the call.
  template <class Take>
  void add(std::string_view piece, Take&& take) {
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      const std::size_t room = kLineBytesMax - begun_.size();
      const std::size_t part = std::min({end, room, piece.size()});
      begun_.append(piece.substr(0, part));
      piece.remove_prefix(part);
      const bool is_whole = !piece.empty() && piece.front() == '\n';
      if (is_whole || begun_.size() == kLineBytesMax) {
        take(std::string_view(begun_));
        begun_.clear();
      }
      piece.remove_prefix(is_whole ? 1 : 0);
    }
  }

  // What came after the last end of a line is a line as well.
  template <class Take>
  void finish(Take&& take) {
    if (!begun_.empty()) {
      take(std::string_view(begun_));
      begun_.clear();
    }
  }

 private:
  std::string begun_;
};

}  // namespace sentix::core
