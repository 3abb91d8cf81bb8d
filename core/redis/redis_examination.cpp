#include "core/redis/redis_examination.h"

#include <uv.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "core/redis/redis_connection.h"

namespace sentix::core {
namespace {

// A section a command: Redis before 7 takes no more in one.
constexpr std::array<std::string_view, 5> kSections{"server", "replication", "memory", "persistence", "cluster"};

class Examination {
 public:
  Examination(uv_loop_t& loop, const RedisUrl& url, const RedisOptions& options, std::chrono::milliseconds patience)
      : loop_(loop),
        report_{.where = to_text(url)},
        connection_(std::in_place, loop,
                    RedisConnectionOptions{.url = url,
                                           .tls = options.tls,
                                           .sentinel_user = options.sentinel_user,
                                           .sentinel_password = options.sentinel_password,
                                           .master_only = false,
                                           .client_name = "sentix-doctor",
                                           .connect_timeout = patience,
                                           .reply_timeout = patience},
                    [this](RedisConnection::State state, std::string_view why) { changed(state, why); }) {}

  RedisSelfReport run() {
    uv_run(&loop_, UV_RUN_DEFAULT);
    connection_.reset();
    uv_run(&loop_, UV_RUN_DEFAULT);
    return std::move(report_);
  }

 private:
  void changed(RedisConnection::State state, std::string_view why) {
    if (state == RedisConnection::State::ready) {
      begun_at_ = std::chrono::steady_clock::now();
      ask(0);
    } else if (state == RedisConnection::State::waiting) {
      end(std::string(why));
    }
  }

  void ask(std::size_t section) {
    connection_->send({"INFO", kSections.at(section)}, [this, section](const RedisReply* reply) {
      if (reply == nullptr) {
        return;  // changed() is told why
      }
      if (section == 0) {
        report_.round_trip =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun_at_);
      }
      if (reply->is_error()) {
        end(std::string(reply->text));
        return;
      }
      report_.info += reply->text;
      if (section + 1 < kSections.size()) {
        ask(section + 1);
      } else {
        end({});
      }
    });
  }

  void end(std::string problem) {
    report_.problem = std::move(problem);
    uv_stop(&loop_);
  }

  uv_loop_t& loop_;
  RedisSelfReport report_;
  std::chrono::steady_clock::time_point begun_at_;
  std::optional<RedisConnection> connection_;
};

}  // namespace

RedisSelfReport examine_redis(const RedisUrl& url, const RedisOptions& options, std::chrono::milliseconds patience) {
  uv_loop_t loop;
  if (const int status = uv_loop_init(&loop); status < 0) {
    throw std::system_error(-status, std::generic_category(), "cannot make an event loop");
  }
  RedisSelfReport report = Examination(loop, url, options, patience).run();
  uv_loop_close(&loop);
  return report;
}

}  // namespace sentix::core
