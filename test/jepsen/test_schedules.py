"""A few of the schedules of run.py, always the same ones; `make jepsen` runs more."""

import asyncio
import unittest

from run import run_schedule
from support.redis_server import has_redis


@unittest.skipUnless(has_redis(), "there is no redis-server on this machine")
class SchedulesTest(unittest.TestCase):
    def test_what_goes_wrong_costs_nobody_a_message_without_being_told(self):
        for seed in (1, 2, 3, 4, 5):
            with self.subTest(seed=seed):
                summary, problems = asyncio.run(run_schedule(seed))
                self.assertEqual(problems, [], summary)

    def test_masters_of_a_cluster_that_die_and_slots_that_move_are_followed(self):
        for seed in (1, 5):  # of which one forgets, and one moves
            with self.subTest(seed=seed):
                summary, problems = asyncio.run(run_schedule(seed, "cluster"))
                self.assertEqual(problems, [], summary)

    def test_nothing_that_was_confirmed_on_a_synced_channel_is_lost_with_its_master(self):
        summary, problems = asyncio.run(run_schedule(2, "synced"))
        self.assertEqual(problems, [], summary)


if __name__ == "__main__":
    unittest.main()
