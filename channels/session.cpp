#include "channels/session.h"

#include <cassert>

namespace sentix::channels {

Session::~Session() {
  assert(listening_.size() == 0);
}

std::string Session::member_name() const {
  return principal_ ? principal_->user : to_text(id_);
}

}  // namespace sentix::channels
