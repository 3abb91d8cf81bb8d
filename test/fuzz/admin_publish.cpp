// The body of POST /api/publish. The properties:
//  - every answer is JSON, and an error has a code and a sentence;
//  - what is refused is published to nobody; what is accepted reaches the subscriber with the bytes of `data` as they
//    stand in the body.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "channels/presence.h"
#include "core/admin/router.h"
#include "core/shared.h"
#include "protocol/json_syntax.h"
#include "test/fuzz/require.h"

namespace {

using namespace sentix;
using sentix::test::require;

struct Listener final : channels::Inbox {
  std::vector<std::string> frames;

  void post(const channels::Publication& publication) noexcept override {
    const auto bytes = publication.frame.bytes();
    frames.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  void lose() noexcept override { std::abort(); }
  void post_task(channels::SessionId, std::function<void(channels::Session&)>) override { std::abort(); }
  [[nodiscard]] bool congested(std::size_t /*receivers*/) const override { return false; }
  [[nodiscard]] bool full() const override { return false; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  core::Shared shared{core::Options()};
  core::AdminContext context(shared, {});
  Listener listener;
  const channels::Member member{.user = "u", .info = {}};
  shared.broker->subscribe({.channel = "a",
                            .rule = shared.rules.find("a"),
                            .inbox = listener,
                            .session = channels::SessionId{1},
                            .member = member,
                            .now = {}});

  // In memory of its own size, so that a sanitizer sees where it ends.
  const std::vector<char> copy(data, data + size);
  const std::string_view body(copy.data(), copy.size());
  protocol::HttpRequest head;
  head.method = "POST";
  head.target.path = "/api/publish";
  int answers = 0;
  core::answer_admin_request(context, {head, body}, [&](const core::AdminAnswer& answer) {
    ++answers;
    require(!protocol::validate_json_utf8(answer.body));
    const bool refused = answer.status >= 400;
    require(refused == answer.body.starts_with("{\"code\":\""));
    require(!refused || listener.frames.empty());
  });
  require(answers == 1);
  for (const std::string& frame : listener.frames) {
    const std::size_t at = frame.find("\"data\":");
    require(at != std::string::npos && frame.ends_with('}'));
    const std::string_view passed = std::string_view(frame).substr(at + 7, frame.size() - at - 8);
    require(!protocol::validate_json(passed) && body.find(passed) != std::string_view::npos);
  }
  shared.broker->unsubscribe("a", listener, channels::SessionId{1}, {});
  return 0;
}
