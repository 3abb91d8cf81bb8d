#include "core/redis/redis_reply_reader.h"

#include <hiredis/read.h>

#include <algorithm>
#include <new>
#include <utility>

namespace sentix::core {
namespace {

constexpr std::size_t kElementBytesMin = 3;  // "+\r\n", an empty status

static_assert(sizeof(RedisReply) <= 80);  // what kElementsMax is about

}  // namespace

// hiredis builds a reply from outside to inside: an array first, then its elements, each of which names the array and
// its place there. So objects are places in `reply_`, and nothing is ever freed by itself. A null is taken for a lack
// of memory, and breaks the reader. No exception may go through C.
struct RedisReplyReader::Objects {
  static RedisReplyReader& reader_of(const redisReadTask* task) {
    return *static_cast<RedisReplyReader*>(task->privdata);
  }

  static RedisReply& place_of(const redisReadTask* task) {
    if (task->parent == nullptr) {
      return reader_of(task).reply_ = {};
    }
    return static_cast<RedisReply*>(task->parent->obj)->elements[static_cast<std::size_t>(task->idx)];
  }

  static void* make_text(const redisReadTask* task, char* text, std::size_t size) noexcept {
    try {
      RedisReply& reply = place_of(task);
      reply.type = task->type == REDIS_REPLY_ERROR    ? RedisReply::Type::error
                   : task->type == REDIS_REPLY_STATUS ? RedisReply::Type::status
                                                      : RedisReply::Type::string;
      reply.text.assign(text, size);
      return &reply;
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  static void* make_array(const redisReadTask* task, int size) noexcept {
    RedisReplyReader& reader = reader_of(task);
    reader.elements_ += static_cast<std::size_t>(size);
    if (reader.elements_ > reader.elements_max_) {
      reader.failure_ = "a reply has more elements than it may have";
      return nullptr;
    }
    try {
      RedisReply& reply = place_of(task);
      reply.type = RedisReply::Type::array;
      reply.elements.resize(static_cast<std::size_t>(size));
      return &reply;
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  static void* make_integer(const redisReadTask* task, long long value) noexcept {
    RedisReply& reply = place_of(task);
    reply.type = RedisReply::Type::integer;
    reply.integer = value;
    return &reply;
  }

  static void* make_nil(const redisReadTask* task) noexcept { return &place_of(task); }

  static void let_go(void* /*object*/) noexcept {}

  static inline redisReplyObjectFunctions table{
      .createString = make_text,
      .createArray = make_array,
      .createInteger = make_integer,
      .createNil = make_nil,
      .freeObject = let_go,
  };
};

void RedisReplyReader::Free::operator()(redisReader* reader) const {
  redisReaderFree(reader);
}

RedisReplyReader::RedisReplyReader(std::size_t bytes_max)
    : bytes_max_(bytes_max),
      elements_max_(std::min(kElementsMax, bytes_max / kElementBytesMin)),
      reader_(redisReaderCreateWithFunctions(&Objects::table)) {
  if (!reader_) {
    throw std::bad_alloc();
  }
  reader_->privdata = this;
}

RedisReplyReader::~RedisReplyReader() = default;

void RedisReplyReader::feed(std::span<const std::byte> received) {
  bytes_ += received.size();
  redisReaderFeed(reader_.get(), reinterpret_cast<const char*>(received.data()), received.size());
}

RedisReplyReader::Next RedisReplyReader::next(RedisReply& into) {
  void* whole = nullptr;
  if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK) {
    return Next::broken;
  }
  if (whole == nullptr) {
    return bytes_ > bytes_max_ ? fail("a reply has more bytes than it may have") : Next::incomplete;
  }
  into = std::move(reply_);
  elements_ = 0;
  bytes_ = reader_->len - reader_->pos;
  return Next::reply;
}

// Later calls end up here as well: hiredis goes on waiting for the rest of the reply.
RedisReplyReader::Next RedisReplyReader::fail(std::string_view why) {
  failure_ = why;
  return Next::broken;
}

std::string_view RedisReplyReader::failure() const {
  return failure_.empty() ? std::string_view(reader_->errstr) : failure_;
}

}  // namespace sentix::core
