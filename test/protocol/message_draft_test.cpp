#include "protocol/message_draft.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <utility>

#include "protocol/json_syntax.h"
#include "test/support/cuts.h"

using namespace sentix::protocol;
using sentix::test::as_text;

TEST_CASE("a publication without and with history and publisher") {
  CHECK(as_text(MessageDraft("general", R"({"a": 1.50})").finish({}).frame.payload()) ==
        R"({"type":"message","channel":"general","data":{"a": 1.50}})");
  CHECK(as_text(MessageDraft("general", "null", R"("ann")").finish(41).frame.payload()) ==
        R"({"type":"message","channel":"general","user":"ann","data":null,"offset":41})");
}

TEST_CASE("the data is found again in the frame, byte for byte") {
  for (const std::string& data : {std::string("0"), std::string(R"([1,  2.00e+0, "\u00e9\/"])"),
                                  '"' + std::string(200, 'x') + '"', '"' + std::string(70000, 'x') + '"'}) {
    for (const std::string_view user : {"", R"({"id":7})"}) {
      const MessageFrame message =
          MessageDraft("news:a/b", data, user).finish(std::numeric_limits<std::uint64_t>::max());
      CHECK(message.data_json() == data);
      CHECK_FALSE(validate_json(as_text(message.frame.payload())));
    }
  }
}

TEST_CASE("there is room for the longest offset, so that finishing does not allocate") {
  const std::string channel(200, 'c');
  const std::string_view data = "[]", user = R"("u")";
  const std::uint64_t longest = std::numeric_limits<std::uint64_t>::max();
  const MessageFrame message = MessageDraft(channel, data, user).finish(longest);
  CHECK(as_text(message.frame.payload()).ends_with(R"("data":[],"offset":18446744073709551615})"));
  CHECK(message.frame.payload().size() <= MessageDraft::kFixedBytes + channel.size() + data.size() + user.size());
}

TEST_CASE("copies share one buffer") {
  const MessageFrame message = MessageDraft("general", "[]").finish(1);
  const MessageFrame copy = message;
  CHECK(copy.data_json().data() == message.data_json().data());
}
