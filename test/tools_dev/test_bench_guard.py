"""What bench-guard makes of counts and budgets."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/dev"))
import bench_guard


def in_order(costs: dict, budgets: dict, tolerance: float = 0.05) -> dict:
    return {case: good for case, _, good in bench_guard.verdicts(costs, budgets, tolerance)}


class BenchGuardTest(unittest.TestCase):
    def test_five_percent_more_is_the_limit(self):
        self.assertEqual(in_order({"a": 104.9}, {"a": 100.0}), {"a": True})
        self.assertEqual(in_order({"a": 105.1}, {"a": 100.0}), {"a": False})

    def test_a_byte_more_is_too_many(self):
        self.assertEqual(in_order({"a": 360}, {"a": 360}, 0), {"a": True})
        self.assertEqual(in_order({"a": 361}, {"a": 360}, 0), {"a": False})

    def test_less_is_welcome(self):
        self.assertEqual(in_order({"a": 50.0}, {"a": 100.0}), {"a": True})

    def test_cases_and_budgets_belong_together(self):
        self.assertEqual(in_order({"new": 1.0}, {"gone": 1.0}), {"new": False, "gone": False})

    def test_the_committed_budgets_are_read(self):
        if bench_guard.BUDGETS.exists():
            budgets = json.loads(bench_guard.BUDGETS.read_text())
            self.assertEqual(set(budgets), set(bench_guard.TOLERANCES))
            for kind in budgets.values():
                self.assertGreater(min(kind.values()), 0)


if __name__ == "__main__":
    unittest.main()
