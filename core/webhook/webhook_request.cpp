#include "core/webhook/webhook_request.h"

#include <new>

#include "core/version.h"

namespace sentix::core {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 << 10;  // a principal with a thousand permissions has half of that

}  // namespace

WebhookRequest::WebhookRequest(const WebhookOptions& options, const std::string& body,
                               std::chrono::milliseconds timeout)
    : transfer_(curl_easy_init()) {
  if (!transfer_) {
    throw std::bad_alloc();
  }
  add_header("Content-Type: application/json");
  add_header("Accept: application/json");
  add_header("Expect:");  // a server that waits to be asked for the body would cost a second
  if (!options.secret.empty()) {
    add_header("Authorization: Bearer " + options.secret);
  }
  set(CURLOPT_URL, options.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(CURLOPT_PROXY, "");
  set(CURLOPT_USERAGENT, ("sentix/" + std::string(version())).c_str());
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  set(CURLOPT_POSTFIELDS, body.c_str());
  set(CURLOPT_WRITEFUNCTION, &WebhookRequest::take);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // a name server that does not answer is not waited for when the time is over
  if (!options.ca_file.empty()) {
    set(CURLOPT_CAINFO, options.ca_file.c_str());
  }
}

template <typename T>
void WebhookRequest::set(CURLoption option, T value) {
  if (curl_easy_setopt(transfer_.get(), option, value) != CURLE_OK) {
    throw std::bad_alloc();
  }
}

void WebhookRequest::add_header(const std::string& line) {
  curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
  if (longer == nullptr) {
    throw std::bad_alloc();
  }
  static_cast<void>(headers_.release());  // it is a part of the longer one
  headers_.reset(longer);
}

std::size_t WebhookRequest::take(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* const request = static_cast<WebhookRequest*>(self);
  const std::size_t arrived = size * count;
  request->too_large_ = request->answer_.size() + arrived > kAnswerBytesMax;
  if (request->too_large_) {
    return 0;  // which ends the transfer
  }
  try {
    request->answer_.append(bytes, arrived);
  } catch (const std::bad_alloc&) {  // must not pass through libcurl
    return 0;
  }
  return arrived;
}

long WebhookRequest::status() const {
  long status = 0;
  curl_easy_getinfo(transfer_.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

std::string WebhookRequest::failure(CURLcode result) const {
  if (too_large_) {
    return "its answer is larger than " + std::to_string(kAnswerBytesMax) + " bytes";
  }
  return error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
}

}  // namespace sentix::core
