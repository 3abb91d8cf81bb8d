#include "protocol/deflate/negotiation.h"

#include <doctest/doctest.h>

namespace sentix::protocol {
namespace {

constexpr ContextTakeover kNo = ContextTakeover::no;
constexpr ContextTakeover kYes = ContextTakeover::yes;

std::optional<DeflateAgreement> agree(std::string_view offers, const DeflatePolicy& policy = {}) {
  return negotiate(parse_extensions(offers).value(), policy);
}

std::string response(std::string_view offers, const DeflatePolicy& policy = {}) {
  const auto agreement = agree(offers, policy);
  return agreement ? agreement->response : "declined";
}

const std::string kPlain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
constexpr DeflatePolicy kGenerous{.server_context_takeover = true, .client_context_takeover = true};

TEST_CASE("by default nothing is remembered between messages") {
  for (const char* offer : {"permessage-deflate", "permessage-deflate; client_max_window_bits",
                            "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
                            "permessage-deflate; client_max_window_bits=8", "Permessage-Deflate",
                            "permessage-deflate; client_max_window_bits=15"}) {
    CAPTURE(offer);
    const auto agreement = agree(offer);
    REQUIRE(agreement);
    CHECK(agreement->response == kPlain);
    CHECK(agreement->server_context_takeover == kNo);
    CHECK(agreement->client_context_takeover == kNo);
    CHECK(agreement->server_window_bits == 15);
    CHECK(agreement->client_window_bits == 15);
  }
}

TEST_CASE("the server's window is what the client asks for, or less") {
  for (int bits = 9; bits <= 15; ++bits) {
    const auto agreement = agree("permessage-deflate; server_max_window_bits=" + std::to_string(bits));
    REQUIRE(agreement);
    CHECK(agreement->server_window_bits == bits);
    CHECK(agreement->response == kPlain + "; server_max_window_bits=" + std::to_string(bits));
  }
  const DeflatePolicy small{.server_window_bits = 11};
  CHECK(response("permessage-deflate", small) == kPlain + "; server_max_window_bits=11");
  CHECK(response("permessage-deflate; server_max_window_bits=15", small) == kPlain + "; server_max_window_bits=11");
  CHECK(response("permessage-deflate; server_max_window_bits=10", small) == kPlain + "; server_max_window_bits=10");
}

TEST_CASE("a window of 8 bits is declined, since zlib would use a larger one, and the next offer is tried") {
  CHECK(response("permessage-deflate; server_max_window_bits=8") == "declined");
  CHECK(response("permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=\"10\"") ==
        kPlain + "; server_max_window_bits=10");
}

TEST_CASE("the client's window is limited only where the client lets it be") {
  const DeflatePolicy small{.client_window_bits = 10};
  CHECK(response("permessage-deflate", small) == kPlain);
  CHECK(agree("permessage-deflate", small)->client_window_bits == 15);
  CHECK(response("permessage-deflate; client_max_window_bits", small) == kPlain + "; client_max_window_bits=10");
  CHECK(agree("permessage-deflate; client_max_window_bits=12", small)->client_window_bits == 10);
  CHECK(response("permessage-deflate; client_max_window_bits=9", small) == kPlain);
}

TEST_CASE("context takeover needs both sides") {
  CHECK(response("permessage-deflate", kGenerous) == "permessage-deflate");
  CHECK(agree("permessage-deflate", kGenerous)->server_context_takeover == kYes);
  CHECK(agree("permessage-deflate", kGenerous)->client_context_takeover == kYes);
  CHECK(response("permessage-deflate; server_no_context_takeover", kGenerous) ==
        "permessage-deflate; server_no_context_takeover");
  CHECK(agree("permessage-deflate; client_no_context_takeover", kGenerous)->client_context_takeover == kNo);
  CHECK(response("permessage-deflate; client_no_context_takeover", kGenerous) ==
        "permessage-deflate; client_no_context_takeover");
}

TEST_CASE("an offer with a parameter that may not be is passed over") {
  for (const std::string bad :
       {"unknown", "server_no_context_takeover=1", "client_no_context_takeover=true", "server_max_window_bits",
        "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=09",
        "server_max_window_bits=1", "server_max_window_bits=1x", "server_max_window_bits=150",
        "client_max_window_bits=7", "client_max_window_bits=+9", "client_max_window_bits=008",
        "server_no_context_takeover; server_no_context_takeover", "client_max_window_bits; client_max_window_bits",
        "client_max_window_bits=9; client_max_window_bits", "server_max_window_bits=9; server_max_window_bits=9"}) {
    CAPTURE(bad);
    CHECK(response("permessage-deflate; " + bad) == "declined");
    CHECK(response("permessage-deflate; " + bad + ", permessage-deflate") == kPlain);
  }
  CHECK(response("") == "declined");
  CHECK(response("x-webkit-deflate-frame, permessage-bzip2; a=b") == "declined");
}

}  // namespace
}  // namespace sentix::protocol
