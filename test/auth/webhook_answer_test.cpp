#include "auth/webhook_answer.h"

#include <doctest/doctest.h>

#include "test/support/guard_page.h"

namespace sentix::auth {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};
constexpr std::string_view kAnn =
    R"({"sub":"ann","info":{"n":1},"permissions":["news-*",{"pattern":"staff","publish":false}],"exp":1700000060})";

TEST_CASE("200 with the claims of a token is a yes") {
  const WebhookAnswer answer = read_webhook_answer(200, kAnn, kNow);
  REQUIRE(answer.judgement.principal());
  const Principal& ann = *answer.judgement.principal();
  CHECK(answer.why.empty());
  CHECK(ann.user == "ann");
  CHECK(ann.info == R"({"n":1})");
  CHECK(granted(&ann, Action::publish, "news-1"));
  CHECK(granted(&ann, Action::subscribe, "staff"));
  CHECK_FALSE(granted(&ann, Action::publish, "staff"));
  CHECK(ann.expires_at == kNow + std::chrono::seconds(60));
}

TEST_CASE("the name is enough, and opens nothing private") {
  const WebhookAnswer answer = read_webhook_answer(200, R"({"sub":"ann"})", kNow);
  REQUIRE(answer.judgement.principal());
  CHECK_FALSE(answer.judgement.principal()->expires_at);
  CHECK_FALSE(granted(answer.judgement.principal().get(), Action::subscribe, "staff"));
}

TEST_CASE("it may tell a class of rate limits, as a name that a class can have") {
  const WebhookAnswer answer = read_webhook_answer(200, R"({"sub":"ann","rate_class":"gold"})", kNow);
  REQUIRE(answer.judgement.principal());
  CHECK(answer.judgement.principal()->rate_class == "gold");
  CHECK(read_webhook_answer(200, R"({"sub":"ann","rate_class":"no such"})", kNow).judgement.is_unavailable());
}

TEST_CASE("what has expired is a no") {
  const WebhookAnswer answer = read_webhook_answer(200, R"({"sub":"ann","exp":1700000000})", kNow);
  CHECK_FALSE(answer.judgement.principal());
  CHECK_FALSE(answer.judgement.is_unavailable());
  CHECK(answer.why == "what it answered has expired");
}

TEST_CASE("401 and 403 are a no, and may say why") {
  struct {
    long status;
    std::string_view body;
    std::string_view why;
  } const cases[] = {
      {401, "", "it answered with status 401"},
      {403, R"({"reason":"banned"})", "it answered with status 403: banned"},
      {403, R"({"reason":"twice","reason":"told"})", "it answered with status 403"},
      {403, R"({"reason":7})", "it answered with status 403"},
      {403, R"(["reason"])", "it answered with status 403"},
      {403, "<html>no</html>", "it answered with status 403"},
      {401, kAnn, "it answered with status 401"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.body);
    const WebhookAnswer answer = read_webhook_answer(each.status, each.body, kNow);
    CHECK_FALSE(answer.judgement.principal());
    CHECK_FALSE(answer.judgement.is_unavailable());
    CHECK(answer.why == each.why);
  }
  const std::string longer = R"({"reason":")" + std::string(1000, 'x') + R"("})";
  CHECK(read_webhook_answer(403, longer, kNow).why.size() < 300);
}

TEST_CASE("everything else tells nothing") {
  for (const long status : {0L, 100L, 201L, 204L, 301L, 302L, 400L, 404L, 429L, 500L, 502L, 503L, 504L}) {
    CAPTURE(status);
    CHECK(read_webhook_answer(status, kAnn, kNow).judgement.is_unavailable());
  }
  for (const std::string_view body :
       {"", "true", "[]", "{}", R"({"user":"ann"})", R"({"sub":""})", R"({"sub":7})", R"({"sub":"ann","sub":"bob"})",
        R"({"sub":"ann","permissions":"news"})", R"({"sub":"ann","channel":"news"})", R"({"sub":"ann"} x)",
        "{\"sub\":\"\xff\"}"}) {
    CAPTURE(body);
    const WebhookAnswer answer = read_webhook_answer(200, body, kNow);
    CHECK_FALSE(answer.judgement.principal());
    CHECK(answer.judgement.is_unavailable());
    CHECK_FALSE(answer.why.empty());
  }
}

TEST_CASE("an answer that is cut is no yes, wherever it is cut") {
  for (std::size_t cut = 0; cut < kAnn.size(); ++cut) {
    CAPTURE(cut);
    const test::GuardedBytes part(kAnn.substr(0, cut));
    CHECK(read_webhook_answer(200, part.text(), kNow).judgement.is_unavailable());
    CHECK_FALSE(read_webhook_answer(403, part.text(), kNow).judgement.is_unavailable());
  }
}

}  // namespace
}  // namespace sentix::auth
