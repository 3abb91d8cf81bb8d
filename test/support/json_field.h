#pragma once

#include <string>
#include <string_view>

namespace sentix::test {

// The member `key` of a JSON object: a string's text, anything else as JSON; "" where there is none.
std::string json_field(std::string_view json, std::string_view key);

}  // namespace sentix::test
