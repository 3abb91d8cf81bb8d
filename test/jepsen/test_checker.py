"""The checker finds what it is there for: each problem that it knows is made once."""

import unittest

from checker import check


class Publisher:
    def __init__(self, name, sent, confirmed):
        self.name, self.sent, self.confirmed = name, sent, confirmed


class Subscriber:
    name = "s"

    def __init__(self, record, position):
        self.record, self.position = record, position


PUBLISHER = Publisher("p", ["a", "b", "c"], {"a": 1, "b": 2, "c": 3})
MISLED = Publisher("p", ["a", "b", "c"], {"a": 2})
TURNED_ROUND = Publisher("p", ["b", "a", "c"], {"a": 1, "b": 2, "c": 3})
HISTORY = {1: "a", 2: "b", 3: "c"}
ENTERED = ("subscribed", "e", 0, None, False)
ALL = [("message", 1, "a"), ("message", 2, "b"), ("message", 3, "c")]


def problems(record, position=("e", 3), publisher=PUBLISHER, history=None, lossy=False, synced=False):
    told = HISTORY if history is None else history
    return check([publisher], [Subscriber(record, position)], ("e", 3), told, lossy, synced)


class CheckerTest(unittest.TestCase):
    def test_what_is_right_has_no_problem(self):
        self.assertEqual(problems([ENTERED, *ALL]), [])
        back = ("subscribed", "e", 3, ("e", 1), True)
        self.assertEqual(problems([ENTERED, ALL[0], ("lost",), back, *ALL[1:]]), [])
        late = [ENTERED, ("gap", "e", 3), ALL[2]]
        self.assertEqual(problems(late, lossy=True), [])
        self.assertEqual(problems(late, lossy=True, synced=True), [])
        self.assertEqual(problems(late, lossy=True, history={3: "c"}), [])

    def test_each_problem_is_found(self):
        table = {
            "a gap": problems([ENTERED, ALL[0], ALL[2]]),
            "a duplicate": problems([ENTERED, ALL[0], ALL[0], *ALL[1:]]),
            "another order": problems([ENTERED, ALL[1], ALL[0], ALL[2]]),
            "from nowhere": problems([ENTERED, *ALL], history={1: "a", 2: "b", 3: "x"}),
            "not at the end": problems([ENTERED, *ALL[:2]], position=("e", 2)),
            "recovered too little": problems([ENTERED, ALL[0], ("subscribed", "e", 3, ("e", 1), True), ALL[2]]),
            "not recovered": problems([ENTERED, *ALL, ("lost",), ("subscribed", "e", 3, ("e", 3), False)]),
            "a gap without a cause": problems([ENTERED, ("gap", "e", 1), *ALL]),
            "confirmed and lost": problems([("subscribed", "e", 3, None, False)], history={1: "a", 2: "b"}),
            "confirmed, synced and lost": problems(
                [ENTERED, ("gap", "e", 3), ALL[2]], history={3: "c"}, lossy=True, synced=True
            ),
            "confirmed elsewhere": problems([ENTERED, *ALL], publisher=MISLED, lossy=True),
            "out of its publisher's order": problems([ENTERED, *ALL], publisher=TURNED_ROUND),
        }
        for name, found in table.items():
            with self.subTest(name):
                self.assertNotEqual(found, [])


if __name__ == "__main__":
    unittest.main()
