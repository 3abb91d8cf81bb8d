#include "core/admin/query.h"

#include <span>

#include "protocol/json_value.h"
#include "protocol/url_query.h"
#include "protocol/utf8.h"

namespace sentix::core {

std::string AdminQuery::text(std::string_view name) {
  const auto raw = protocol::find_parameter(query_, name);
  if (!raw) {
    return {};
  }
  auto decoded = protocol::percent_decoded(*raw);
  if (!decoded || !protocol::valid_utf8(std::as_bytes(std::span(*decoded)))) {
    problem_ = std::string(name) + " is not UTF-8 in percent-encoding.";
    return {};
  }
  return *std::move(decoded);
}

std::uint64_t AdminQuery::number(std::string_view name, std::uint64_t otherwise, std::uint64_t max) {
  const auto raw = protocol::find_parameter(query_, name);
  if (!raw) {
    return otherwise;
  }
  const bool digits = !raw->empty() && raw->find_first_not_of("0123456789") == std::string_view::npos;
  const std::uint64_t value = digits ? protocol::json_uint64(*raw).value_or(0) : 0;
  if (value < 1 || value > max) {
    problem_ = std::string(name) + " is a number from 1 to " + std::to_string(max) + ".";
    return otherwise;
  }
  return value;
}

}  // namespace sentix::core
