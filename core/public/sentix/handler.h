#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include "sentix/event.h"

namespace sentix {

// What Server::on() makes of a handler.
using Handler = std::function<Verdict(const Event&)>;

// A handler is any copyable callable that takes a const Event& and returns nothing, which lets everything pass, or a
// Verdict. It runs on the worker of the event's connection: with more than one worker several calls happen at the same
// time. It does not block: that worker's clients wait for it. What it throws is caught and becomes the event `error`,
// and the client's command is answered `internal`.
template <typename Callable>
Handler to_handler(Callable&& callable) {
  static_assert(std::invocable<std::decay_t<Callable>&, const Event&>, "a handler takes a const sentix::Event&");
  using Answer = std::invoke_result_t<std::decay_t<Callable>&, const Event&>;
  static_assert(std::is_void_v<Answer> || std::same_as<Answer, Verdict>,
                "a handler returns nothing, or a sentix::Verdict");
  if constexpr (std::is_void_v<Answer>) {
    return [callable = std::forward<Callable>(callable)](const Event& event) mutable {
      std::invoke(callable, event);
      return Verdict::pass;
    };
  } else {
    return std::forward<Callable>(callable);
  }
}

}  // namespace sentix
