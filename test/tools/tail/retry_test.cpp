#include "tools/sentix/tail/retry.h"

#include <doctest/doctest.h>

using sentix::tools::retry_delay;
using std::chrono::milliseconds;

TEST_CASE("close codes say when to come back") {
  for (const unsigned code : {4000U, 4001U, 4003U, 4099U}) {
    CAPTURE(code);
    CHECK_FALSE(retry_delay(code, 0, 0.5));
    CHECK_FALSE(retry_delay(code, 9, 0.5));
  }
  CHECK(retry_delay(4100, 0, 0.0) == milliseconds(2000));
  CHECK(retry_delay(4199, 0, 1.0) == milliseconds(2500));
  CHECK(retry_delay(4200, 0, 1.0) == milliseconds(0));
  CHECK(retry_delay(4299, 1, 1.0) == milliseconds(1000));
}

TEST_CASE("anything else backs off with full jitter, up to half a minute") {
  for (const unsigned code : {1000U, 1006U, 1011U, 1012U, 3000U, 4300U}) {
    CAPTURE(code);
    CHECK(retry_delay(code, 0, 0.0) == milliseconds(0));
    CHECK(retry_delay(code, 0, 1.0) == milliseconds(500));
    CHECK(retry_delay(code, 3, 0.5) == milliseconds(2000));
    CHECK(retry_delay(code, 6, 1.0) == milliseconds(30'000));
    CHECK(retry_delay(code, 4'000'000'000U, 1.0) == milliseconds(30'000));
  }
}
