#pragma once

#include <string>

namespace sentix::channels {

// What the exception that is being handled says of itself. To be called from inside of a catch block.
std::string thrown_text();

}  // namespace sentix::channels
