#include "protocol/command_decoder.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "test/support/guard_page.h"

using namespace sentix::protocol;
using sentix::test::GuardedBytes;

namespace {

// Owns the text and the decoder that a decoded command borrows from.
struct Attempt {
  explicit Attempt(std::string_view given) : text(given), result(decoder.decode(text)) {}

  [[nodiscard]] const Command& command() const {
    REQUIRE(std::holds_alternative<Command>(result));
    return std::get<Command>(result);
  }
  [[nodiscard]] const CommandError& error() const {
    REQUIRE(std::holds_alternative<CommandError>(result));
    return std::get<CommandError>(result);
  }

  std::string text;
  CommandDecoder decoder;
  Decoded result;
};

bool is_refused(std::string_view text) {
  CommandDecoder decoder;
  return std::holds_alternative<CommandError>(decoder.decode(text));
}

std::string with_data(std::string_view data) {
  return R"({"type":"publish","id":4,"channel":"general","data":)" + std::string(data) + "}";
}

const std::vector<std::string_view> kValidCommands = {
    R"({"type":"authenticate","id":1,"credentials":{"username":"john","token":"t"}})",
    R"({"type":"subscribe","id":2,"channel":"general"})",
    R"({"type":"subscribe","id":2,"channel":"general","since":{"epoch":"e","offset":41},"token":"abc"})",
    R"({"type":"unsubscribe","id":3,"channel":"general"})",
    R"({"type":"publish","id":4,"channel":"general","data":{"text":"hi","n":[1.50,-0e-7]},"key":"k1"})",
    R"({"type":"event","id":5,"event":"typing","data":null,"channel":"general"})",
    R"({"type":"history","id":6,"channel":"general","limit":50,"since":{"offset":0,"epoch":""},"reverse":true})",
    R"({"type":"presence","id":7,"channel":"general"})",
    R"({"type":"presence","id":7,"channel":"general","count":true})",
    R"({"type":"ping","id":"eight"})",
    " { \"type\" : \"ping\" } ",
    R"({"type":"\u0070ing"})",
};

struct Refused {
  std::string text;
  std::string_view message_part;
  std::string_view id = "";
  ErrorCode code = ErrorCode::bad_request;
};

void check_refused(const std::vector<Refused>& table) {
  for (const Refused& expected : table) {
    CAPTURE(expected.text);
    const Attempt attempt(expected.text);
    const CommandError& error = attempt.error();
    CAPTURE(error.message);
    CHECK(wire_name(error.code) == wire_name(expected.code));
    CHECK(error.id.json == expected.id);
    CHECK(error.message.find(expected.message_part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("authenticate") {
  const Attempt attempt(R"({"type":"authenticate","id":1,"credentials": {"token": "t", "a":[1]} })");
  const Command& command = attempt.command();
  CHECK(command.type == CommandType::authenticate);
  CHECK(command.id.json == "1");
  CHECK(command.credentials == R"({"token": "t", "a":[1]})");
}

TEST_CASE("subscribe") {
  const Attempt plain(R"({"type":"subscribe","id":2,"channel":"general"})");
  CHECK(plain.command().type == CommandType::subscribe);
  CHECK(plain.command().channel == "general");
  CHECK_FALSE(plain.command().since.has_value());
  CHECK(plain.command().token.empty());

  const Attempt recovering(R"({"since":{"offset":18446744073709551615,"epoch":"e\/1","x":{}},)"
                           R"("token":"a.b-c","channel":"general","type":"subscribe"})");
  const Command& command = recovering.command();
  CHECK(command.id.empty());
  REQUIRE(command.since.has_value());
  CHECK(command.since->epoch == "e/1");
  CHECK(command.since->offset == 18446744073709551615U);
  CHECK(command.token == "a.b-c");
}

TEST_CASE("unsubscribe and presence") {
  const Attempt unsubscribe(R"({"type":"unsubscribe","channel":"a/b"})");
  CHECK(unsubscribe.command().type == CommandType::unsubscribe);
  CHECK(unsubscribe.command().channel == "a/b");
  const Attempt presence(R"({"type":"presence","channel":"a/b"})");
  CHECK(presence.command().type == CommandType::presence);
  CHECK(presence.command().channel == "a/b");
  CHECK_FALSE(presence.command().count);
  CHECK(Attempt(R"({"type":"presence","channel":"a","count":true})").command().count);
  CHECK_FALSE(Attempt(R"({"type":"presence","channel":"a","count":false})").command().count);
}

TEST_CASE("publish") {
  const Attempt attempt(R"({"type":"publish","id":4,"channel":"general","data":7,"key":"once"})");
  const Command& command = attempt.command();
  CHECK(command.type == CommandType::publish);
  CHECK(command.channel == "general");
  CHECK(command.data == "7");
  CHECK(command.key == "once");
}

TEST_CASE("event") {
  const Attempt full(R"({"type":"event","event":"typing","data":{},"channel":"general"})");
  CHECK(full.command().type == CommandType::event);
  CHECK(full.command().event == "typing");
  CHECK(full.command().data == "{}");
  CHECK(full.command().channel == "general");
  const Attempt bare(R"({"type":"event","event":"typing"})");
  CHECK(bare.command().data == "null");
  CHECK(bare.command().channel.empty());
}

TEST_CASE("history") {
  const Attempt full(R"({"type":"history","channel":"g","limit":50,"since":{"epoch":"e","offset":3},"reverse":true})");
  const Command& command = full.command();
  CHECK(command.type == CommandType::history);
  CHECK(command.limit == 50);
  CHECK(command.since->offset == 3);
  CHECK(command.reverse);
  const Attempt bare(R"({"type":"history","channel":"g","reverse":false})");
  CHECK_FALSE(bare.command().limit.has_value());
  CHECK_FALSE(bare.command().since.has_value());
  CHECK_FALSE(bare.command().reverse);
}

TEST_CASE("ping") {
  const Attempt attempt(R"({"type":"ping"})");
  CHECK(attempt.command().type == CommandType::ping);
  CHECK(attempt.command().id.empty());
}

TEST_CASE("data is passed on byte for byte, without the white space around it") {
  for (const std::string_view data :
       {"null", "0", "-0", "1.0", "1.50e+07", "1e400", "123456789012345678901234567890", R"("")", R"("\u00e9\/\n")",
        "{}", "[ ]", R"({ "b":1,"a":2,"a" : 3 })", "[1 ,\t2\r\n, {\"x\":[ ]}]", "\"\xc3\xa9\"", "true", "false"}) {
    CAPTURE(data);
    CHECK(Attempt(with_data(data)).command().data == data);
    CHECK(Attempt(with_data(" \t\r\n" + std::string(data) + " \n")).command().data == data);
    CHECK(Attempt("{\"data\":" + std::string(data) + R"(,"type":"publish","channel":"g"})").command().data == data);
  }
}

TEST_CASE("malformed data is refused, wherever it stands") {
  for (const std::string_view data : {"",
                                      "nul",
                                      "nulll",
                                      "tru",
                                      "01",
                                      "1.",
                                      ".5",
                                      "+1",
                                      "01.2.3e",
                                      "1e",
                                      "-",
                                      "NaN",
                                      "\"",
                                      "\"a",
                                      "\"\n\"",
                                      R"("\q")",
                                      R"("\u12")",
                                      R"("\ud800")",
                                      R"("\udc00\ud800")",
                                      "[",
                                      "[1",
                                      "[1,",
                                      "[1,]",
                                      "[1 2]",
                                      "[1 2,,3 nul]",
                                      "]",
                                      "{",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":1",
                                      "{\"a\":1,}",
                                      "{\"a\" 1}",
                                      "{a:1}",
                                      "}",
                                      "1 2",
                                      "{}{}",
                                      "1}"}) {
    CAPTURE(data);
    check_refused({{with_data(data), "not valid JSON"},
                   {R"({"type":"publish","channel":"g","data":)" + std::string(data) + R"(,"x":1})", "not valid JSON"},
                   {R"({"type":"ping","x":)" + std::string(data) + "}", "not valid JSON"}});
  }
}

TEST_CASE("every prefix of every command is refused, and none is read past its end") {
  for (const std::string_view text : kValidCommands) {
    const std::size_t closing_brace = text.rfind('}');
    for (std::size_t size = 0; size <= text.size(); ++size) {
      CAPTURE(text.substr(0, size));
      const GuardedBytes guarded(text.substr(0, size));
      CHECK(is_refused(guarded.text()) == (size <= closing_brace));
    }
    for (const std::string_view after : {"x", "{}", ",", "}", "]", "\"", "1"}) {
      CHECK(is_refused(std::string(text) + std::string(after)));
    }
  }
}

TEST_CASE("messages that are not one JSON object") {
  check_refused({{"", "not valid JSON"},
                 {"hello", "not valid JSON"},
                 {"[]", "must be one JSON object"},
                 {"null", "must be one JSON object"},
                 {"\"ping\"", "must be one JSON object"},
                 {R"([{"type":"ping","id":1}])", "must be one JSON object"},
                 {R"({"type":"ping","id":1)", "at byte 21, the text ends too early"},
                 {R"({"type":"ping","id":1} x)", "at byte 23"}});
}

TEST_CASE("types") {
  check_refused({{"{}", R"("type" must be given)"},
                 {R"({"id":1})", R"("type" must be given)", "1"},
                 {R"({"type":1,"id":1})", R"("type" must be given, as a string)", "1"},
                 {R"({"type":null})", R"("type" must be given, as a string)"},
                 {R"({"type":["ping"]})", R"("type" must be given, as a string)"},
                 {R"({"type":"","id":1})", "no command", "1", ErrorCode::unknown_type},
                 {R"({"type":"Ping","id":"a"})", "no command", R"("a")", ErrorCode::unknown_type},
                 {R"({"type":"pin"})", "no command", "", ErrorCode::unknown_type},
                 {R"({"type":"pings"})", "no command", "", ErrorCode::unknown_type},
                 {R"({"type":"welcome","id":9})", "no command", "9", ErrorCode::unknown_type},
                 {R"({"type":")" + std::string(5000, 'x') + R"("})", "no command", "", ErrorCode::unknown_type},
                 // What another command would find wrong does not matter to one that is not known.
                 {R"({"type":"x","channel":1,"channel":2})", "no command", "", ErrorCode::unknown_type}});
}

TEST_CASE("ids that are repeated as written") {
  const std::string longest = '"' + std::string(64, 'x') + '"';
  for (const std::string_view id :
       {"0", "-0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615", R"("")", R"("a b")",
        R"("\u00e9\"\/")", "\"\xf0\x9f\x98\x80\"", longest.c_str()}) {
    CAPTURE(id);
    CHECK(Attempt(R"({"type":"ping","id": )" + std::string(id) + " }").command().id.json == id);
    CHECK(Attempt(R"({"type":"no","id": )" + std::string(id) + " }").error().id.json == id);
  }
}

TEST_CASE("ids that are none") {
  const std::string too_long = '"' + std::string(65, 'x') + '"';
  for (const std::string_view id :
       {"null", "true", "1.0", "1e3", "-9223372036854775809", "18446744073709551616", "{}", "[1]", too_long.c_str()}) {
    check_refused({{R"({"type":"ping","id":)" + std::string(id) + "}", R"("id" must be a string of at most 64 bytes)"},
                   {R"({"type":"no","id":)" + std::string(id) + "}", R"("id" must be)"}});
  }
  check_refused({{R"({"type":"ping","id":1,"id":1})", R"("id" must occur only once)"},
                 {R"({"type":"ping","\u0069d":1})", R"("id" must be written without escapes)"}});
}

TEST_CASE("fields that are missing are named, with what they must be") {
  check_refused({
      {R"({"type":"authenticate","id":1})", R"("authenticate" needs "credentials", an object)", "1"},
      {R"({"type":"subscribe","id":1})", R"("subscribe" needs "channel", a string of 1 to 200)", "1"},
      {R"({"type":"unsubscribe","id":1})", R"("unsubscribe" needs "channel")", "1"},
      {R"({"type":"publish","id":1,"channel":"g"})", R"("publish" needs "data", a JSON value)", "1"},
      {R"({"type":"publish","id":1,"data":1})", R"("publish" needs "channel")", "1"},
      {R"({"type":"event","id":1,"data":1})", R"("event" needs "event", a string of 1 to 64)", "1"},
      {R"({"type":"history","id":1})", R"("history" needs "channel")", "1"},
      {R"({"type":"presence","id":1})", R"("presence" needs "channel")", "1"},
  });
}

TEST_CASE("fields that are mistyped or out of range are named, with what they must be") {
  const auto subscribe = [](std::string_view field) {
    return R"({"id":1,"type":"subscribe","channel":"g",)" + std::string(field) + "}";
  };
  const auto history = [](std::string_view field) {
    return R"({"id":1,"type":"history","channel":"g",)" + std::string(field) + "}";
  };
  for (const std::string_view credentials : {R"("x")", "[]", "null", "1"}) {
    check_refused({{R"({"id":1,"type":"authenticate","credentials":)" + std::string(credentials) + "}",
                    R"("credentials" must be an object)", "1"}});
  }
  const std::string long_channel = '"' + std::string(201, 'x') + '"';
  for (const std::string_view channel : {R"("")", "1", "null", R"(["g"])", R"("a b")", R"("a*")", R"("\u00e9")",
                                         R"("a\u0000")", R"("a\"b")", "\"\xc3\xa9\"", long_channel.c_str()}) {
    check_refused({{R"({"id":1,"type":"presence","channel":)" + std::string(channel) + "}",
                    R"("channel" must be a string of 1 to 200)", "1"},
                   {R"({"id":1,"type":"event","event":"e","channel":)" + std::string(channel) + "}",
                    R"("channel" must be)", "1"}});
  }
  const std::string long_event = '"' + std::string(65, 'x') + '"';
  for (const std::string_view event : {R"("")", "7", R"("two words")", long_event.c_str()}) {
    check_refused({{R"({"id":1,"type":"event","event":)" + std::string(event) + "}",
                    R"("event" must be a string of 1 to 64)", "1"}});
  }
  for (const std::string_view since :
       {"null", "41", R"("e")", "{}", R"({"epoch":"e"})", R"({"offset":1})", R"({"epoch":1,"offset":1})",
        R"({"epoch":"e","offset":"1"})", R"({"epoch":"e","offset":-1})", R"({"epoch":"e","offset":1.0})",
        R"({"epoch":"e","offset":18446744073709551616})", R"({"epoch":"e","offset":1,"offset":1})",
        R"({"epoch":"e","epoch":"e","offset":1})", R"({"epoch":"e","offset":1,"\u006fffset":1})"}) {
    check_refused({{subscribe(R"("since":)" + std::string(since)), R"("since" must be an object)", "1"},
                   {history(R"("since":)" + std::string(since)), R"("since" must be an object)", "1"}});
  }
  check_refused(
      {{subscribe(R"("since":{"offset":1,"epoch":")" + std::string(65, 'e') + "\"}"), R"("since" must be)", "1"},
       {subscribe(R"("token":"")"), R"("token" must be a string of 1 to 8192 bytes)", "1"},
       {subscribe(R"("token":{})"), R"("token" must be)", "1"},
       {subscribe(R"("token":")" + std::string(8193, 't') + '"'), R"("token" must be)", "1"}});
  for (const std::string_view limit : {"0", "-1", "1.5", "1e2", R"("50")", "null", "18446744073709551616"}) {
    check_refused({{history(R"("limit":)" + std::string(limit)), R"("limit" must be an integer from 1)", "1"}});
  }
  for (const std::string_view count : {"null", "1", R"("true")", "[]"}) {
    check_refused({{R"({"type":"presence","id":1,"channel":"g","count":)" + std::string(count) + "}",
                    R"("count" must be true or false)", "1"}});
  }
  for (const std::string_view reverse : {"null", "1", R"("true")", "[]"}) {
    check_refused({{history(R"("reverse":)" + std::string(reverse)), R"("reverse" must be true or false)", "1"}});
  }
}

TEST_CASE("the key of a publication is 1 to 64 characters, of any language") {
  const auto publish = [](std::string_view key) {
    return R"({"id":1,"type":"publish","channel":"g","data":1,"key":)" + std::string(key) + "}";
  };
  std::string faces;
  for (int i = 0; i < 64; ++i) faces += "\xf0\x9f\x98\x80";
  CHECK(Attempt(publish('"' + faces + '"')).command().key == faces);
  CHECK(Attempt(publish(R"("a\"b\u00e9")")).command().key == "a\"b\xc3\xa9");
  for (const std::string& key : {std::string(R"("")"), std::string("1"), std::string("null"), '"' + faces + "x\"",
                                 '"' + std::string(65, 'x') + '"'}) {
    check_refused({{publish(key), R"("key" must be a string of 1 to 64 characters)", "1"}});
  }
}

TEST_CASE("names at their limits") {
  const std::string channel(200, 'c');
  const std::string event(64, 'e');
  const Attempt attempt(R"({"type":"event","event":")" + event + R"(","channel":")" + channel + "\"}");
  CHECK(attempt.command().channel == channel);
  CHECK(attempt.command().event == event);
}

TEST_CASE("known keys occur once") {
  check_refused(
      {{R"({"type":"ping","type":"ping","id":1})", R"("type" must occur only once)", "1"},
       {R"({"type":"publish","id":1,"channel":"a","data":1,"channel":"a"})", R"("channel" must occur)", "1"},
       {R"({"type":"publish","id":1,"channel":"a","data":1,"data":2})", R"("data" must occur)", "1"},
       {R"({"type":"publish","id":1,"channel":"a","data":1,"key":"k","key":"k"})", R"("key" must occur)", "1"},
       {R"({"type":"subscribe","channel":"a","token":"t","token":"t"})", R"("token" must occur)"}});
}

TEST_CASE("known keys are written without escapes") {
  check_refused({{R"({"\u0074ype":"ping","id":1})", R"("type" must be written without escapes)", "1"},
                 {R"({"type":"publish","id":1,"channel":"a","data":1,"d\u0061ta":2})",
                  R"("data" must be written without escapes)", "1"},
                 {R"({"type":"publish","id":1,"chann\u0065l":"a","data":1})", R"("channel" must be written)", "1"}});
}

TEST_CASE("keys that a command does not know are ignored") {
  const Attempt attempt(R"({"type":"publish","x":1,"x":2,"\u0078":3,"since":0,"since":1,"lim\u0069t":0,)"
                        R"("channel":"g","data":1,"DATA":2})");
  CHECK(attempt.command().channel == "g");
  CHECK(attempt.command().data == "1");
  CHECK_FALSE(attempt.command().since.has_value());
  CHECK_FALSE(attempt.command().limit.has_value());
}

TEST_CASE("64 levels of nesting, the message's own object included") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(Attempt(with_data(nested(63))).command().data == nested(63));
  check_refused({{with_data(nested(64)), "nested too deep"}});
}

TEST_CASE("strings that were written with escapes stay valid next to each other") {
  CommandDecoder decoder;
  for (int round = 0; round < 3; ++round) {
    const std::string text =
        R"({"type":"subscr\u0069be","channel":"news\/a","since":{"epoch":"\u0065","offset":1},"token":"\u00e9"})";
    const Decoded decoded = decoder.decode(text);
    const auto& command = std::get<Command>(decoded);
    CHECK(command.channel == "news/a");
    CHECK(command.since->epoch == "e");
    CHECK(command.token == "\xc3\xa9");
  }
}

TEST_CASE("all strings may be as long as they may be, all of it written in escapes, again and again") {
  const auto escaped = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += R"(\u0061)";
    return text;
  };
  const std::string text = R"({"type":"subscr\u0069be","channel":")" + escaped(200) + R"(","token":")" + escaped(8192) +
                           R"(","since":{"offset":1,"epoch":")" + escaped(64) + "\"}}";
  CommandDecoder decoder;
  for (int round = 0; round < 3; ++round) {
    const Decoded decoded = decoder.decode(text);
    const auto& command = std::get<Command>(decoded);
    CHECK(command.channel == std::string(200, 'a'));
    CHECK(command.token == std::string(8192, 'a'));
    CHECK(command.since->epoch == std::string(64, 'a'));
  }
}
