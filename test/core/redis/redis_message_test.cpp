#include "core/redis/redis_message.h"

#include <doctest/doctest.h>

#include "core/redis/redis_replies.h"
#include "test/core/redis/make_reply.h"
#include "test/support/guard_page.h"

using namespace sentix;
using core::decode_redis_message;
using core::RedisMessage;
using core::RedisReply;
using test::list;
using test::number;
using test::text;
using Type = RedisReply::Type;

namespace {

const RedisMessage kPublications{.except = "n/c1", .epoch = "e", .first = 7, .items = {{"1", "\"ann\""}, {"{}", ""}}};

std::optional<RedisMessage> decode(std::string_view payload) {
  const test::GuardedBytes guarded(std::as_bytes(std::span(payload)));
  return decode_redis_message({reinterpret_cast<const char*>(guarded.span().data()), guarded.span().size()});
}

}  // namespace

TEST_CASE("a message to the nodes is read as it was written, with any bytes") {
  const RedisMessage frames{.kind = RedisMessage::Kind::frames, .items = {{std::string("\0\r\n$1", 5), ""}}};
  for (const RedisMessage& message : {kPublications, frames, RedisMessage{.kind = RedisMessage::Kind::left}}) {
    CHECK(decode(encode_redis_message(message)) == message);
  }
  CHECK(decode("*6\r\n$1\r\nj\r\n$0\r\n\r\n$0\r\n\r\n$1\r\n0\r\n$3\r\nann\r\n$2\r\n{}\r\n") ==
        RedisMessage{.kind = RedisMessage::Kind::joined, .items = {{"ann", "{}"}}});
}

TEST_CASE("what is cut, or has another one behind it, is no message") {
  const std::string whole = encode_redis_message(kPublications);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(decode(std::string_view(whole).substr(0, size)));
  }
  CHECK_FALSE(decode(whole + whole));
}

TEST_CASE("what is of another form is no message") {
  for (const char* payload : {
           "hello", "+OK\r\n", "*0\r\n",
           "*4\r\n$1\r\nx\r\n$0\r\n\r\n$0\r\n\r\n$1\r\n0\r\n",                  // no such kind
           "*5\r\n$1\r\nm\r\n$0\r\n\r\n$0\r\n\r\n$1\r\n0\r\n$1\r\n1\r\n",       // half a pair
           "*4\r\n$1\r\nm\r\n$0\r\n\r\n$0\r\n\r\n$2\r\n-1\r\n",                 // no offset
           "*4\r\n$1\r\nm\r\n$0\r\n\r\n$0\r\n\r\n$2\r\n1x\r\n",                 // nor this
           "*4\r\n$1\r\nm\r\n$0\r\n\r\n$0\r\n\r\n:1\r\n",                       // no text
           "*6\r\n$1\r\nm\r\n$0\r\n\r\n$0\r\n\r\n$1\r\n0\r\n*0\r\n$0\r\n\r\n",  // nor this
       }) {
    CAPTURE(payload);
    CHECK_FALSE(decode(payload));
  }
}

TEST_CASE("answers of scripts are read, and nothing else is") {
  const RedisReply entries = list({text("4"), text("a"), text(""), text("5"), text("b"), text("\"ann\"")});
  const RedisReply members = list({text("ann"), text("{}"), text("2")});
  const auto joined = core::read_joined(
      list({text("ok"), text("e"), text("5"), number(1), text("3"), entries, members, number(7), text("9")}));
  REQUIRE(joined);
  CHECK(joined->stream.top == channels::Position{"e", 5});
  CHECK(joined->stream.from == 3);
  CHECK(joined->stored == 9);
  CHECK(joined->recovered);
  CHECK(joined->stream.entries.at(1).user_json == "\"ann\"");
  CHECK(joined->members.count == 7);
  CHECK(joined->members.members.at(0).connections == 2);
  CHECK(core::read_joined(list({text("full")}))->full);
  const auto read = core::read_history(list({text("e"), text("5"), entries, text("9")}));
  CHECK(read->entries.size() == 2);
  CHECK(read->stored == 9);
  const auto stored = core::read_stored(list({text("e"), text("3"), text("4"), text(""), text("2")}), 3);
  REQUIRE(stored);
  CHECK(stored->safe == 3);
  CHECK(stored->offsets == std::vector<std::uint64_t>{4, 0, 2});
  CHECK(stored->newest() == channels::Position{"e", 4});
  CHECK(core::read_confirmed(list({text("e"), text("4")})) == channels::Position{"e", 4});

  const RedisReply error{.type = Type::error, .text = "OOM"};
  const RedisReply odd = list({text("4"), text("a")});
  for (const RedisReply& wrong :
       {error, RedisReply(), list({}), list({text("ok")}), list({text("e"), text("x"), odd}),
        list({text("e"), text("x")}), list({text("e"), text("5"), entries, text("")}),
        list({text("e"), text("3"), text("4"), text("x"), text("5")}),
        list({text("ok"), text("e"), text("5"), number(1), text("3"), odd, members, number(7), text("9")}),
        list({text("ok"), text("e"), text("5"), number(1), text("3"), entries, odd, number(7), text("9")}),
        list({text("ok"), text("e"), text("5"), number(1), text("3"), entries, members, number(7), text("x")})}) {
    CHECK_FALSE(core::read_joined(wrong));
    CHECK_FALSE(core::read_history(wrong));
    CHECK_FALSE(core::read_stored(wrong, 3));
    CHECK_FALSE(core::read_confirmed(wrong));
  }
}
