#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "core/webhook/webhook_options.h"

namespace sentix::core {

// One attempt to ask: a POST, and what comes back, in the form of a transfer of libcurl. Redirects are not followed,
// since whoever answers elsewhere is not whom the operator named; proxies of the environment and .netrc are passed
// over; HTTP/1.1 is spoken, so that one connection is one question.
//
// Stays where it is while the transfer runs.
class WebhookRequest {
 public:
  // `options` and `body` are borrowed until this goes. Throws std::bad_alloc.
  WebhookRequest(const WebhookOptions& options, const std::string& body, std::chrono::milliseconds timeout);
  WebhookRequest(const WebhookRequest&) = delete;
  WebhookRequest& operator=(const WebhookRequest&) = delete;

  [[nodiscard]] CURL* transfer() const { return transfer_.get(); }

  // Once it has ended: the status, 0 where there is none; the body of the answer; what libcurl says of `result`, where
  // that is a failure.
  [[nodiscard]] long status() const;
  [[nodiscard]] const std::string& answer() const { return answer_; }
  [[nodiscard]] std::string failure(CURLcode result) const;

 private:
  struct Cleanup {
    void operator()(CURL* transfer) const { curl_easy_cleanup(transfer); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  template <typename T>
  void set(CURLoption option, T value);
  void add_header(const std::string& line);
  static std::size_t take(char* bytes, std::size_t size, std::size_t count, void* self);

  std::unique_ptr<curl_slist, Cleanup> headers_;
  std::string answer_;
  bool too_large_ = false;
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::unique_ptr<CURL, Cleanup> transfer_;  // goes first: it borrows what stands above
};

}  // namespace sentix::core
