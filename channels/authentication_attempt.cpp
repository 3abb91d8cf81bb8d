#include "channels/authentication_attempt.h"

#include <utility>

namespace sentix::channels {

void AuthenticationAttempt::answer(auth::Judgement judgement) {
  {
    const std::lock_guard lock(mutex_);
    const State before = std::exchange(state_, State::answered);
    if (before == State::asking) {
      early_ = std::move(judgement);
      return;
    }
    if (before != State::waiting) return;
  }
  const std::shared_ptr<Inbox> inbox = inbox_.lock();
  if (!inbox) return;
  inbox->post_task(session_, [conclude = conclude_, judgement = std::move(judgement)](Session& session) {
    conclude(session, judgement);
  });
}

std::optional<auth::Judgement> AuthenticationAttempt::asked() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::asking) state_ = State::waiting;
  return early_;
}

}  // namespace sentix::channels
