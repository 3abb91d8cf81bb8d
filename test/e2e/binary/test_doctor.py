"""`sentix doctor`: what it says about a machine, a server on it, and a proxy before that."""

import json
import resource
import shutil
import socket
import subprocess
import threading
import unittest

from command import CommandTest
from support.admin import AdminServer
from support.certificates import Authority, tls_flags
from support.eventually import eventually
from support.redis_server import Redis, has_redis


class DoctorTest(CommandTest):
    def findings(self, *words, **options):
        done = self.run_sentix("doctor", "--json", *words, **options)
        self.assertEqual(done.err, "")
        told = json.loads(done.out)
        self.assertEqual(done.status, 1 if told["verdict"] == "problem" else 0)
        return {one["check"]: one for one in told["findings"]}

    def answering(self, answer):
        """The port of somebody who says `answer` to each request."""
        listener = self.enterContext(socket.create_server(("127.0.0.1", 0)))

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]


class Machine(DoctorTest):
    def test_descriptors(self):
        limited = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (500, 500))  # noqa: E731
        self.assertEqual(self.findings(preexec_fn=limited)["descriptors"]["verdict"], "problem")
        few = self.findings("--max-clients", 100, preexec_fn=limited)
        self.assertEqual(few["descriptors"]["verdict"], "ok")

    def test_who_has_the_port(self):
        with AdminServer() as server:
            found = self.findings("--port", server.port)["address"]
            self.assertEqual((found["verdict"], found["message"]),
                             ("ok", f"127.0.0.1:{server.port} is listened on by sentix, process {server.pid}"))
        self.assertEqual(self.findings("--port", server.port)["address"]["verdict"], "ok")
        port = self.answering(b"")
        found = self.findings("--port", port)["address"]
        self.assertEqual(found["verdict"], "problem")
        self.assertRegex(found["message"], rf"127.0.0.1:{port} is taken by \S+, process \d+")

    def test_data_folder(self):
        data = self.folder / "data"
        self.assertIn("left", self.findings("--data-dir", data)["data_dir"]["message"])
        self.assertFalse(data.exists())
        with AdminServer("--data-dir", data):
            self.assertIn("a running server has it", self.findings("--data-dir", data)["data_dir"]["message"])
        missing = self.findings("--data-dir", self.folder / "no/such")["data_dir"]
        self.assertEqual((missing["verdict"], missing["message"].rpartition(" ")[2]), ("problem", "made"))

    @unittest.skipUnless(has_redis(), "there is no redis-server")
    def test_redis(self):
        redis = Redis()
        self.addCleanup(redis.close)
        good = self.findings("--redis", redis.url)["redis"]
        self.assertEqual(good["verdict"], "ok")
        self.assertRegex(good["message"], rf"^{redis.url} is Redis [\d.]+, a master \(replicas: 0\); it answers in ")
        redis.ask("REPLICAOF 127.0.0.1 1")
        replica = self.findings("--redis", redis.url)["redis"]
        self.assertEqual(replica["verdict"], "problem")
        self.assertIn("a replica of 127.0.0.1:1", replica["message"])
        secret = redis.url.replace("://", "://somebody:secret@")
        refused = self.findings("--redis", secret)["redis"]
        self.assertEqual(refused["verdict"], "problem")
        self.assertIn("WRONGPASS", refused["message"])
        self.assertNotIn("secret", refused["message"])
        redis.close()
        gone = self.findings("--redis", redis.url)["redis"]
        self.assertEqual(gone["verdict"], "problem")
        self.assertIn("Connection refused", gone["message"])

    def test_certificates(self):
        with Authority() as authority:
            found = self.findings(*tls_flags(authority.certificate("good")))
            self.assertEqual(found["certificate_dates"]["verdict"], "ok")
            self.assertEqual(found["certificate_chain"]["verdict"], "warning")  # a root that only this test knows
            self.assertEqual(found["certificate_names"]["verdict"], "ok")
            soon = self.findings(*tls_flags(authority.certificate("soon", days=4)))["certificate_dates"]
            self.assertEqual(soon["verdict"], "warning")
            self.assertRegex(soon["message"], r", [34] days more$")
            over = self.findings(*tls_flags(authority.certificate("over", days=-1)))
            self.assertEqual(over["certificate_dates"]["verdict"], "problem")
            bare = self.findings(*tls_flags(authority.certificate("bare", names=())))
            self.assertEqual(bare["certificate_names"]["verdict"], "problem")
            chain, key = authority.certificate("mixed")
            chain.write_bytes(chain.read_bytes() + authority.certificate("other")[0].read_bytes())
            mixed = self.findings(*tls_flags((chain, key)))["certificate_chain"]
            self.assertEqual(mixed["verdict"], "problem")
            self.assertIn("did not issue the one before it", mixed["message"])
            foreign = self.findings(*tls_flags((chain, authority.certificate("foreign")[1])))["certificate"]
            self.assertIn("is not the key", foreign["message"])

    def test_wrong_settings_are_all_that_it_says(self):
        done = self.run_sentix("doctor", "--port", "x")
        self.assertEqual((done.status, done.out), (1, ""))
        self.assertIn("the settings are wrong", done.err)

    def test_for_people(self):
        done = self.run_sentix("doctor", "--ping-interval", 0)
        self.assertIn("warning  pings: ping_interval is 0", done.out)
        self.assertIn("\n         -> set ping_interval to 30s", done.out)


class Proxies(DoctorTest):
    def test_a_server_that_is_well(self):
        with AdminServer() as server:
            found = self.findings("--url", server.url)
        self.assertEqual(found["upgrade"]["message"], f"{server.url} upgrades, and messages come and go")
        self.assertIn(found["clock"]["verdict"], ("ok", "warning"))

    def test_what_is_lost_on_the_way(self):
        for answer, expected in (
            (b"HTTP/1.1 200 OK\r\n\r\n<html>", "Upgrade and Connection"),
            (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "pass the answer on as it is"),
            (b"HTTP/1.1 301 Moved\r\nLocation: https://a/\r\n\r\n", "wss://"),
            (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "does not reach sentix"),
            (b"SSH-2.0-OpenSSH\r\n\r\n", "is the address right"),
        ):
            with self.subTest(answer=answer):
                found = self.findings("--url", f"ws://127.0.0.1:{self.answering(answer)}/")["upgrade"]
                self.assertEqual(found["verdict"], "problem")
                self.assertIn(expected, found["advice"])

    @unittest.skipUnless(shutil.which("nginx", path="/usr/sbin:/usr/bin"), "there is no nginx")
    def test_nginx_that_does_not_pass_the_upgrade_on(self):
        with AdminServer() as server, socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
            free.close()
            config = self.write("nginx.conf", f"""daemon off; pid nginx.pid; error_log stderr; events {{}}
                http {{ access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f;
                uwsgi_temp_path u; scgi_temp_path s;
                server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{server.port}; }} }} }}""")
            nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
            child = subprocess.Popen([nginx, "-p", str(self.folder), "-c", config.name], stderr=subprocess.DEVNULL)
            self.addCleanup(child.wait)
            self.addCleanup(child.terminate)

            def accepting():
                with socket.socket() as probe:
                    return probe.connect_ex(("127.0.0.1", port)) == 0

            eventually(accepting, "nginx does not listen")
            found = self.findings("--url", f"ws://127.0.0.1:{port}/")["upgrade"]
            self.assertEqual(found["verdict"], "problem")
            self.assertIn("pass on Upgrade and Connection", found["advice"])


if __name__ == "__main__":
    unittest.main()
