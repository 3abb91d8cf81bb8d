#pragma once

#include "core/tls/openssl.h"

namespace sentix::core {

// What OpenSSL reads from and writes to: a non-blocking socket, which stays its owner's. OpenSSL's own would raise
// SIGPIPE, which a library must not leave to its application; this one calls recv() and send() as Stream does.
//
// `fd`, the number itself, outlives it. Null where there is no memory.
[[nodiscard]] BioPtr new_socket_bio(int* fd);

}  // namespace sentix::core
