#include "core/redis/redis_reply_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/redis/redis_command.h"
#include "test/support/cuts.h"
#include "test/support/guard_page.h"

using namespace sentix;
using core::append_redis_command;
using core::RedisReply;
using core::RedisReplyReader;
using Next = RedisReplyReader::Next;
using Type = RedisReply::Type;

namespace {

constexpr std::size_t kBytesMax = 4096;

struct Outcome {
  std::vector<RedisReply> replies;
  bool broken = false;

  bool operator==(const Outcome&) const = default;
};

Outcome read(const test::Pieces& pieces) {
  RedisReplyReader reader(kBytesMax);
  Outcome outcome;
  for (const auto piece : pieces) {
    const test::GuardedBytes guarded(piece);
    reader.feed(guarded.span());
    RedisReply reply;
    Next next = Next::incomplete;
    while ((next = reader.next(reply)) == Next::reply) {
      outcome.replies.push_back(reply);
    }
    if (next == Next::broken) {
      CHECK_FALSE(reader.failure().empty());
      CHECK(reader.next(reply) == Next::broken);
      outcome.broken = true;
      break;
    }
  }
  return outcome;
}

Outcome read(std::string_view text) {
  return read(test::Pieces{test::as_bytes(text)});
}

RedisReply text_reply(Type type, std::string text) {
  return {.type = type, .text = std::move(text)};
}

}  // namespace

TEST_CASE("replies are what Redis said, however it is cut") {
  const struct {
    std::string_view text;
    std::vector<RedisReply> replies;
  } kTable[] = {
      {"+OK\r\n", {text_reply(Type::status, "OK")}},
      {"-ERR no\r\n", {text_reply(Type::error, "ERR no")}},
      {":-9223372036854775808\r\n", {{.type = Type::integer, .integer = INT64_MIN}}},
      {":9223372036854775807\r\n", {{.type = Type::integer, .integer = INT64_MAX}}},
      {"$-1\r\n", {{}}},
      {"*-1\r\n", {{}}},
      {"$0\r\n\r\n", {text_reply(Type::string, "")}},
      {"$4\r\na\r\nb\r\n", {text_reply(Type::string, "a\r\nb")}},
      {"*0\r\n", {{.type = Type::array}}},
      {"*3\r\n:1\r\n*2\r\n$-1\r\n$1\r\nx\r\n+y\r\n",
       {{.type = Type::array,
         .elements = {{.type = Type::integer, .integer = 1},
                      {.type = Type::array, .elements = {{}, text_reply(Type::string, "x")}},
                      text_reply(Type::status, "y")}}}},
      {"+a\r\n:2\r\n+b\r\n",
       {text_reply(Type::status, "a"), {.type = Type::integer, .integer = 2}, text_reply(Type::status, "b")}},
  };
  for (const auto& row : kTable) {
    CAPTURE(row.text);
    test::for_each_cut(row.text, [&row](const test::Pieces& pieces) {
      const Outcome outcome = read(pieces);
      CHECK(outcome.replies == row.replies);
      CHECK_FALSE(outcome.broken);
    });
  }
}

TEST_CASE("what is no RESP2 breaks the reader, with what came before it in order") {
  CHECK(read("+OK\r\nhello\r\n") == Outcome{{text_reply(Type::status, "OK")}, true});
  for (const std::string_view text : {"%1\r\n", "$x\r\n", "$-2\r\n", "*x\r\n", "*-2\r\n", "*2147483648\r\n", ":1x\r\n",
                                      "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n"}) {
    CAPTURE(text);
    CHECK(read(text).broken);
  }
}

TEST_CASE("a reply has a bound of bytes, alone and as one of many") {
  const std::string fits = "$" + std::to_string(kBytesMax - 9) + "\r\n" + std::string(kBytesMax - 9, 'x') + "\r\n";
  REQUIRE(fits.size() == kBytesMax);
  std::string many;
  for (int i = 0; i < 5; ++i) {
    many += fits;
  }
  CHECK(read(test::pieces_of(test::as_bytes(many), 1000)).replies.size() == 5);

  const std::string too_many = "$1000000\r\n" + std::string(kBytesMax, 'x');
  const Outcome outcome = read(test::pieces_of(test::as_bytes(too_many), 1000));
  CHECK(outcome.broken);
  CHECK(outcome.replies.empty());
}

TEST_CASE("elements are counted over all levels before there is memory for them") {
  constexpr std::size_t kSmall = 12;  // bytes, so four elements
  const struct {
    std::string_view text;
    std::size_t bytes_max;
    Next next;
  } kTable[] = {
      {"*4\r\n", kSmall, Next::incomplete},
      {"*5\r\n", kSmall, Next::broken},
      {"*2\r\n*2\r\n", kSmall, Next::incomplete},
      {"*2\r\n*3\r\n", kSmall, Next::broken},
      {"*1000000\r\n", 100'000'000, Next::incomplete},
      {"*1000001\r\n", 100'000'000, Next::broken},
  };
  RedisReply reply;
  for (const auto& row : kTable) {
    CAPTURE(row.text);
    RedisReplyReader reader(row.bytes_max);
    reader.feed(test::as_bytes(row.text));
    CHECK(reader.next(reply) == row.next);
    CHECK((row.next == Next::broken) == (reader.failure() == "a reply has more elements than it may have"));
  }

  RedisReplyReader in_turn(kBytesMax);
  for (int i = 0; i < 3; ++i) {
    in_turn.feed(test::as_bytes("*0\r\n*1\r\n+x\r\n"));
    CHECK(in_turn.next(reply) == Next::reply);
    CHECK(in_turn.next(reply) == Next::reply);
    CHECK(in_turn.next(reply) == Next::incomplete);
  }
}

TEST_CASE("a command is read as it was written, whatever bytes it has") {
  std::string written = "before";
  const std::string_view binary("\0\r\n$\xff", 5);
  append_redis_command(written, {"SET", "", binary});
  CHECK(written.starts_with("before*3\r\n$3\r\nSET\r\n$0\r\n\r\n$5\r\n"));
  const Outcome outcome = read(std::string_view(written).substr(6));
  REQUIRE(outcome.replies.size() == 1);
  CHECK(outcome.replies[0].elements == std::vector{text_reply(Type::string, "SET"), text_reply(Type::string, ""),
                                                   text_reply(Type::string, std::string(binary))});
}
