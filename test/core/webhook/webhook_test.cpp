#ifdef SENTIX_WEBHOOK
#include "core/webhook.h"

#include <doctest/doctest.h>

#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "test/support/small_backend.h"

using namespace sentix;
using core::Webhook;
using core::WebhookOptions;
using namespace std::chrono_literals;

namespace {

std::string http(std::string_view status, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

const std::string kYes = http("200 OK", R"({"sub":"ann"})");

WebhookOptions asking(const test::SmallBackend& backend) {
  WebhookOptions options;
  options.url = backend.url();
  options.timeout = 60s;  // longer than any machine is slow: what is to be late sets its own
  return options;
}

std::future<auth::Judgement> ask(auth::Authenticator& authenticator) {
  auto promise = std::make_shared<std::promise<auth::Judgement>>();
  authenticator.authenticate(auth::Credentials::from_token("secret"),
                             [promise](auth::Judgement judgement) { promise->set_value(std::move(judgement)); });
  return promise->get_future();
}

}  // namespace

TEST_CASE("answers come late, and by one connection") {
  test::SmallBackend backend(kYes);
  Webhook webhook({});
  const auto authenticator = webhook.behind(nullptr, asking(backend), false);
  for (int i = 0; i < 10; ++i) {
    const auth::Judgement judgement = ask(*authenticator).get();
    REQUIRE(judgement.principal());
    CHECK(judgement.principal()->user == "ann");
  }
  CHECK(backend.connections() == 1);
  CHECK(webhook.metrics().accepted.value() == 10);
}

TEST_CASE("many threads may ask at one time") {
  test::SmallBackend backend(http("403 Forbidden", ""));
  Webhook webhook({});
  WebhookOptions options = asking(backend);
  options.connections = 3;
  const auto authenticator = webhook.behind(nullptr, options, false);
  std::vector<std::thread> threads;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        const auth::Judgement judgement = ask(*authenticator).get();
        refused += !judgement.principal() && !judgement.is_unavailable() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(refused == 200);
  CHECK(backend.connections() <= 3);
}

TEST_CASE("what is passing is asked about again, as often as it may be") {
  test::SmallBackend backend(http("503 Service Unavailable", ""));
  Webhook webhook({});
  WebhookOptions options = asking(backend);
  options.retries = 2;
  const auto authenticator = webhook.behind(nullptr, options, false);
  CHECK(ask(*authenticator).get().is_unavailable());
  CHECK(backend.requests() == 3);
  CHECK(webhook.metrics().retries.value() == 2);
}

TEST_CASE("a time limit holds for what is under way, and for what waits") {
  test::SmallBackend silent("");
  Webhook webhook({});
  WebhookOptions options = asking(silent);
  options.timeout = 100ms;
  options.connections = 1;
  const auto authenticator = webhook.behind(nullptr, options, false);
  std::vector<std::future<auth::Judgement>> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(ask(*authenticator));
  for (auto& answer : answers) CHECK(answer.get().is_unavailable());
}

TEST_CASE("a full queue is answered at once") {
  test::SmallBackend silent("");
  std::mutex mutex;
  std::string logged;
  Webhook webhook([&](const core::LogLine& line) {
    const std::lock_guard lock(mutex);
    logged += line.text;
  });
  WebhookOptions options = asking(silent);
  options.queue = 0;
  const auto authenticator = webhook.behind(nullptr, options, false);
  CHECK(ask(*authenticator).get().is_unavailable());
  CHECK(webhook.metrics().overloaded.value() == 1);
  const std::lock_guard lock(mutex);
  CHECK(logged.find("auth.webhook.queue is 0") != std::string::npos);
}

TEST_CASE("whoever waits when it ends is answered, and so is who asks later") {
  test::SmallBackend silent("");
  std::shared_ptr<auth::Authenticator> authenticator;
  std::vector<std::future<auth::Judgement>> answers;
  {
    Webhook webhook({});
    WebhookOptions options = asking(silent);
    options.connections = 2;
    authenticator = webhook.behind(nullptr, options, false);
    for (int i = 0; i < 5; ++i) answers.push_back(ask(*authenticator));
  }
  for (auto& answer : answers) CHECK(answer.get().is_unavailable());
  CHECK(ask(*authenticator).get().is_unavailable());
}

TEST_CASE("without a URL there is nothing but what was there") {
  Webhook webhook({});
  CHECK(webhook.behind(nullptr, {}, false) == nullptr);
}

#endif
