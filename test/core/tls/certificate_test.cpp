#include "core/tls/certificate.h"

#include <doctest/doctest.h>

#include "core/tls/tls_error.h"
#include "test/support/test_certificate.h"

using namespace sentix;
using core::TlsError;
using test::make_certificate;
using test::TemporaryFolder;

namespace {

// Why a certificate cannot be had, and which of its files that is about.
std::pair<std::string, TlsError::About> error_of(const core::CertificateFiles& files) {
  try {
    static_cast<void>(core::load_certificate(files));
  } catch (const TlsError& error) {
    return {error.what(), error.about};
  }
  return {"", TlsError::About::none};
}

}  // namespace

TEST_CASE("a certificate is for the names it has, and for one label in place of a star") {
  const TemporaryFolder folder;
  const auto files = make_certificate(
      folder, "a", {.common_name = "only.example", .alternative_names = "DNS:a.example,DNS:*.b.example"});
  const core::Certificate certificate = core::load_certificate(files);
  CHECK(certificate.issuers.empty());
  for (const char* host : {"a.example", "A.EXAMPLE", "x.b.example"}) {
    CAPTURE(host);
    CHECK(certificate.is_for(host));
  }
  for (const char* host : {"", "b.example", "x.y.b.example", "only.example", "xa.example", "*"}) {
    CAPTURE(host);
    CHECK_FALSE(certificate.is_for(host));
  }
}

TEST_CASE("what stands behind the certificate leads to its root") {
  const TemporaryFolder folder;
  const auto files = make_certificate(folder, "a");
  make_certificate(folder, "b");
  folder.write("a.pem", folder.read("a.pem") + "words between\n" + folder.read("b.pem"));
  CHECK(core::load_certificate(files).issuers.size() == 1);
}

TEST_CASE("what will not do is said with its file") {
  const TemporaryFolder folder;
  const auto good = make_certificate(folder, "good");
  const auto other = make_certificate(folder, "other");
  using About = TlsError::About;
  struct Row {
    core::CertificateFiles files;
    std::string sentence;
    About about;
  };
  const std::string none = folder.path("none");
  const std::string words = folder.write("words", "no PEM at all\n");
  const std::string broken = folder.write("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  for (const Row& row : {
           Row{{none, good.key}, none + " cannot be read: No such file or directory", About::chain},
           Row{{good.chain, none}, none + " cannot be read: No such file or directory", About::key},
           Row{{folder.path(""), good.key}, folder.path("") + " cannot be read: Is a directory", About::chain},
           Row{{"/dev/zero", good.key}, "/dev/zero is larger than 1 MiB: it is no PEM file", About::chain},
           Row{{words, good.key}, words + " holds no certificate in PEM form", About::chain},
           Row{{good.key, good.key}, good.key + " holds no certificate in PEM form", About::chain},
           Row{{good.chain, other.key}, other.key + " is not the key of the certificate " + good.chain, About::key},
       }) {
    const auto [sentence, about] = error_of(row.files);
    CHECK(sentence == row.sentence);
    CHECK(about == row.about);
  }
  CHECK(error_of({broken, good.key}).first.starts_with(broken + " holds no certificate in PEM form: "));
  CHECK(error_of({good.chain, words}).first.starts_with(words + " holds no private key in PEM form: "));
}

TEST_CASE("a key that needs a passphrase asks nobody") {
  const TemporaryFolder folder;
  auto files = make_certificate(folder, "a");
  const core::BioPtr in(BIO_new_file(files.key.c_str(), "rb"));
  const core::KeyPtr key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  files.key = folder.path("encrypted");
  {
    const core::BioPtr out(BIO_new_file(files.key.c_str(), "wb"));
    std::string word = "word";
    REQUIRE(PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), word.data(), 4, nullptr, nullptr) ==
            1);
  }
  CHECK(error_of(files).first.starts_with(files.key + " is encrypted"));
}

TEST_CASE("a certificate whose time is over or has not come is warned about") {
  const TemporaryFolder folder;
  using std::chrono::hours;
  const auto warning = [&](const test::CertificateWish& wish) {
    return core::load_certificate(make_certificate(folder, "a", wish)).warning();
  };
  CHECK(warning({}).empty());
  CHECK(warning({.until = hours(-1)}).find("was good until ") != std::string::npos);
  CHECK(warning({.from = hours(1)}).find("is not good before ") != std::string::npos);
}

TEST_CASE("a client is who its certificate says: by common name, else by the first alternative name") {
  const TemporaryFolder folder;
  const auto name = [&](const test::CertificateWish& wish) {
    return core::subject_name(*core::load_certificate(make_certificate(folder, "a", wish)).leaf);
  };
  CHECK(name({.common_name = "jane", .alternative_names = "DNS:a.example"}) == "jane");
  CHECK(name({.common_name = "Jürgen", .alternative_names = ""}) == "Jürgen");
  CHECK(name({.common_name = "", .alternative_names = "IP:192.0.2.1,email:jane@a.example,DNS:b"}) == "jane@a.example");
  CHECK(name({.common_name = "", .alternative_names = "URI:spiffe://a.example/jane"}) == "spiffe://a.example/jane");
  CHECK(name({.common_name = "", .alternative_names = ""}).empty());
  CHECK(name({.common_name = "a\nb", .alternative_names = ""}).empty());
  CHECK(name({.common_name = std::string("a\0b", 3), .alternative_names = ""}).empty());
}
