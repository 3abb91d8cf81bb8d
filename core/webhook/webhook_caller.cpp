#include "core/webhook/webhook_caller.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "channels/thrown.h"
#include "core/sigpipe.h"

namespace sentix::core {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kTickMs = 20;         // how exactly a waiting question's time is kept
constexpr milliseconds kFirstRetryDelay{50};  // each further one doubles it,
constexpr std::size_t kDoublingsMax = 10;     // up to a minute

bool connection_failed(CURLcode result) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return true;
    default:
      return false;
  }
}

bool is_passing(long status) {
  constexpr long kBadGateway = 502;
  constexpr long kServiceUnavailable = 503;
  constexpr long kGatewayTimeout = 504;
  return status == kBadGateway || status == kServiceUnavailable || status == kGatewayTimeout;
}

auth::WebhookAnswer nobody_can_tell(std::string why) {
  return {auth::Judgement::unavailable(), std::move(why)};
}

std::string too_late(const WebhookOptions& options) {
  return "there was no answer in time: auth.webhook.timeout is " + std::to_string(options.timeout.count()) + " ms";
}

void check(int status) {
  if (status < 0) {
    throw std::system_error(-status, std::generic_category(), "cannot make an event loop for the webhook");
  }
}

}  // namespace

WebhookCaller::WebhookCaller(LogSink log, WebhookMetrics& metrics) : log_(std::move(log)), metrics_(metrics) {
  check(uv_loop_init(&loop_));
  check(uv_async_init(&loop_, &wake_,
                      [](uv_async_t* handle) { static_cast<WebhookCaller*>(handle->data)->take_questions(); }));
  uv_timer_init(&loop_, &ticker_);
  wake_.data = ticker_.data = this;
  curl_ = std::make_unique<CurlLoop>(&loop_, [this](CURL* transfer, CURLcode result) { ended(transfer, result); });
  thread_ = std::thread([this] { run(); });
}

WebhookCaller::~WebhookCaller() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  uv_async_send(&wake_);
  thread_.join();
  uv_loop_close(&loop_);
}

void WebhookCaller::ask(Question question) {
  const std::size_t queue = question.options->queue;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_count_ < queue) {
      ++waiting_count_;
      questions_.push_back(std::move(question));
      uv_async_send(&wake_);
      return;
    }
    metrics_.overloaded.add();
  }
  if (log_) {
    log_({.level = LogLevel::warning,
          .text = "too many wait for the webhook, and more are told to come back: auth.webhook.queue is " +
                  std::to_string(queue),
          .reason = "webhook_overloaded"});
  }
  question.done(auth::Judgement::unavailable());
}

// --- The thread ----------------------------------------------------------------------------------------------------

