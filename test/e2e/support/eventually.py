"""Waiting for a condition instead of for a time."""

import asyncio
import time

# Longer than anything here takes, even on a slow machine under a sanitizer. It is never waited for unless a test fails.
DEADLINE = 60.0


def eventually(condition, what, seconds=DEADLINE):
    """Returns the first true value of condition(); fails with `what` where there is none in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what() if callable(what) else what}")
        time.sleep(0.02)
    return value


async def eventually_async(condition, what, seconds=DEADLINE):
    """The same inside an event loop. `condition` is an ordinary function."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what() if callable(what) else what}")
        await asyncio.sleep(0.02)
    return value
