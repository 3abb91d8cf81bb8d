"""That every mutation still applies, so that mutations.py can be run at any time."""

import unittest

from mutations import MUTATIONS, ROOT


class Mutations(unittest.TestCase):
    def test_each_changes_one_line(self):
        for mutation in MUTATIONS:
            with self.subTest(mutation.mistake):
                self.assertEqual((ROOT / mutation.path).read_text().count(mutation.correct), 1)


if __name__ == "__main__":
    unittest.main()
