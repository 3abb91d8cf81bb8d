"""Plays cases against a running server, several at once, and tells what went wrong.

A segment that must arrive by itself is followed by a round trip on another connection of the same worker: the server
has then read it, so that cuts are where the case wants them, and no test waits for a time.
"""

import collections
import concurrent.futures
import os
import select
import socket
import threading

from support.eventually import DEADLINE
from support.raw_client import CLOSE, PING, PONG, Ended, RawClient, close_frame, frame

from table import NAMES, Quiet, Reply

AT_ONCE = 4
NORMAL = 1000
PACED_SEGMENTS_MAX = 500  # more than these are sent without waiting for the server to read each
ALONE_BYTES_MAX = 32 << 10  # what surely fits into the buffers of a connection; more is sent while answers are read
SHOWN_BYTES = 48  # of each thing in a report


class Failure(Exception):
    """The server did something else than what the case expects."""


class Pacemaker:
    """A connection that proves by a round trip that the server has read what other connections sent before."""

    def __init__(self, server, deadline):
        self._client = RawClient(server)
        self._client.socket.settimeout(deadline)
        self._client.upgrade()
        self._ping = frame(PING, b"read?")

    def wait(self):
        self._client.send(self._ping)
        self._client.receive_frame()

    def close(self):
        self._client.close()


class Dialogue:
    """One connection on which a case is played."""

    def __init__(self, client, pacemaker):
        self._client = client
        self._pacemaker = pacemaker
        self.sent = []
        self.received = []

    def play(self, cut_runs, closes):
        for segments, answers in cut_runs:
            self._send(segments, [answer for answer in answers if isinstance(answer, Reply)])
            if any(isinstance(answer, Quiet) for answer in answers):
                self._expect_silence()
        if closes is None:
            # The connection must still be open, and nothing more have been said on it.
            self._client.send(close_frame(NORMAL))
            closes = NORMAL
        self._expect_close(closes)

    def _send(self, segments, expected):
        """Sends the segments, and takes the replies that must follow."""
        self.sent += segments
        if sum(map(len, segments)) <= ALONE_BYTES_MAX:
            self._send_all(segments)
            self._expect(expected)
            return
        sender = threading.Thread(target=self._send_all, args=[segments])
        sender.start()
        try:
            self._expect(expected)
        except BaseException:
            self._client.socket.shutdown(socket.SHUT_RDWR)  # so that nobody waits for the sender
            raise
        finally:
            sender.join()

    def _send_all(self, segments):
        paced = len(segments) <= PACED_SEGMENTS_MAX
        try:
            for i, segment in enumerate(segments):
                self._client.send(segment)
                if paced and i < len(segments) - 1:
                    self._pacemaker.wait()
        except (BrokenPipeError, ConnectionResetError):
            pass  # the server has closed; whether it should have is seen by what it said

    def _expect(self, expected):
        for reply in expected:
            received = self._receive()
            if received != reply:
                raise Failure(f"instead of {shown(reply)}")

    def _expect_silence(self):
        self._pacemaker.wait()
        if select.select([self._client.socket], [], [], 0)[0]:
            self._receive()
            raise Failure("too early")

    def _expect_close(self, code):
        """A close frame with `code`, and behind it the end of the stream, although this side has not closed its own."""
        received = self._receive()
        given = int.from_bytes(received.payload[:2], "big") if received.payload else 1005
        if received.opcode != CLOSE or given != code:
            raise Failure(f"instead of a close frame with {code}")
        received.payload[2:].decode()
        rest = self._client.receive_end()
        if rest:
            raise Failure(f"and behind the close frame {abridged(rest)}")

    def _receive(self):
        try:
            reply = Reply(*self._client.receive_frame())
        except Ended:
            raise Failure("the server ended the stream") from None
        self.received.append(reply)
        return reply


def runs(steps):
    """Each run of frames to send, with what must follow it: replies, or silence."""
    frames, answers = [], []
    for step in steps:
        if isinstance(step, bytes):
            if answers:
                yield frames, answers
                frames, answers = [], []
            frames.append(step)
        else:
            answers.append(step)
    yield frames, answers


