"""A publisher who is faster than the server can hand out: others do not wait for all that it has sent already."""

import unittest

from generator import LoadTest, start
from support.admin import AdminServer
from support.eventually import eventually
from support.raw_client import RawClient
from support.redis_server import Redis, has_redis

SUBSCRIBERS = 200
IN_FLIGHT = 100_000  # publications, that is twenty million deliveries
DELIVERIES_MAX = 300_000  # that happen while a publication of a bystander comes back: some times what may wait


class Fairness(LoadTest):
    def check(self, *flags):
        server = self.enterContext(AdminServer(*flags))

        def deliveries():
            numbers = server.admin.metrics()
            return sum(value for name, value in numbers.items() if name.startswith("sentix_deliveries_total"))

        with RawClient(server) as bystander:
            bystander.enter()
            bystander.subscribe("bystander")
            load = ("--subscribers", SUBSCRIBERS, "--in-flight", IN_FLIGHT, "--duration", "10m", "--quiet")
            with start("fanout", server.url, *load) as flood:
                try:
                    eventually(lambda: deliveries() > 1000 * SUBSCRIBERS, "there is no flood")
                    least = min(self.deliveries_meanwhile(deliveries, bystander) for _ in range(5))
                    self.assertLess(least, DELIVERIES_MAX)
                    self.assertIsNone(flood.poll())
                finally:
                    flood.kill()

    @staticmethod
    def deliveries_meanwhile(deliveries, bystander):
        before = deliveries()
        bystander.command(type="publish", channel="bystander", data=1)
        bystander.expect("message")
        return deliveries() - before

    def test_with_one_worker(self):
        self.check("--workers", 1)

    def test_with_several(self):
        self.check("--workers", 3)

    @unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
    def test_through_redis(self):
        redis = Redis()
        self.addCleanup(redis.close)
        self.check("--workers", 2, "--redis", redis.url)


if __name__ == "__main__":
    unittest.main()
