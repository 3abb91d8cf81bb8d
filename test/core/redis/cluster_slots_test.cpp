#include "core/redis/cluster_slots.h"

#include <doctest/doctest.h>

#include "test/core/redis/make_reply.h"
#include "test/support/guard_page.h"

using namespace sentix;
using core::ClusterRange;
using core::read_cluster_epoch;
using core::read_cluster_slots;
using core::RedisReply;
using test::list;
using test::number;
using test::text;
using Type = RedisReply::Type;

namespace {

RedisReply node(std::string host, std::int64_t port) {
  return list({text(std::move(host)), number(port), text("0806ca6269dccefa5ba687f00bd8d4b56799f1b5"), list({})});
}
RedisReply range(std::int64_t first, std::int64_t last, RedisReply master) {
  return list({number(first), number(last), std::move(master)});
}

std::uint16_t slot(std::string_view key) {
  const test::GuardedBytes guarded(std::as_bytes(std::span(key)));
  return core::redis_slot({reinterpret_cast<const char*>(guarded.span().data()), guarded.span().size()});
}

}  // namespace

TEST_CASE("the slot of a key is what the specification says, and redis-server") {
  // The specification's own vector is CRC16("123456789") = 0x31C3; the others are of CLUSTER KEYSLOT, Redis 7.0.15.
  CHECK(slot("123456789") == 0x31C3);
  CHECK(slot("") == 0);
  CHECK(slot("foo") == 12182);
  CHECK(slot("bar") == 5061);
  CHECK(slot("hello") == 866);
  CHECK(slot("sentix:{abc}m") == 7638);
}

TEST_CASE("what stands in the first braces is hashed alone, unless it is nothing") {
  CHECK(slot("{user1000}.following") == slot("user1000"));
  CHECK(slot("{user1000}.following") == slot("{user1000}.followers"));
  CHECK(slot("foo{bar}{zap}") == slot("bar"));
  CHECK(slot("foo{{bar}}zap") == slot("{bar"));
  CHECK(slot("foo{}{bar}") != slot("bar"));
  CHECK(slot("foo{}{bar}") != slot(""));
  CHECK(slot("foo{bar") != slot("bar"));
  CHECK(slot("foo}bar{") != slot("bar"));
}

TEST_CASE("slots and their masters are read; a node without a host is the one that was asked") {
  RedisReply nobody = node("", 7003);
  nobody.elements[0] = {.type = Type::nil};
  const RedisReply answer = list({list({number(0), number(5460), node("10.0.0.1", 7000), node("10.0.0.9", 7009)}),
                                  range(5461, 10922, node("", 7001)), range(10923, 16382, node("?", 7002)),
                                  range(16383, 16383, std::move(nobody))});
  const std::vector<ClusterRange> expected{{0, 5460, {"10.0.0.1", 7000}},
                                           {5461, 10922, {"asked", 7001}},
                                           {10923, 16382, {"asked", 7002}},
                                           {16383, 16383, {"asked", 7003}}};
  CHECK(read_cluster_slots(answer, "asked") == expected);
  CHECK(read_cluster_slots(list({}), "asked")->empty());
}

TEST_CASE("what is of another form tells nothing of slots") {
  const RedisReply good = node("10.0.0.1", 7000);
  for (const RedisReply& wrong : {
           text("OK"), RedisReply{.type = Type::error, .text = "ERR This instance has cluster support disabled"},
           list({text("0")}), list({list({number(0), number(1)})}),  // nobody has them
           list({range(-1, 1, good)}),                               // no slot
           list({range(0, 16384, good)}),                            // nor this
           list({list({text("0"), number(1), good})}),               // no number
           list({range(2, 1, good)}),                                // backwards
           list({range(0, 5, good), range(5, 6, good)}),             // one belongs to two
           list({range(0, 1, text("10.0.0.1"))}),                    // no node
           list({range(0, 1, list({text("10.0.0.1")}))}),            // without a port
           list({range(0, 1, node("10.0.0.1", 0))}),                 // no port
           list({range(0, 1, node("10.0.0.1", 65536))}),             // nor this
           list({range(0, 1, node(std::string("a\0b", 3), 1))}),     // no host
           list({range(0, 1, node(std::string(256, 'a'), 1))}),      // nor this
           list({range(0, 1, good), range(2, 3, list({}))}),         // the second one is wrong
       }) {
    CAPTURE(wrong.elements.size());
    CHECK_FALSE(read_cluster_slots(wrong, "asked"));
  }
}

TEST_CASE("the epoch of a Cluster is one line of many") {
  CHECK(read_cluster_epoch(text("cluster_state:ok\r\ncluster_current_epoch:6\r\ncluster_my_epoch:1\r\n")) == 6);
  CHECK(read_cluster_epoch(text("cluster_current_epoch:18446744073709551615")) == UINT64_MAX);
  for (const char* wrong : {"", "cluster_my_epoch:1\r\n", "cluster_current_epoch:", "cluster_current_epoch:x\r\n",
                            "cluster_current_epoch:1x\r\n", "cluster_current_epoch:-1\r\n",
                            "cluster_current_epoch:18446744073709551616\r\n"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_cluster_epoch(text(wrong)));
  }
  CHECK_FALSE(read_cluster_epoch({.type = Type::error, .text = "cluster_current_epoch:6"}));
}
