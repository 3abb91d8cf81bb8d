#include "channels/listening_list.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>

namespace sentix::channels {

ListeningList::~ListeningList() {
  if (size_ > 1) delete[] many_;
}

void ListeningList::push_back(const Listening& listening) {
  if (size_ == 0) {
    one_ = listening;
  } else {
    if (std::has_single_bit(size_)) {
      std::unique_ptr<Listening[]> larger(new Listening[2 * std::size_t{size_}]);
      std::ranges::copy(all(), larger.get());
      if (size_ > 1) delete[] many_;
      many_ = larger.release();
    }
    many_[size_] = listening;
  }
  ++size_;
}

bool ListeningList::take_out(std::uint32_t place) noexcept {
  assert(place < size_);
  const bool another = place + 1 != size_;
  if (another) data()[place] = data()[size_ - 1];
  if (size_ == 2) {
    Listening* const many = many_;
    one_ = many[0];
    delete[] many;
  }
  --size_;
  return another;
}

}  // namespace sentix::channels
