#include "channels/thrown.h"

#include <exception>

namespace sentix::channels {

std::string thrown_text() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace sentix::channels
