#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/json_fields.h"

namespace sentix::core {

// The members of one JSON object of a request's body, by known names; others are checked and left out. As with
// commands, a known name occurs once and is written without escapes.
class JsonBody {
 public:
  // `names` outlive this.
  explicit JsonBody(std::span<const std::string_view> names) : names_(names), fields_(names) {}

  // Once. Empty where all is well; otherwise what is wrong, as a sentence. `text` outlives the values.
  [[nodiscard]] std::string read(std::string_view text);

  // The value of a member as written; empty where there is none.
  [[nodiscard]] std::string_view value(std::size_t name) const { return fields_.value(name); }

  // What a string says; nullopt where the member is missing or no string.
  [[nodiscard]] std::optional<std::string> text(std::size_t name) const;

 private:
  std::span<const std::string_view> names_;
  protocol::JsonFields fields_;
};

}  // namespace sentix::core
