#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/admin/exchange.h"

namespace sentix::core {

// The parameters of one request's query. What is wrong with any of them is told once all have been read.
class AdminQuery {
 public:
  explicit AdminQuery(const AdminRequest& request) : query_(request.head.target.query) {}

  // Decoded; empty where there is none.
  [[nodiscard]] std::string text(std::string_view name);
  // From 1 to `max`; `otherwise` where there is none.
  [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t otherwise, std::uint64_t max);

  // A sentence; empty where all is well.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::string_view query_;
  std::string problem_;
};

}  // namespace sentix::core
