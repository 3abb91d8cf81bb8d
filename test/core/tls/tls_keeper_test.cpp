#include "core/tls/tls_keeper.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "core/tls/tls_error.h"
#include "test/support/test_certificate.h"

using namespace sentix;
using core::TlsKeeper;
using test::make_certificate;
using test::TemporaryFolder;

namespace {

// A keeper of one certificate, with what it has logged.
struct Kept {
  TemporaryFolder folder;
  std::vector<std::pair<core::LogLevel, std::string>> lines;
  core::TlsOptions options{.certificates = {make_certificate(folder, "a")}};
  TlsKeeper keeper{options, [this](const core::LogLine& line) { lines.emplace_back(line.level, line.text); }};

  void exchange() {
    make_certificate(folder, "b");
    std::filesystem::rename(folder.path("b.pem"), folder.path("a.pem"));
    std::filesystem::rename(folder.path("b.key"), folder.path("a.key"));
  }
};

}  // namespace

TEST_CASE("files that cannot be used are refused at once") {
  CHECK_THROWS_AS(TlsKeeper({.certificates = {{"/none", "/none"}}}, {}), core::TlsError);
}

TEST_CASE("files that stay as they are are not read again") {
  Kept kept;
  const auto context = kept.keeper.context();
  for (int i = 0; i < 5; ++i) {
    kept.keeper.look();
  }
  CHECK(kept.keeper.context() == context);
  CHECK(kept.lines.empty());
}

TEST_CASE("files that have changed are read when they have come to rest") {
  Kept kept;
  const auto before = kept.keeper.context();
  kept.exchange();
  kept.keeper.look();
  CHECK(kept.keeper.context() == before);  // more may be to come
  kept.keeper.look();
  CHECK(kept.keeper.context() != before);
  REQUIRE(kept.lines.size() == 1);
  CHECK(kept.lines[0].second.starts_with("TLS certificates were read: " + kept.folder.path("a.pem") + " (until "));
  kept.keeper.look();
  CHECK(kept.lines.size() == 1);
}

TEST_CASE("what cannot be used is said once, and the old one stays in force until something better comes") {
  Kept kept;
  const auto before = kept.keeper.context();
  kept.folder.write("a.pem", "no certificate");
  for (int i = 0; i < 5; ++i) {
    kept.keeper.look();
  }
  CHECK(kept.keeper.context() == before);
  REQUIRE(kept.lines.size() == 1);
  CHECK(kept.lines[0].first == core::LogLevel::error);
  CHECK(kept.lines[0].second == "the new TLS certificates are refused, the old ones stay in force: " +
                                    kept.folder.path("a.pem") + " holds no certificate in PEM form");
  kept.keeper.reload();
  CHECK(kept.lines.size() == 2);
  kept.exchange();
  kept.keeper.look();
  kept.keeper.look();
  CHECK(kept.keeper.context() != before);
}

TEST_CASE("other options are forgotten where they will not do") {
  Kept kept;
  const auto before = kept.keeper.context();
  kept.keeper.reload({.certificates = {{"/none", "/none"}}});
  CHECK(kept.keeper.context() == before);
  kept.keeper.reload();
  CHECK(kept.keeper.context() != before);
  CHECK(kept.keeper.context()->description().starts_with(kept.folder.path("a.pem")));
}

TEST_CASE("an expired certificate is used, with a warning") {
  Kept kept;
  make_certificate(kept.folder, "a", {.until = std::chrono::hours(-1)});
  kept.keeper.reload();
  REQUIRE(kept.lines.size() == 2);
  CHECK(kept.lines[0].first == core::LogLevel::warning);
}