def ways(case):
    """Every way to send a case: what the way is called, and its runs cut into segments. None comes twice."""
    steps = list(runs(case.steps() if callable(case.steps) else case.steps))
    seen = []
    for cut in case.cuts:
        cut_runs = [list(cut(frames)) for frames, _ in steps]
        # A cut may have several forms, of which a shorter run has fewer, or none: it is then sent whole.
        for form in range(max(map(len, cut_runs))):
            name = max(cut_runs, key=len)[form][0]
            segments = [each[form][1] if form < len(each) else [b"".join(frames)]
                        for each, (frames, _) in zip(cut_runs, steps)]
            if segments not in seen:
                seen.append(segments)
                yield name, [(cut_run, answers) for cut_run, (_, answers) in zip(segments, steps)]


class Player:
    """Plays cases against one server. Each thread that uses it has its own pacemaker."""

    rfc = "RFC 6455"

    def __init__(self, server, deadline=DEADLINE):
        self._server = server
        self._deadline = deadline
        self._of_thread = threading.local()
        self._pacemakers = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pacemaker in self._pacemakers:
            pacemaker.close()

    def connect(self, case):
        """A client of the case's own, connected but not upgraded."""
        return RawClient(self._server)

    def shake_hands(self, client, case):
        client.upgrade()

    def play(self, case):
        """None where every way of sending it goes right, else what to print."""
        for name, cut_runs in ways(case):
            with self.connect(case) as client:
                client.socket.settimeout(self._deadline)
                dialogue = Dialogue(client, self._pacemaker())
                try:
                    self.shake_hands(client, case)
                    dialogue.play(cut_runs, case.closes)
                except (Failure, Ended, AssertionError, OSError, ValueError) as problem:
                    return f"{case.name} ({self.rfc} §{case.section}), {name}\n{report(dialogue, problem)}"
        return None

    def _pacemaker(self):
        if not hasattr(self._of_thread, "pacemaker"):
            self._of_thread.pacemaker = Pacemaker(self._server, self._deadline)
            self._pacemakers.append(self._of_thread.pacemaker)
        return self._of_thread.pacemaker


def play_all(play, groups, at_once=AT_ONCE):
    """Plays the cases of `groups`, generators of cases by name. Prints failures and a summary; gives the failures.

    With FIRST_FAILURE=1 in the environment, it stops there.
    """
    cases = [(group, case) for group, make in groups.items() for case in make()]
    passed, failures = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for (group, _), failure in zip(cases, pool.map(lambda each: play(each[1]), cases)):
            passed[group] += failure is None
            if failure:
                failures.append(f"{group}: {failure}")
                print("FAILED " + failures[-1], flush=True)
                if os.environ.get("FIRST_FAILURE"):
                    pool.shutdown(cancel_futures=True)
                    return failures
    of_group = collections.Counter(group for group, _ in cases)
    counts = ", ".join(f"{group} {passed[group]}/{count}" for group, count in of_group.items())
    print(f"conformance: {passed.total()} of {len(cases)} cases passed: {counts}", flush=True)
    return failures


def report(dialogue, problem):
    sent = "\n           ".join(abridged(segment) for segment in dialogue.sent[:8])
    if len(dialogue.sent) > 8:
        sent += f"\n           and {len(dialogue.sent) - 8} more segments"
    received = ", ".join(map(shown, dialogue.received[-8:])) or "nothing"
    return f"  sent     {sent}\n  received {received}\n  problem  {type(problem).__name__}: {problem}"


def shown(reply):
    return f"{NAMES.get(reply.opcode, reply.opcode)} {abridged(reply.payload)}"


def abridged(data):
    more = f"... ({len(data)} bytes)" if len(data) > SHOWN_BYTES else ""
    return f"[{bytes(data[:SHOWN_BYTES]).hex(' ')}{more}]"
