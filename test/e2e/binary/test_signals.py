"""What the signals do."""

import asyncio
import signal
import unittest

import websockets

from command import CommandTest
from support.eventually import DEADLINE, eventually


class Signals(CommandTest):
    def serve(self, *flags):
        child = self.start("serve", "--port", 0, *flags)
        return child, child.stdout.readline().split()[-1]

    def logs(self, words):
        eventually(lambda: words in self.read("stderr"), lambda: self.read("stderr"))

    def test_terminate_tells_clients_and_exits_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            child, url = self.serve("--drain-window", "100ms")

            async def close():
                async with websockets.connect(url, open_timeout=DEADLINE) as socket:
                    await socket.recv()
                    child.send_signal(number)
                    with self.assertRaises(websockets.ConnectionClosed) as closed:
                        await asyncio.wait_for(socket.recv(), DEADLINE)
                    return closed.exception.rcvd.code

            self.assertEqual(asyncio.run(close()), 4200)
            self.assertEqual(child.wait(DEADLINE), 0)

    def test_the_second_one_ends_it_at_once(self):
        child, url = self.serve("--drain-window", "1h", "--close-timeout", "1h")

        async def stay():
            sockets = [await websockets.connect(url, open_timeout=DEADLINE) for _ in range(10)]
            child.send_signal(signal.SIGTERM)
            closed = [asyncio.create_task(socket.wait_closed()) for socket in sockets]
            await asyncio.wait(closed, return_when=asyncio.FIRST_COMPLETED, timeout=DEADLINE)
            child.send_signal(signal.SIGTERM)
            await asyncio.get_running_loop().run_in_executor(None, child.wait, DEADLINE)

        asyncio.run(stay())
        self.assertEqual(child.returncode, 0)

    def test_a_signal_that_is_none_of_its_own_does_not_deafen_it(self):
        child, _ = self.serve()
        child.send_signal(signal.SIGUSR1)
        child.send_signal(signal.SIGPIPE)
        child.send_signal(signal.SIGHUP)
        self.logs("the configuration has not changed")
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(DEADLINE), 0)


if __name__ == "__main__":
    unittest.main()
