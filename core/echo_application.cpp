#include "core/echo_application.h"

#include "core/connection.h"

namespace sentix::core {

void EchoApplication::received(Connection& connection, const protocol::Incoming& message) {
  connection.echo(message);
}

// There is no other way to say it in a service that sends nothing of its own.
void EchoApplication::refused(Connection& connection, const protocol::Incoming&, const auth::Excess& excess) {
  connection.close(protocol::CloseCode::rate_limited, excess.reason());
}

}  // namespace sentix::core
