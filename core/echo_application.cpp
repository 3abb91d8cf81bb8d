#include "core/echo_application.h"

#include "core/connection.h"

namespace sentix::core {

void EchoApplication::received(Connection& connection, const protocol::Incoming& message) {
  connection.echo(message);
}

}  // namespace sentix::core
