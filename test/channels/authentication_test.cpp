#include "channels/authentication.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <thread>

#include "test/channels/fakes.h"

namespace sentix::channels {
namespace {

using auth::AuthenticationDone;
using auth::PrincipalPtr;
using test::Client;
using test::field;
using test::Texts;
using test::Worker;
using test::World;

PrincipalPtr user(std::string name, std::string info = {}) {
  return std::make_shared<const auth::Principal>(auth::Principal{std::move(name), std::move(info), {}});
}

// Hands each question to the test.
struct Judge final : auth::Authenticator {
  std::function<void(const auth::Credentials&, AuthenticationDone)> judge;
  void authenticate(const auth::Credentials& given, AuthenticationDone done) override { judge(given, std::move(done)); }
};

// Answers at once: the credentials {"user":U} are U's.
void by_name(const auth::Credentials& given, const AuthenticationDone& done) {
  const auto name = given.get("user");
  done(name ? user(*name) : nullptr);
}

struct Fixture {
  World world;
  std::shared_ptr<Judge> judge = std::make_shared<Judge>();
  std::string log;
  Worker worker{world};

  Fixture() {
    judge->judge = by_name;
    world.policy.authenticator = judge;
    for (const char* name : {"connection.open", "connection.close", "auth.succeeded", "auth.failed", "error"}) {
      world.handlers.on(name, [this, name](const Event& event) {
        log += name + (event.data.empty() ? "" : ": " + std::string(event.data)) + "\n";
        return Verdict::pass;
      });
    }
  }

  // The next question is not answered but kept.
  AuthenticationDone kept;
  void keep_next() {
    judge->judge = [this](const auth::Credentials&, AuthenticationDone done) { kept = std::move(done); };
  }
};

constexpr const char* kAnn = R"({"type":"authenticate","id":1,"credentials":{"user":"ann"}})";
constexpr const char* kWrong = R"({"type":"authenticate","id":1,"credentials":{}})";
constexpr const char* kRefused =
    R"({"type":"error","id":1,"code":"unauthenticated","message":"The \"credentials\" were refused."})";
constexpr const char* kWelcomed = R"({"type":"authenticated","id":1,"user":{"user":"ann"}})";

TEST_CASE("good credentials make the session somebody") {
  Fixture f;
  Client client(f.worker);
  f.log.clear();
  CHECK(client.answer(kAnn) == kWelcomed);
  REQUIRE(client.session.principal());
  CHECK(client.session.principal()->user == "ann");
  CHECK(client.peer.pauses == 0);
  CHECK(f.log == "auth.succeeded\n");
}

TEST_CASE("the reply shows the user's info where there is any, and nothing is answered without an id") {
  Fixture f;
  f.judge->judge = [](const auth::Credentials&, const AuthenticationDone& done) { done(user("a\"b", R"({"x": 1})")); };
  Client client(f.worker);
  CHECK(client.answer(kAnn) == R"({"type":"authenticated","id":1,"user":{"user":"a\"b","info":{"x": 1}}})");
  CHECK(client.ask(R"({"type":"authenticate","credentials":{}})").empty());
}

TEST_CASE("wrong credentials are refused, and the last attempt closes with 4001") {
  Fixture f;
  f.world.policy.failed_authentications_max = 3;
  Client client(f.worker);
  f.log.clear();
  CHECK(client.answer(kWrong) == kRefused);
  CHECK(client.answer(R"({"type":"authenticate","credentials":{}})") ==
        R"({"type":"error","code":"unauthenticated","message":"The \"credentials\" were refused."})");
  CHECK_FALSE(client.peer.closed);
  CHECK(client.answer(kWrong) == kRefused);
  REQUIRE(client.peer.closed);
  CHECK(client.peer.closed->code == protocol::CloseCode::not_authenticated);
  CHECK(client.peer.pauses == 0);
  CHECK(f.log == "auth.failed\nauth.failed\nauth.failed\n");
}

