"""The macro benches: what becomes of the figures, and that they run."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/macro"))
import measure
import report
import scenarios
from measure import Measured

GROUP = scenarios.Group("echo", "Echo <&>", "echo", ("server_us",), "floor", ())
RESULT = {
    "rows": {
        "small": {"floor": {"server_us": Measured(10.0, 1.0)}, "sentix": {"server_us": Measured(12.0, 1.2)}},
        "large": {"floor": {"server_us": Measured(400.0, 1.0)}, "sentix": {"server_us": Measured(4000.0, 10.0)},
                  "other": {"server_us": Measured(440.0, 1.1)}},
    },
    "left out": {"third": "third: it is not installed"},
}


def load_result(us: float) -> dict:
    return {"server": {"cpu_us_per_message": us, "cpu_share": 0.5}, "client": {"cpu_share": 0.5},
            "received_per_second": 1000.0, "latency_ns": {"p50": 1000, "p99": 2000, "p99.9": 3000}}


class MacroBenchTest(unittest.TestCase):
    def test_medians_are_taken_of_each_figure_that_is_there(self):
        figures = measure.medians([load_result(us) for us in (3.0, 1.0, 2.0)])
        self.assertEqual(figures["server_us"], Measured(2.0))
        self.assertEqual(figures["p99.9_us"].value, 3.0)
        self.assertNotIn("connection_bytes", figures)

    def test_a_ratio_is_the_median_of_what_each_round_says(self):
        mine, base = [3.0, 1.0, 20.0], [1.0, 0.5, 10.0]  # the machine was slow in the last round
        figures = measure.medians([load_result(us) for us in mine], [load_result(us) for us in base])
        self.assertEqual(figures["server_us"], Measured(3.0, 2.0))

    def test_servers_take_turns_at_being_the_first(self):
        self.assertEqual([measure.rotated(["a", "b", "c"], turn) for turn in range(4)],
                         [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["a", "b", "c"]])

    def test_a_table_tells_figures_and_how_many_times_the_base_they_are(self):
        lines = report.table(GROUP, RESULT).splitlines()
        self.assertIn("| small | 10.0 | 12.0 (1.20) |  |", lines)
        self.assertIn("| large | 400 | 4,000 (10.00) | 440 (1.10) |", lines)
        self.assertIn("Not measured: third: it is not installed.", lines)

    def test_a_picture_is_well_formed_and_cuts_what_is_too_long(self):
        picture = report.picture(GROUP, RESULT)
        xml.etree.ElementTree.fromstring(picture)
        self.assertIn("Echo &lt;&amp;&gt;", picture)
        self.assertIn("10.00 · 4,000 →", picture)

    def test_every_group_and_figure_has_a_name_of_its_own(self):
        names = [group.name for group in scenarios.GROUPS]
        self.assertEqual(len(names), len(set(names)))
        for group in scenarios.GROUPS:
            for figure in group.figures:
                self.assertIn(figure, measure.FIGURES)
                self.assertIn(figure, report.UNITS)

    def test_a_short_run(self):
        build = pathlib.Path(os.environ.get("SENTIX_BUILD", ROOT / "build"))
        if not (build / "bench/sentix-floor").exists():
            self.skipTest("this build has no benches")
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, ROOT / "bench/macro/run.py", "echo", "--rows", "20 B, 1 in flight", "--rounds", "1",
                 "--only", "floor", "--only", "sentix", "--plots", folder],
                capture_output=True, text=True, timeout=120, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stdout, r"\| 100 connections, 20 B, 1 in flight \| [0-9.]+ \| [0-9.]+ \([0-9.]+\) \|")
            self.assertTrue((pathlib.Path(folder) / "echo.svg").exists())


if __name__ == "__main__":
    unittest.main()
