#include "sentix/session.h"

#include <span>

#include "channels/session.h"
#include "core/arguments.h"
#include "protocol/shared_frame.h"

namespace sentix {

std::string Session::id() const {
  return session_ != nullptr ? channels::to_text(session_->id()) : std::string();
}

std::string_view Session::user() const {
  if (session_ == nullptr || session_->principal() == nullptr) {
    return {};
  }
  return session_->principal()->user;
}

std::string Session::remote_address() const {
  return session_ != nullptr ? session_->peer().remote_address() : std::string();
}

// Before `welcome`, which is always a client's first message, and after the end nothing is sent.
void Session::send(std::string_view json) const {
  core::require_json(json);
  if (session_ != nullptr && session_->phase() == channels::Session::Phase::open) {
    session_->peer().reply(protocol::SharedFrame::copy_of(protocol::Opcode::text, std::as_bytes(std::span(json))));
  }
}

void Session::close(std::uint16_t code, std::string_view reason) const {
  const protocol::CloseCode close_code = core::require_close(code, reason);
  if (session_ != nullptr && session_->phase() != channels::Session::Phase::closed) {
    session_->peer().close(close_code, reason);
  }
}

}  // namespace sentix
