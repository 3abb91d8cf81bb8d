#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/admin/admin_context.h"
#include "core/admin/exchange.h"
#include "core/worker.h"

namespace sentix::core {

// Asks `workers`, by their numbers, something that only each of them can tell or do, and replies with what `conclude`
// makes of all their parts, which come in no particular order. `ask` runs on the workers' threads, as one of the tasks
// of their mailboxes, and should take little time; `conclude` on the admin thread. Where a worker has not answered
// within answer_timeout, the reply is 504; what was asked for may still happen.
template <class Part>
void ask_workers(AdminContext& context, const std::vector<std::size_t>& workers, std::function<Part(Worker&)> ask,
                 AdminReply reply, std::function<AdminAnswer(const std::vector<Part>&)> conclude) {
  struct Question {
    std::size_t asked;
    AdminReply reply;
    std::function<AdminAnswer(const std::vector<Part>&)> conclude;
    std::vector<Part> parts = {};
    bool over = false;
  };
  const auto question = std::make_shared<Question>(Question{workers.size(), std::move(reply), std::move(conclude)});
  for (const std::size_t index : workers) {
    context.shared.mailboxes[index]->post_task([question, ask, inbox = context.inbox](Worker& worker) {
      inbox->post([question, part = ask(worker)] {
        question->parts.push_back(part);
        if (question->parts.size() == question->asked && !std::exchange(question->over, true)) {
          question->reply(question->conclude(question->parts));
        }
      });
    });
  }
  context.do_later([question] {
    if (!std::exchange(question->over, true)) {
      question->reply(admin_error(504, "timeout", "A worker has not answered in time; this may still happen."));
    }
  });
}

}  // namespace sentix::core
