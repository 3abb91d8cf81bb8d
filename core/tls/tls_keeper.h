#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/log.h"
#include "core/small_file.h"
#include "core/tls/ticket_keys.h"
#include "core/tls/tls_context.h"
#include "core/tls/tls_options.h"

namespace sentix::core {

// Keeps the TlsContext that is in force, and makes a new one when its files change or somebody asks. Where the new one
// cannot be had, the log says why, and the old one stays. Connections are not touched: each keeps what it began with.
//
// For any thread.
class TlsKeeper {
 public:
  // Throws TlsError. `options` have a certificate.
  TlsKeeper(TlsOptions options, LogSink log);

  // For a connection that begins now.
  [[nodiscard]] std::shared_ptr<const TlsContext> context() const;

  // Reads the files again; or from now on those of other options, which are forgotten where they will not do:
  // false.
  bool reload();
  bool reload(TlsOptions options);

  // To be called about once a second, from one thread: reloads where the files have changed since they were read, and
  // have stayed the same since the last call, so that a certificate is not read without the key that follows it. It is
  // the files that are looked at, not their names: what a link, or the link to its folder, leads to may be exchanged.
  void look() noexcept;

 private:
  using Files = std::vector<FileState>;

  static Files files_of(const TlsOptions& options);
  void load(const TlsOptions& options);
  bool try_options(TlsOptions options);
  void log(LogLevel level, const std::string& line) const;

  const LogSink log_;
  const std::shared_ptr<TicketKeys> tickets_ = std::make_shared<TicketKeys>();

  std::mutex loading_;  // held while files are read; guards what follows
  TlsOptions options_;
  Files read_;  // as they were when they were last read, well or not
  Files seen_;  // by look()

  mutable std::mutex mutex_;  // of what follows; the innermost lock
  std::shared_ptr<const TlsContext> context_;
};

}  // namespace sentix::core
