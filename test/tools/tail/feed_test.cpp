#include "tools/sentix/tail/feed.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sentix::tools {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* kWelcome = R"({"type":"welcome","connection":"c1","protocol":1})";
constexpr const char* kSubscribed = R"({"type":"subscribed","id":0,"channel":"a","epoch":"e","offset":7})";
const std::string kSubscribe = R"({"type":"subscribe","id":0,"channel":"a"})";

std::string subscribe_since(const std::string& epoch, int offset) {
  return R"({"type":"subscribe","id":0,"channel":"a","since":{"epoch":")" + epoch + R"(","offset":)" +
         std::to_string(offset) + "}}";
}

std::string published(int offset) {
  return R"({"type":"message","channel":"a","data":0,"offset":)" + std::to_string(offset) + "}";
}

TEST_CASE("it subscribes to each channel, and has settled when all have answered") {
  Feed feed({.channels = {"a", "b"}});
  CHECK(feed.take(kWelcome).commands == Texts{kSubscribe, R"({"type":"subscribe","id":1,"channel":"b"})"});
  CHECK(feed.take(R"({"type":"subscribed","id":0,"channel":"a"})").commands.empty());
  CHECK_FALSE(feed.settled());
  CHECK(feed.take(R"({"type":"subscribed","id":1,"channel":"b"})").notes.empty());
  CHECK(feed.settled());
  const std::string message = R"({"type":"message","channel":"b","data":1})";
  CHECK(feed.take(message).shown == Texts{message});
  CHECK(feed.take(R"({"type":"message","channel":"foreign","data":1})").shown.empty());
  CHECK(feed.take(R"({"type":"pong","id":"alive"})").shown.empty());
}

TEST_CASE("a token is shown before anything else") {
  Feed feed({.channels = {"a"}, .user = "ann", .token = "t\"1"});
  CHECK(feed.take(kWelcome).commands ==
        Texts{R"({"type":"authenticate","id":"user","credentials":{"username":"ann","token":"t\"1"}})"});
  CHECK(feed.take(R"({"type":"authenticated","id":"user","user":{"user":"ann"}})").commands == Texts{kSubscribe});
  const FeedStep refused =
      feed.take(R"({"type":"error","id":"user","code":"unauthenticated","message":"These credentials are wrong."})");
  CHECK(refused.refusal == "These credentials are wrong. (unauthenticated)");
  CHECK(refused.lasting);
}

TEST_CASE("after a reconnect it goes on from the last that was shown") {
  Feed feed({.channels = {"a"}});
  static_cast<void>(feed.take(kWelcome));
  static_cast<void>(feed.take(kSubscribed));
  CHECK(feed.take(kWelcome).commands == Texts{subscribe_since("e", 7)});
  static_cast<void>(feed.take(R"({"type":"subscribed","channel":"a","epoch":"e","offset":9,"recovered":true})"));
  static_cast<void>(feed.take(published(8)));
  CHECK(feed.take(kWelcome).commands == Texts{subscribe_since("e", 8)});
  const FeedStep lost = feed.take(R"({"type":"subscribed","channel":"a","epoch":"f","offset":2,"recovered":false})");
  CHECK(lost.notes == Texts{"a: what was published before offset 2 and not shown cannot be had any more"});
  CHECK(feed.take(kWelcome).commands == Texts{subscribe_since("f", 2)});
}

TEST_CASE("what a channel without history loses is said") {
  Feed feed({.channels = {"a"}});
  static_cast<void>(feed.take(kWelcome));
  CHECK(feed.take(R"({"type":"subscribed","channel":"a"})").notes.empty());
  CHECK(feed.take(kWelcome).commands == Texts{kSubscribe});
  CHECK(feed.take(R"({"type":"subscribed","channel":"a"})").notes ==
        Texts{"a: what was published meanwhile is not shown: the channel keeps no history"});
}

TEST_CASE("history comes first, and what follows it without a gap") {
  Feed feed({.channels = {"a"}, .history = 2});
  CHECK(feed.take(kWelcome).commands == Texts{R"({"type":"history","id":0,"channel":"a","limit":2})"});
  const FeedStep step = feed.take(R"({"type":"history","id":0,"channel":"a","epoch":"e","offset":7,"messages":[)"
                                  R"({"offset":6,"data":1},{"offset":7,"data":[]}]})");
  CHECK(step.shown == Texts{R"({"type":"message","channel":"a","offset":6,"data":1})",
                            R"({"type":"message","channel":"a","offset":7,"data":[]})"});
  CHECK(step.commands == Texts{subscribe_since("e", 7)});
}

TEST_CASE("a channel without history is followed all the same") {
  Feed feed({.channels = {"a"}, .history = 2});
  static_cast<void>(feed.take(kWelcome));
  const FeedStep step = feed.take(R"({"type":"error","id":0,"code":"not_found","message":"There is none."})");
  CHECK(step.notes == Texts{"a: There is none. (not_found)"});
  CHECK(step.commands == Texts{kSubscribe});
  CHECK_FALSE(step.refusal);
  CHECK(feed.take(R"({"type":"error","id":0,"code":"not_found","message":"There is none."})").lasting);
}

TEST_CASE("a position is one of the epoch that was named, or of the one that is there") {
  Feed named({.channels = {"a"}, .since_offset = 3, .since_epoch = "old"});
  CHECK(named.take(kWelcome).commands == Texts{subscribe_since("old", 3)});
  Feed present({.channels = {"a"}, .since_offset = 3});
  CHECK(present.take(kWelcome).commands == Texts{R"({"type":"history","id":0,"channel":"a","limit":1})"});
  const FeedStep step = present.take(
      R"({"type":"history","id":0,"channel":"a","epoch":"e","offset":7,"messages":[{"offset":7,"data":1}]})");
  CHECK(step.shown.empty());
  CHECK(step.commands == Texts{subscribe_since("e", 3)});
}

TEST_CASE("a refusal that may pass is told from one that lasts") {
  for (const char* const code : {"rate_limited", "channel_full", "internal", "forbidden", "not_found"}) {
    CAPTURE(code);
    Feed feed({.channels = {"a"}});
    static_cast<void>(feed.take(kWelcome));
    const FeedStep step =
        feed.take(R"({"type":"error","id":0,"code":")" + std::string(code) + "\",\"message\":\"No.\x1b\"}");
    const bool lasting = std::string_view(code) == "forbidden" || std::string_view(code) == "not_found";
    CHECK(step.lasting == (lasting || !step.refusal.value().starts_with("a: ")));
  }
}

TEST_CASE("whoever does not speak the protocol is told apart") {
  for (const char* const text : {"", "hello", "[]", "{}", R"({"type":1})", R"({"type":"welcome","type":"welcome"})"}) {
    CAPTURE(text);
    Feed feed({.channels = {"a"}});
    const FeedStep step = feed.take(text);
    CHECK(step.refusal == "whoever answers there does not speak the sentix protocol");
    CHECK(step.lasting);
  }
}

TEST_CASE("answers to what was not asked change nothing") {
  for (const char* const text :
       {R"({"type":"subscribed","channel":"b","epoch":"e","offset":1})", R"({"type":"history","channel":"a"})",
        R"({"type":"subscribed","channel":"a","recovered":true})", R"({"type":"message","data":1})",
        R"({"type":"join","channel":3})", R"({"type":"gap","channel":"a"})"}) {
    CAPTURE(text);
    Feed feed({.channels = {"a"}});
    CHECK(feed.take(text).commands.empty());
    CHECK(feed.take(kWelcome).commands == Texts{kSubscribe});
  }
}

}  // namespace
}  // namespace sentix::tools
