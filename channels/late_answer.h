#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "channels/broker.h"
#include "channels/inbox.h"
#include "channels/session.h"

namespace sentix::channels {

// One client that asks the broker, and whose answer may come later, on any thread: it is concluded on the worker of its
// session, by its inbox, and not at all where the session has gone meanwhile. Behind the publications that the broker
// posted before it, and in front of those that come after.
//
// `Conclude` makes what is to be done then, a function of the session and the answer: only where the answer does come
// later, and out of copies, because the command has gone by then. Lives as long as the call to the broker.
template <class Result, class Conclude>
class LateAnswer final : public Broker::Asker<Result> {
 public:
  using Conclusion = std::function<void(Session&, const Result&)>;

  LateAnswer(const std::shared_ptr<Inbox>& inbox, SessionId session, const Conclude& conclude)
      : inbox_(inbox), session_(session), conclude_(conclude) {}

  [[nodiscard]] typename Broker::Asker<Result>::Answer answer_later() const override {
    return [inbox = inbox_, session = session_, conclude = Conclusion(conclude_())](const Result& result) noexcept {
      try {
        inbox->post_task(session, [conclude, kept = std::make_shared<const Result>(result)](Session& asker) {
          if (asker.phase() != Session::Phase::closed) conclude(asker, *kept);
        });
      } catch (...) {
        inbox->lose();
      }
    };
  }

 private:
  const std::shared_ptr<Inbox>& inbox_;
  const SessionId session_;
  const Conclude& conclude_;
};

// For a conclusion that is made of nothing but the answer's type: late_answer<Result>(inbox, session, conclude).
template <class Result, class Conclude>
LateAnswer<Result, Conclude> late_answer(const std::shared_ptr<Inbox>& inbox, SessionId session,
                                         const Conclude& conclude) {
  return LateAnswer<Result, Conclude>(inbox, session, conclude);
}

}  // namespace sentix::channels