TEST_CASE("a refusal that has a reason is told with it") {
  Fixture f;
  f.judge->judge = [](const auth::Credentials&, const AuthenticationDone& done) {
    done(auth::Judgement::refused("rate.class.gold is not set"));
  };
  Client client(f.worker);
  CHECK(client.answer(kAnn) == R"({"type":"error","id":1,"code":"unauthenticated",)"
                               R"("message":"The \"credentials\" were refused: rate.class.gold is not set."})");
  CHECK_FALSE(client.session.principal());
  Client with_handshake(f.worker, "T");
  REQUIRE(with_handshake.peer.closed);
  CHECK(with_handshake.peer.closed->code == protocol::CloseCode::not_authenticated);
  CHECK(with_handshake.peer.closed->reason ==
        "The credential of the handshake was refused: rate.class.gold is not set.");
}

TEST_CASE("without an authenticator there is nothing to authenticate with") {
  Fixture f;
  f.world.policy.authenticator = nullptr;
  Client client(f.worker, "a credential nobody judges");
  CHECK(client.session.phase() == Session::Phase::open);
  CHECK(client.error(kAnn) == "not_found");
}

TEST_CASE("the same user may renew, another may not take over") {
  Fixture f;
  Client client(f.worker);
  client.ask(kAnn);
  const PrincipalPtr first = client.session.principal();
  CHECK(client.answer(kAnn) == kWelcomed);
  CHECK(client.session.principal() != first);
  CHECK(client.error(R"({"type":"authenticate","id":1,"credentials":{"user":"bob"}})") == "bad_request");
  CHECK(client.session.principal()->user == "ann");
  CHECK(client.error(kWrong) == "unauthenticated");
  CHECK(client.session.principal()->user == "ann");
}

TEST_CASE("where authentication is required, nothing else but ping is served before it, whatever is asked") {
  Fixture f;
  f.world.policy.auth_enabled = true;
  f.world.rules.define("a", {.persistent = true, .presence = true, .publish = PublishRight::anyone});
  Client client(f.worker);
  const char* const others[] = {
      R"({"type":"subscribe","id":1,"channel":"a"})",        R"({"type":"unsubscribe","id":1,"channel":"a"})",
      R"({"type":"publish","id":1,"channel":"a","data":1})", R"({"type":"event","id":1,"event":"e"})",
      R"({"type":"history","id":1,"channel":"a"})",          R"({"type":"presence","id":1,"channel":"a"})",
  };
  for (const char* command : others) CHECK(client.error(command) == "unauthenticated");
  CHECK(client.error(R"({"type":"nonsense","id":1})") == "unknown_type");
  CHECK(client.error(R"({"type":"subscribe","id":1,"channel":"*"})") == "bad_request");
  CHECK(client.answer(R"({"type":"ping","id":1})") == R"({"type":"pong","id":1})");
  client.ask(kAnn);
  for (const char* command : others) CHECK(client.error(command) != "unauthenticated");
}

TEST_CASE("a late answer: the peer is paused until it comes, and it comes through the inbox") {
  Fixture f;
  Client client(f.worker);
  f.keep_next();
  {
    std::string text = kAnn;  // gone when the answer comes
    client.send(text);
  }
  CHECK(client.peer.pauses == 1);
  CHECK(client.take().empty());
  f.kept(user("ann"));
  CHECK(client.peer.texts.empty());
  CHECK(client.peer.pauses == 1);
  CHECK(client.take() == Texts{kWelcomed});
  CHECK(client.peer.pauses == 0);
}

TEST_CASE("a late refusal counts like any other") {
  Fixture f;
  f.world.policy.failed_authentications_max = 1;
  Client client(f.worker);
  f.keep_next();
  client.send(kAnn);
  f.kept(nullptr);
  CHECK(client.take() == Texts{kRefused});
  CHECK(client.peer.closed);
  CHECK(client.peer.pauses == 0);
}

