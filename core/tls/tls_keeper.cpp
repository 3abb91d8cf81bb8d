#include "core/tls/tls_keeper.h"

#include <exception>
#include <string>
#include <utility>

namespace sentix::core {

TlsKeeper::TlsKeeper(TlsOptions options, LogSink log) : log_(std::move(log)), options_(std::move(options)) {
  read_ = seen_ = files_of(options_);
  load(options_);
}

std::shared_ptr<const TlsContext> TlsKeeper::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

bool TlsKeeper::reload() {
  const std::lock_guard lock(loading_);
  return try_options(options_);
}

bool TlsKeeper::reload(TlsOptions options) {
  const std::lock_guard lock(loading_);
  return try_options(std::move(options));
}

void TlsKeeper::look() noexcept {
  try {
    const std::lock_guard lock(loading_);
    const Files before = std::exchange(seen_, files_of(options_));
    if (seen_ == before && seen_ != read_) {
      try_options(options_);
    }
  } catch (const std::exception&) {  // there is no memory: the next look will do
  }
}

// What was read while it changed is read again: the states are taken first.
bool TlsKeeper::try_options(TlsOptions options) {
  Files files = files_of(options);
  Files old_files = files_of(options_);
  try {
    load(options);
    options_ = std::move(options);
    read_ = std::move(files);
    log(LogLevel::info, "TLS certificates were read: " + context()->description());
    return true;
  } catch (const std::exception& error) {
    read_ = std::move(old_files);
    log(LogLevel::error,
        std::string("the new TLS certificates are refused, the old ones stay in force: ") + error.what());
    return false;
  }
}

void TlsKeeper::load(const TlsOptions& options) {
  auto context = std::make_shared<const TlsContext>(options, tickets_);
  for (const std::string& warning : context->warnings()) {
    log(LogLevel::warning, warning);
  }
  const std::lock_guard lock(mutex_);
  context_.swap(context);
}

TlsKeeper::Files TlsKeeper::files_of(const TlsOptions& options) {
  Files files;
  for (const CertificateFiles& certificate : options.certificates) {
    files.push_back(state_of(certificate.chain));
    files.push_back(state_of(certificate.key));
  }
  if (options.asks_clients()) {
    files.push_back(state_of(options.client_ca));
  }
  return files;
}

void TlsKeeper::log(LogLevel level, const std::string& line) const {
  if (log_) {
    log_(level, line);
  }
}

}  // namespace sentix::core
