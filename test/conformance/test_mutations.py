"""That every mutation still applies, so that mutations.py can be run at any time."""

import os
import unittest

from mutations import MUTATIONS, ROOT


class Mutations(unittest.TestCase):
    def test_each_changes_one_line(self):
        for mutation in MUTATIONS:
            with self.subTest(mutation.mistake):
                self.assertEqual((ROOT / mutation.path).read_text().count(mutation.correct), 1)

    def test_the_script_can_be_run_by_its_name(self):
        script = ROOT / "test/conformance/mutations.py"
        self.assertTrue(os.access(script, os.X_OK))
        self.assertTrue(script.read_text().startswith("#!/usr/bin/env python3\n"))


if __name__ == "__main__":
    unittest.main()
