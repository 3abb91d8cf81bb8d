#include "tools/sentix/doctor/judge_certificate.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>

namespace sentix::tools {

namespace {

constexpr long kDaysToRenew = 14;
constexpr long kSecondsOfDay = 86'400;

using StorePtr = std::unique_ptr<X509_STORE, core::FreedBy<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, core::FreedBy<X509_STORE_CTX_free>>;
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

// How long from `from` to `to`, in seconds.
long seconds_between(std::time_t from, const ASN1_TIME* to) {
  const std::unique_ptr<ASN1_TIME, core::FreedBy<ASN1_TIME_free>> begin(ASN1_TIME_set(nullptr, from));
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, begin.get(), to);
  return days * kSecondsOfDay + seconds;
}

Finding judge_dates(const core::Certificate& certificate, std::time_t now) {
  const long left = seconds_between(now, X509_get0_notAfter(certificate.leaf.get()));
  const std::string until = certificate.file + " is good " + certificate.not_after();
  if (seconds_between(now, X509_get0_notBefore(certificate.leaf.get())) > 0) {
    return {"certificate_dates", Verdict::problem, certificate.file + " is not good yet",
            "look at the clocks of this machine and of whoever issued it"};
  }
  if (left < 0) {
    return {"certificate_dates", Verdict::problem, until, "renew it; sentix takes the new files by itself"};
  }
  if (left < kDaysToRenew * kSecondsOfDay) {
    return {"certificate_dates", Verdict::warning, until + ", " + std::to_string(left / kSecondsOfDay) + " days more",
            "renew it, and see why that has not happened by itself"};
  }
  return {"certificate_dates", Verdict::ok, until};
}

bool issued(const core::X509Ptr& issuer, const core::X509Ptr& subject) {
  return X509_check_issued(issuer.get(), subject.get()) == X509_V_OK;
}

// What OpenSSL says of the chain with this system's roots, whatever the dates are.
int verified(const core::Certificate& certificate) {
  const StorePtr roots(X509_STORE_new());
  X509_STORE_set_default_paths(roots.get());
  const std::unique_ptr<STACK_OF(X509), FreeStack> between(sk_X509_new_null());
  for (const core::X509Ptr& issuer : certificate.issuers) {
    sk_X509_push(between.get(), issuer.get());
  }
  const StoreContextPtr context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), roots.get(), certificate.leaf.get(), between.get());
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME);
  const int verdict = X509_verify_cert(context.get()) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return verdict;
}

Finding judge_chain(const core::Certificate& certificate) {
  const core::X509Ptr* before = &certificate.leaf;
  for (std::size_t i = 0; i < certificate.issuers.size(); ++i) {
    if (!issued(certificate.issuers[i], *before)) {
      return {"certificate_chain", Verdict::problem,
              "certificate " + std::to_string(i + 2) + " of " + certificate.file + " did not issue the one before it",
              "put the server's own first, then each by which the one before it was issued"};
    }
    before = &certificate.issuers[i];
  }
  const int verdict = verified(certificate);
  if (verdict == X509_V_OK) {
    return {"certificate_chain", Verdict::ok, certificate.file + " leads to a root that this system trusts"};
  }
  return {"certificate_chain", Verdict::warning,
          certificate.file + " leads to no root that this system trusts: " + X509_verify_cert_error_string(verdict),
          issued(certificate.leaf, certificate.leaf) || issued(*before, *before)
              ? "fine where its clients trust it by themselves; browsers do not"
              : "use the full chain (fullchain.pem): without what is between it and the root, many clients fail"};
}

Finding judge_names(const core::Certificate& certificate, const std::string& host) {
  const std::unique_ptr<GENERAL_NAMES, core::FreedBy<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.leaf.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (!names) {
    return {"certificate_names", Verdict::problem, certificate.file + " has no subject alternative names",
            "get one that names its hosts so: clients do not look at its common name"};
  }
  const bool is_for_address = X509_check_ip_asc(certificate.leaf.get(), host.c_str(), 0) == 1;
  if (!host.empty() && !is_for_address && !certificate.is_for(host)) {
    return {"certificate_names", Verdict::problem, certificate.file + " is not for " + host,
            "get one that names it, or name the right --url"};
  }
  return {"certificate_names", Verdict::ok, certificate.file + " names " + (host.empty() ? "its hosts" : host)};
}

}  // namespace

Findings judge_certificate(const core::Certificate& certificate, const std::string& host, std::time_t now) {
  return {judge_dates(certificate, now), judge_chain(certificate), judge_names(certificate, host)};
}

}  // namespace sentix::tools
