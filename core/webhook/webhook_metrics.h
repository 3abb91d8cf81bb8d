#pragma once

#include "core/counter.h"

namespace sentix::core {

// What became of questions to the webhook. Written by its thread alone but for `overloaded`; read by any.
struct WebhookMetrics {
  Counter accepted;
  Counter refused;
  Counter unavailable;  // nobody could tell: failures, timeouts, answers without a meaning
  Counter overloaded;   // not asked, because too many waited; written under the caller's mutex
  Counter retries;
  Histogram seconds;  // from the question to its answer, waiting and retries included
};

}  // namespace sentix::core
