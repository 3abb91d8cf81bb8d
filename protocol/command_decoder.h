#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "protocol/command.h"
#include "protocol/error_code.h"

namespace sentix::protocol {

// Why a message is not a command: what the reply of type "error" says. Where the id itself could not be read, or the
// message is not an object, `id` is empty.
struct CommandError {
  ErrorCode code = ErrorCode::bad_request;  // or unknown_type
  std::string message;                      // a sentence for a person; it repeats nothing of what the client sent
  RequestId id;
};

using Decoded = std::variant<Command, CommandError>;

// Decodes the text messages of sentix protocol 1 (the wire's own dialect of commands).
//
// One belongs to each worker and is used on its thread only. What it keeps between messages is the memory for strings
// that were written with escapes.
class CommandDecoder {
 public:
  // `text` is one whole message whose UTF-8 has been checked. All of it is checked before this returns, so whoever gets
  // a Command may act on it at once. The views inside the result borrow from `text` and from this decoder: they end
  // with the text, and with the next call of decode().
  //
  // It knows no state: whether a channel exists, or the client may, is asked elsewhere.
  [[nodiscard]] Decoded decode(std::string_view text);

 private:
  std::string scratch_;
};

}  // namespace sentix::protocol
