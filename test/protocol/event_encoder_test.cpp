#include "protocol/event_encoder.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "protocol/json_syntax.h"
#include "test/support/cuts.h"
#include "test/support/simdjson_dom.h"

using namespace sentix::protocol;

namespace {

// The payload of what is encoded, after checking that it is one text frame of valid JSON.
template <typename Event>
std::string encoded(const Event& event) {
  const SharedFrame frame = encode(event);
  CHECK(frame.bytes().front() == std::byte{0x81});
  const std::string text = sentix::test::as_text(frame.payload());
  CHECK_FALSE(validate_json(text));
  CHECK(sentix::test::dom_error(text) == simdjson::SUCCESS);
  return text;
}

constexpr std::array<Member, 2> kMembers = {{{"ann", R"({"name":"Ann"})", 2}, {"b\"ob"}}};

}  // namespace

TEST_CASE("welcome") {
  CHECK(encoded(Welcome{.connection = "c1a2"}) == R"({"type":"welcome","connection":"c1a2","protocol":1})");
  CHECK(encoded(Welcome{.connection = "c1a2", .user_json = R"({"name":"ann"})"}) ==
        R"({"type":"welcome","connection":"c1a2","protocol":1,"user":{"name":"ann"}})");
}

TEST_CASE("authenticated") {
  CHECK(encoded(Authenticated{.id = {"1"}, .user_json = R"({"name":"ann"})"}) ==
        R"({"type":"authenticated","id":1,"user":{"name":"ann"}})");
}

TEST_CASE("subscribed") {
  CHECK(encoded(Subscribed{.id = {"2"}, .channel = "general"}) ==
        R"({"type":"subscribed","id":2,"channel":"general"})");
  CHECK(encoded(Subscribed{.id = {"2"}, .channel = "general", .position = Position{"e1", 41}}) ==
        R"({"type":"subscribed","id":2,"channel":"general","epoch":"e1","offset":41})");
  CHECK(
      encoded(Subscribed{
          .id = {"2"}, .channel = "general", .position = Position{"e1", 0}, .recovered = false, .members = kMembers}) ==
      R"({"type":"subscribed","id":2,"channel":"general","epoch":"e1","offset":0,"recovered":false,"members":[)"
      R"({"user":"ann","info":{"name":"Ann"},"connections":2},{"user":"b\"ob","info":{},"connections":1}]})");
  CHECK(encoded(Subscribed{.id = {"2"}, .channel = "g", .recovered = true, .members = Members{}}) ==
        R"({"type":"subscribed","id":2,"channel":"g","recovered":true,"members":[]})");
}

TEST_CASE("unsubscribed") {
  CHECK(encoded(Unsubscribed{.id = {"3"}, .channel = "general"}) ==
        R"({"type":"unsubscribed","id":3,"channel":"general"})");
  CHECK(encoded(Unsubscribed{.channel = "general", .reason = "token expired"}) ==
        R"({"type":"unsubscribed","channel":"general","reason":"token expired"})");
}

TEST_CASE("published") {
  CHECK(encoded(Published{.id = {"4"}, .channel = "general"}) == R"({"type":"published","id":4,"channel":"general"})");
  CHECK(encoded(Published{.id = {"4"}, .channel = "general", .offset = 18446744073709551615U}) ==
        R"({"type":"published","id":4,"channel":"general","offset":18446744073709551615})");
  CHECK(encoded(Published{.id = {"4"}, .channel = "general", .local = true}) ==
        R"({"type":"published","id":4,"channel":"general","local":true})");
}

TEST_CASE("ok and pong") {
  CHECK(encoded(Ok{.id = {"5"}}) == R"({"type":"ok","id":5})");
  CHECK(encoded(Pong{.id = {R"("\u00e9-8")"}}) == R"({"type":"pong","id":"\u00e9-8"})");
}

TEST_CASE("history") {
  const std::array<HistoryMessage, 2> messages = {{{7, "[1, 2]"}, {8, "null"}}};
  CHECK(encoded(HistoryReply{.id = {"6"}, .channel = "general", .position = {"e1", 8}, .messages = messages}) ==
        R"({"type":"history","id":6,"channel":"general","epoch":"e1","offset":8,"messages":[)"
        R"({"offset":7,"data":[1, 2]},{"offset":8,"data":null}]})");
  CHECK(encoded(HistoryReply{.id = {"6"}, .channel = "general", .position = {"e1", 0}}) ==
        R"({"type":"history","id":6,"channel":"general","epoch":"e1","offset":0,"messages":[]})");
}

TEST_CASE("presence") {
  CHECK(encoded(PresenceReply{.id = {"7"}, .channel = "general", .members = kMembers}) ==
        R"({"type":"presence","id":7,"channel":"general","members":[)"
        R"({"user":"ann","info":{"name":"Ann"},"connections":2},{"user":"b\"ob","info":{},"connections":1}]})");
  CHECK(encoded(PresenceReply{.id = {"7"}, .channel = "g", .count = 12}) ==
        R"({"type":"presence","id":7,"channel":"g","count":12})");
  CHECK(encoded(PresenceReply{.id = {"7"}, .channel = "g", .members = Members{}, .count = 12}) ==
        R"({"type":"presence","id":7,"channel":"g","members":[],"count":12})");
  CHECK(encoded(Subscribed{.id = {"7"}, .channel = "g", .members = Members{}, .count = 12}) ==
        R"({"type":"subscribed","id":7,"channel":"g","members":[],"count":12})");
}

TEST_CASE("error") {
  CHECK(encoded(ErrorReply{.id = {"2"}, .code = ErrorCode::forbidden, .message = "Not for \"you\"."}) ==
        R"({"type":"error","id":2,"code":"forbidden","message":"Not for \"you\"."})");
}

TEST_CASE("a reply to a command without an id has none") {
  CHECK(encoded(ErrorReply{.id = {}, .code = ErrorCode::bad_request, .message = "No."}) ==
        R"({"type":"error","code":"bad_request","message":"No."})");
  CHECK(encoded(Pong{.id = {}}) == R"({"type":"pong"})");
}

TEST_CASE("event") {
  CHECK(encoded(RelayedEvent{.event = "typing", .channel = "general", .data_json = R"({"on":true})", .from = "c1a2"}) ==
        R"({"type":"event","event":"typing","channel":"general","data":{"on":true},"from":"c1a2"})");
}

TEST_CASE("join and leave") {
  CHECK(encoded(Joined{.channel = "general", .member = kMembers[0]}) ==
        R"({"type":"join","channel":"general","member":{"user":"ann","info":{"name":"Ann"},"connections":2}})");
  CHECK(encoded(Left{.channel = "general", .member = kMembers[1]}) ==
        R"({"type":"leave","channel":"general","member":{"user":"b\"ob","info":{},"connections":1}})");
}

TEST_CASE("gap") {
  CHECK(encoded(Gap{.channel = "general", .position = {"e1", 12}}) ==
        R"({"type":"gap","channel":"general","epoch":"e1","offset":12})");
}