TEST_CASE("an answer from another thread, before or after the question has returned") {
  Fixture f;
  Client client(f.worker);
  f.keep_next();
  client.send(kAnn);
  std::thread([&f] { f.kept(user("ann")); }).join();
  CHECK(client.take() == Texts{kWelcomed});

  f.judge->judge = [](const auth::Credentials&, const AuthenticationDone& done) {
    std::thread([&done] { done(user("ann")); }).join();
  };
  CHECK(client.answer(kAnn) == kWelcomed);
  CHECK(client.peer.pauses == 0);
}

TEST_CASE("many answers from threads that race make one conclusion each") {
  Fixture f;
  Client client(f.worker);
  std::vector<std::thread> threads;
  for (int i = 0; i < 200; ++i) {
    f.judge->judge = [&threads](const auth::Credentials&, const AuthenticationDone& done) {
      for (int t = 0; t < 2; ++t) threads.emplace_back([done] { done(user("ann")); });
    };
    client.send(kAnn);
    for (std::thread& thread : threads) thread.join();
    threads.clear();
    CHECK(client.take() == Texts{kWelcomed});
    CHECK(client.peer.pauses == 0);
  }
}

TEST_CASE("only the first answer counts") {
  Fixture f;
  Client client(f.worker);
  f.judge->judge = [](const auth::Credentials&, const AuthenticationDone& done) {
    done(user("ann"));
    done(nullptr);
    done(user("bob"));
  };
  CHECK(client.ask(kAnn) == Texts{kWelcomed});
  f.keep_next();
  client.send(kAnn);
  f.kept(nullptr);
  f.kept(user("ann"));
  CHECK(client.take() == Texts{kRefused});
  CHECK(client.peer.pauses == 0);
}

TEST_CASE("an answer that never comes is a refusal, as soon as nobody can give it any more") {
  Fixture f;
  Client client(f.worker);
  f.judge->judge = [](const auth::Credentials&, const AuthenticationDone&) {};
  CHECK(client.ask(kAnn) == Texts{kRefused});
  f.keep_next();
  client.send(kAnn);
  AuthenticationDone copy = f.kept;
  f.kept = nullptr;
  CHECK(client.take().empty());
  copy = nullptr;
  CHECK(client.take() == Texts{kRefused});
  CHECK(client.peer.pauses == 0);
}

TEST_CASE("an authenticator that throws refuses, and is reported") {
  Fixture f;
  Client client(f.worker);
  f.log.clear();
  f.judge->judge = [](const auth::Credentials&, const AuthenticationDone&) { throw std::runtime_error("no database"); };
  CHECK(client.ask(kAnn) == Texts{kRefused});
  CHECK(f.log == "error: The authenticator threw: no database\nauth.failed\n");
  f.judge->judge = [](const auth::Credentials&, const AuthenticationDone&) { throw 7; };
  CHECK(client.ask(kAnn) == Texts{kRefused});
  CHECK(client.peer.pauses == 0);
}

TEST_CASE("where nobody can tell, it is asked to come back, and has not failed") {
  Fixture f;
  f.judge->judge = [](const auth::Credentials&, const AuthenticationDone& done) {
    done(auth::Judgement::unavailable());
  };
  Client client(f.worker);
  f.log.clear();
  for (int i = 0; i < 5; ++i) {
    CHECK(client.error(kAnn) == "internal");
  }
  CHECK_FALSE(client.session.principal());
  CHECK_FALSE(client.peer.closed);
  CHECK(client.session.failed_authentications() == 0);
  CHECK(client.peer.pauses == 0);
  CHECK(f.log.empty());
}

TEST_CASE("an answer for a session that has closed meanwhile does nothing") {
  Fixture f;
  Client client(f.worker);
  f.keep_next();
  client.send(kAnn);
  f.worker.dispatcher.close(client.session, f.world.now);
  f.log.clear();
  f.kept(user("ann"));
  CHECK(client.take().empty());
  CHECK(f.log.empty());
  CHECK_FALSE(client.session.principal());
}

TEST_CASE("an answer for a worker that is gone does nothing") {
  auto inbox = std::make_shared<test::ListInbox>();
  auto attempt =
      std::make_shared<AuthenticationAttempt>(inbox, SessionId{1}, [](Session&, const PrincipalPtr&) { CHECK(false); });
  CHECK_FALSE(attempt->asked());
  inbox.reset();
  attempt->answer(user("ann"));
}

