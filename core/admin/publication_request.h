#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sentix::core {

// What a request's body asks to be published. `data` borrows from the body.
struct PublicationRequest {
  std::string channel;
  std::string_view data;  // one JSON value, as it was written
  std::string key;
};

// Each reads a body in JSON into what it asks for. Empty where all is well; otherwise what is wrong, as a sentence.
[[nodiscard]] std::string read_publication(std::string_view json, PublicationRequest& request);
[[nodiscard]] std::string read_batch(std::string_view json, std::vector<PublicationRequest>& all);
[[nodiscard]] std::string read_broadcast(std::string_view json, std::vector<PublicationRequest>& all);

}  // namespace sentix::core
