#pragma once

#include <uv.h>

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "auth/authenticator.h"
#include "auth/webhook_answer.h"
#include "core/log.h"
#include "core/webhook/curl_loop.h"
#include "core/webhook/webhook_metrics.h"
#include "core/webhook/webhook_options.h"
#include "core/webhook/webhook_request.h"

namespace sentix::core {

// Asks the webhook, on a thread and a loop of its own: TLS to a backend and looking up its name take time that no
// worker's clients should lose, and one pool of connections serves all workers.
//
// A question waits until one of its options' `connections` is free, and is asked once more where another attempt may do
// better: the connection failed, or the answer was 502, 503 or 504. When its time is over nobody can tell, whatever
// becomes of it. Never is a yes or a no asked about again.
//
// ask() is for any thread, the constructor and the destructor are for any but its own.
class WebhookCaller {
 public:
  struct Question {
    std::shared_ptr<const WebhookOptions> options;
    std::string body;  // a JSON object
    bool log_refusal = false;
    auth::AuthenticationDone done;
  };

  // `metrics` outlives this. Throws std::system_error where there is no thread, or no loop.
  WebhookCaller(LogSink log, WebhookMetrics& metrics);
  // Answers whoever waits that nobody can tell.
  ~WebhookCaller();
  WebhookCaller(const WebhookCaller&) = delete;
  WebhookCaller& operator=(const WebhookCaller&) = delete;

  // The answer comes on the caller's thread; at once where too many wait already.
  void ask(Question question);

 private:
  using Clock = std::chrono::steady_clock;

  struct Call {
    Question question;
    Clock::time_point asked;
    Clock::time_point deadline;
    Clock::time_point not_before;  // a retry leaves the backend a moment
    std::size_t attempts = 0;
    std::unique_ptr<WebhookRequest> request = nullptr;  // while it is under way
  };
  using Calls = std::list<Call>;  // so that a call stays where it is

  template <class Act>
  void attempt(Act&& act) noexcept;
  void run();
  void take_questions() noexcept;
  void go_on() noexcept;
  void give_up_late_ones();
  void start_some();
  Calls take_waiting(Calls::iterator call);
  // One call alone in a list, which is handed on.
  void start(Calls one);
  void ended(CURL* transfer, CURLcode result) noexcept;
  void settle(Calls one, CURLcode result);
  static bool may_ask_again(Call& call);
  void conclude(const Call& call, const auth::WebhookAnswer& answer);
  void stop();

  const LogSink log_;
  WebhookMetrics& metrics_;
  uv_loop_t loop_{};
  uv_async_t wake_{};
  uv_timer_t ticker_{};  // while anything waits

  std::mutex mutex_;  // of what follows; no other lock is taken under it
  std::vector<Question> questions_;
  std::size_t waiting_count_ = 0;  // of `questions_` and `waiting_`
  bool stopping_ = false;

  // The thread's own.
  std::unique_ptr<CurlLoop> curl_;
  Calls waiting_;
  Calls running_;
  std::unordered_map<CURL*, Calls::iterator> by_transfer_;

  std::thread thread_;
};

}  // namespace sentix::core