void WebhookCaller::run() {
  block_sigpipe();
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void WebhookCaller::take_questions() noexcept {
  std::vector<Question> questions;
  bool stopping = false;
  {
    const std::lock_guard lock(mutex_);
    questions.swap(questions_);
    stopping = stopping_;
  }
  attempt([&] {
    const auto now = Clock::now();
    for (Question& question : questions) {
      const auto deadline = now + question.options->timeout;
      waiting_.push_back({.question = std::move(question), .asked = now, .deadline = deadline, .not_before = now});
    }
  });
  stopping ? stop() : go_on();
}

// Gives up what is late, starts what can be started, and comes back for the rest.
void WebhookCaller::go_on() noexcept {
  attempt([this] {
    give_up_late_ones();
    start_some();
  });
  if (waiting_.empty()) {
    uv_timer_stop(&ticker_);
  } else if (uv_is_active(reinterpret_cast<uv_handle_t*>(&ticker_)) == 0) {
    uv_timer_start(
        &ticker_, [](uv_timer_t* timer) { static_cast<WebhookCaller*>(timer->data)->go_on(); }, kTickMs, kTickMs);
  }
}

void WebhookCaller::give_up_late_ones() {
  const auto now = Clock::now();
  for (auto call = waiting_.begin(); call != waiting_.end();) {
    const auto late = call++;
    if (late->deadline <= now) {
      const Calls over = take_waiting(late);
      conclude(over.front(), nobody_can_tell(too_late(*over.front().question.options)));
    }
  }
}

void WebhookCaller::start_some() {
  const auto now = Clock::now();
  for (auto call = waiting_.begin(); call != waiting_.end();) {
    const auto next = call++;
    const std::size_t connections = next->question.options->connections;
    if (running_.size() >= connections) {
      break;
    }
    if (next->not_before <= now) {
      curl_->keep_connections(connections);
      start(take_waiting(next));
    }
  }
}

WebhookCaller::Calls WebhookCaller::take_waiting(Calls::iterator call) {
  Calls taken;
  taken.splice(taken.begin(), waiting_, call);
  const std::lock_guard lock(mutex_);
  --waiting_count_;
  return taken;
}

void WebhookCaller::start(Calls one) {
  Call& call = one.front();
  const auto left = std::chrono::ceil<milliseconds>(call.deadline - Clock::now());
  ++call.attempts;
  call.request =
      std::make_unique<WebhookRequest>(*call.question.options, call.question.body, std::max(left, milliseconds(1)));
  CURL* const transfer = call.request->transfer();
  if (!curl_->add(transfer)) {
    conclude(call, nobody_can_tell("there is no memory to ask"));
    return;
  }
  running_.splice(running_.begin(), one);
  by_transfer_.emplace(transfer, running_.begin());
}

void WebhookCaller::ended(CURL* transfer, CURLcode result) noexcept {
  attempt([&] {
    const auto found = by_transfer_.find(transfer);
    Calls one;
    one.splice(one.begin(), running_, found->second);
    by_transfer_.erase(found);
    settle(std::move(one), result);
  });
  go_on();
}

void WebhookCaller::settle(Calls one, CURLcode result) {
  Call& call = one.front();
  const auto request = std::move(call.request);
  const bool passing = result == CURLE_OK ? is_passing(request->status()) : connection_failed(result);
  if (passing && may_ask_again(call)) {
    metrics_.retries.add();
    const std::lock_guard lock(mutex_);
    ++waiting_count_;
    waiting_.splice(waiting_.end(), one);
  } else if (result == CURLE_OK) {
    const auto now = std::chrono::system_clock::now();
    conclude(call, auth::read_webhook_answer(request->status(), request->answer(), now));
  } else if (result == CURLE_OPERATION_TIMEDOUT) {
    conclude(call, nobody_can_tell(too_late(*call.question.options)));
  } else {
    conclude(call, nobody_can_tell(request->failure(result)));
  }
}

// And when: a backend that is just starting is not helped by being asked at once.
bool WebhookCaller::may_ask_again(Call& call) {
  call.not_before = Clock::now() + kFirstRetryDelay * (1U << std::min<std::size_t>(call.attempts - 1, kDoublingsMax));
  return call.attempts <= call.question.options->retries && call.not_before < call.deadline;
}

void WebhookCaller::conclude(const Call& call, const auth::WebhookAnswer& answer) {
  const bool unavailable = answer.judgement.is_unavailable();
  const bool yes = answer.judgement.principal() != nullptr;
  (yes ? metrics_.accepted : unavailable ? metrics_.unavailable : metrics_.refused).add();
  metrics_.seconds.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - call.asked).count()));
  if (log_ && unavailable) {
    log_({.level = LogLevel::warning,
          .text = "the webhook cannot tell who a client is: " + one_line(answer.why),
          .reason = "webhook_unavailable"});
  } else if (log_ && !yes && call.question.log_refusal) {
    log_(LogLevel::debug, "the webhook refuses a client: " + one_line(answer.why));
  }
  call.question.done(answer.judgement);
}

void WebhookCaller::stop() {
  waiting_.splice(waiting_.end(), running_);
  for (const auto& [transfer, call] : by_transfer_) {
    curl_->remove(transfer);
  }
  by_transfer_.clear();
  for (const Call& call : waiting_) {
    attempt([&] { call.question.done(auth::Judgement::unavailable()); });
  }
  waiting_.clear();
  curl_->close();
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&ticker_), nullptr);
}

// What is thrown (there is no memory) ends one question, whose answer is a no then, and not the thread.
template <class Act>
void WebhookCaller::attempt(Act&& act) noexcept {
  try {
    act();
  } catch (...) {
    try {
      log_ ? log_(LogLevel::error, "a question to the webhook is dropped: " + channels::thrown_text()) : void();
    } catch (...) {  // there is no memory even for that
    }
  }
}

}  // namespace sentix::core
