// The client's side of the opening handshake: what a server answers. The properties:
//  - the head ends at the first blank line, and what follows it changes nothing;
//  - everything that is told lies in the head;
//  - an answer without a problem is what a server that knows the key says: status 101, and its accept key is in it;
//  - under another key the same answer has a problem.
#include "protocol/client_handshake.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

#include "protocol/accept_key.h"
#include "test/fuzz/require.h"

namespace {

using namespace sentix::protocol;
using sentix::test::require;

constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kOtherKey = "AAAAAAAAAAAAAAAAAAAAAA==";

bool lies_in(std::string_view part, std::string_view text) {
  const std::less_equal<> before;
  return part.empty() ||
         (before(text.data(), part.data()) && before(part.data() + part.size(), text.data() + text.size()));
}

void check_connection(std::string_view head, const ServerAnswer& answer) {
  const AcceptKey expected = accept_key(kKey);
  require(answer.status == 101);
  require(head.find(std::string_view(expected.data(), expected.size())) != std::string_view::npos);
  require(read_answer(head, kOtherKey)->problem.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view received(reinterpret_cast<const char*>(data), size);
  const auto answer = read_answer(received, kKey);
  const std::size_t blank_line = received.find("\r\n\r\n");
  require(answer.has_value() == (blank_line != std::string_view::npos));
  if (!answer) return 0;

  require(answer->head_bytes == blank_line + 4);
  const std::string_view head = received.substr(0, answer->head_bytes);
  require(lies_in(answer->reason, head) && lies_in(answer->subprotocol, head));
  if (!answer->problem) check_connection(head, *answer);

  const auto alone = read_answer(head, kKey);
  require(alone && alone->status == answer->status && alone->reason == answer->reason &&
          alone->subprotocol == answer->subprotocol && alone->problem == answer->problem);
  return 0;
}