// --- The credential of the handshake
// ----------------------------------------------------------------------------------

void by_token(const auth::Credentials& given, const AuthenticationDone& done) {
  done(given.get("token") == "good" ? user("ann", "7") : nullptr);
}

TEST_CASE("without a credential a session is welcomed at once") {
  Fixture f;
  Client client(f.worker, {}, false);
  f.worker.dispatcher.open(client.session, {});
  CHECK(client.take() == Texts{R"({"type":"welcome","connection":"c0000000000000001","protocol":1})"});
  CHECK(f.log == "connection.open\n");
}

TEST_CASE("with a good one it is welcomed as its user") {
  Fixture f;
  f.judge->judge = by_token;
  Client client(f.worker, {}, false);
  f.worker.dispatcher.open(client.session, "good");
  CHECK(client.take() ==
        Texts{R"({"type":"welcome","connection":"c0000000000000001","protocol":1,"user":{"user":"ann","info":7}})"});
  CHECK(f.log == "connection.open\nauth.succeeded\n");
  CHECK(client.peer.pauses == 0);
}

TEST_CASE("with a wrong one it is closed with 4001 and never welcomed, and its end is not told either") {
  Fixture f;
  f.judge->judge = by_token;
  Client client(f.worker, {}, false);
  f.worker.dispatcher.open(client.session, "bad");
  CHECK(client.take().empty());
  REQUIRE(client.peer.closed);
  CHECK(client.peer.closed->code == protocol::CloseCode::not_authenticated);
  client.close();
  CHECK(f.log == "auth.failed\n");
}

TEST_CASE("with one that nobody can judge it is closed with 4100, late or at once") {
  Fixture f;
  f.keep_next();
  Client client(f.worker, {}, false);
  f.worker.dispatcher.open(client.session, "good");
  f.kept(auth::Judgement::unavailable());
  CHECK(client.take().empty());
  REQUIRE(client.peer.closed);
  CHECK(client.peer.closed->code == protocol::CloseCode::over_capacity);
  CHECK_FALSE(client.session.principal());
}

void by_cookie(const auth::Credentials& given, const AuthenticationDone& done) {
  REQUIRE(given.headers().size() == 1);
  CHECK(given.json() == "{}");
  CHECK_FALSE(given.address().empty());
  done(given.headers().front().value == "session=7" ? user("ann") : nullptr);
}

TEST_CASE("a header may be all there is, and one that shows nobody is welcomed as nobody") {
  Fixture f;
  f.judge->judge = by_cookie;
  Client ann(f.worker, {}, false);
  f.worker.dispatcher.open(ann.session, {}, {{"cookie", "session=7"}});
  CHECK(ann.session.principal()->user == "ann");
  CHECK(f.log == "connection.open\nauth.succeeded\n");
  Client stranger(f.worker, {}, false);
  f.worker.dispatcher.open(stranger.session, {}, {{"cookie", "theme=dark"}});
  CHECK(stranger.session.phase() == Session::Phase::open);
  CHECK_FALSE(stranger.session.principal());
  CHECK_FALSE(stranger.peer.closed);
}

TEST_CASE("while it is judged nothing is served: not the client's commands, and not the server's own") {
  Fixture f;
  f.keep_next();
  Client client(f.worker, {}, false);
  f.worker.dispatcher.open(client.session, "good");
  CHECK(client.peer.pauses == 1);
  CHECK(client.ask(R"({"type":"ping","id":1})").empty());
  CHECK_FALSE(f.worker.dispatcher.subscribe(client.session, "a", f.world.now));
  CHECK(client.take().empty());
  f.kept(user("ann"));
  CHECK(field(client.take().at(0), "type") == "welcome");
  CHECK(client.peer.pauses == 0);
  CHECK(client.answer(R"({"type":"ping","id":1})") == R"({"type":"pong","id":1})");
}

}  // namespace
}  // namespace sentix::channels
