"""The log channels, and what happens where they cannot be written."""

import datetime
import os
import signal
import socket
import unittest

from command import CommandTest
from support.eventually import DEADLINE, eventually


class Logging(CommandTest):
    def serve(self, *flags, **options):
        child = self.start("serve", "--port", 0, *flags, **options)
        self.assertTrue(child.stdout.readline().startswith("listening on "))
        return child

    def stop(self, child):
        child.send_signal(signal.SIGTERM)
        self.assertEqual(child.wait(DEADLINE), 0)

    def test_standard_error(self):
        self.stop(self.serve())
        self.assertRegex(self.read("stderr"), r"\A\d{4}-\d\d-\d\dT[\d:.+-]+ info listening on ws://127\.0\.0\.1:\d+\n")
        self.assertRegex(self.read("stderr"), r" info stopped\n\Z")

    def test_single(self):
        self.stop(self.serve("--log-channel", "single"))
        self.assertRegex(self.read("storage/logs/websocket.log"), r" info listening on .*\n")
        self.assertEqual(self.read("stderr"), "")

    def test_daily(self):
        days = {datetime.date.today()}
        self.stop(self.serve(WEBSOCKET_LOG_CHANNEL="daily", WEBSOCKET_LOG_PATH="logs/ws.log"))
        days.add(datetime.date.today())  # a test that runs over midnight may see either
        logged = "".join(self.read(f"logs/ws-{day.isoformat()}.log") for day in days)
        self.assertRegex(logged, r" info listening on .*\n")
        self.assertEqual(self.read("stderr"), "")

    def test_syslog(self):
        if os.path.lexists("/dev/log") or not os.access("/dev", os.W_OK):
            self.skipTest("/dev/log is somebody else's")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind("/dev/log")
            self.addCleanup(os.unlink, "/dev/log")
            log.settimeout(DEADLINE)
            child = self.serve("--log-channel", "syslog")
            message = log.recv(4096).decode()
            self.stop(child)
        self.assertRegex(message, rf"\A<30>.* sentix\[{child.pid}\]: listening on ws://")  # daemon.info

    def test_debug_lines_are_logged_on_demand(self):
        for flags, expected in ((["--debug"], True), ([], False)):
            child = self.start("serve", "--port", 0, "--log-channel", "single", "--log-path", f"{expected}.log", *flags)
            port = int(child.stdout.readline().rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port), DEADLINE) as client:
                client.sendall(b"no request\r\n\r\n")
                while client.recv(65536):
                    pass
            self.stop(child)
            self.assertEqual(" debug " in self.read(f"{expected}.log"), expected)

    def test_what_cannot_be_opened_stops_the_start(self):
        self.write("file", "")
        done = self.run_sentix("serve", "--port", 0, WEBSOCKET_LOG_CHANNEL="single", WEBSOCKET_LOG_PATH="file/x.log")
        self.assertEqual((done.status, done.out), (1, ""))
        self.assertRegex(done.err, r"\Asentix: environment: WEBSOCKET_LOG_PATH: .*file/x\.log.*\n\Z")
        done = self.run_sentix("serve", "--port", 0, "--error-log", "file/x.log")
        self.assertEqual((done.status, done.out), (1, ""))
        self.assertRegex(done.err, r"\Asentix: command line: --error-log: .*file/x\.log.*\n\Z")

    def test_a_full_disk_stops_nothing(self):
        self.stop(self.serve("--log-channel", "single", "--log-path", "/dev/full"))

    def test_a_standard_error_that_nobody_reads_stops_nothing(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(writer, True)
        child = self.serve("--debug", stderr=writer)
        os.close(writer)
        self.stop(child)

    def test_hangup_opens_the_files_anew(self):
        child = self.serve("--log-channel", "single", "--log-path", "x.log", "--error-log", "e.log")
        eventually(lambda: "listening" in self.read("x.log"), "no line")
        os.rename(self.folder / "x.log", self.folder / "x.log.1")
        os.rename(self.folder / "e.log", self.folder / "e.log.1")
        child.send_signal(signal.SIGHUP)
        eventually(lambda: "the configuration has not changed" in self.read("x.log"), "no new file")
        self.assertTrue((self.folder / "e.log").exists())
        self.stop(child)
        self.assertNotIn("stopped", self.read("x.log.1"))


if __name__ == "__main__":
    unittest.main()
