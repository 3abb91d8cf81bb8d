"""Prometheus itself (Debian's) scrapes a server: it is content with the metrics, and the board has answers."""

import contextlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request

from support.admin import AdminServer
from support.eventually import DEADLINE, eventually
from support.free_port import free_port
from support.raw_client import RawClient
from support.redis_server import Redis

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "tools" / "deploy"
MISSING = [name for name in ("prometheus", "promtool", "redis-server") if not shutil.which(name)]


def expressions():
    """Every question of the board, by its panel, as Grafana would ask it of all nodes."""
    board = json.loads((DEPLOY / "grafana-board.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")


class Prometheus:
    """Prometheus with the configuration of tools/deploy, which is given another target and asked to hurry."""

    def __init__(self, target):
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-prometheus-")
        folder = pathlib.Path(self._folder.name)
        text = (DEPLOY / "prometheus.yml").read_text(encoding="utf-8")
        text = text.replace("127.0.0.1:9180", target).replace("scrape_interval: 15s", "scrape_interval: 1s")
        (folder / "prometheus.yml").write_text(text, encoding="utf-8")
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = open(folder / "log", "w+", encoding="utf-8")
        flags = [
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={self.url.removeprefix('http://')}",
        ]
        self._child = subprocess.Popen(["prometheus", *flags], stdout=self._log, stderr=subprocess.STDOUT, cwd=folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.kill()
        self._child.wait()
        self._log.close()
        self._folder.cleanup()

    def query(self, expression):
        """The samples of an instant query; None where it cannot be asked yet."""
        question = urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/query?{question}", timeout=DEADLINE) as answer:
                return json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as error:
            if error.code == 503:  # it is starting
                return None
            raise AssertionError(f"{expression}: {error.read().decode()}") from error
        except OSError:
            return None


@unittest.skipIf(MISSING, f"not installed: {', '.join(MISSING)}")
class PrometheusTest(unittest.TestCase):
    def setUp(self):
        self.redis = Redis()
        self.addCleanup(self.redis.close)

    def server(self, *flags):
        """One that has every metric there is."""
        return AdminServer("--redis", self.redis.url, *flags)

    def test_promtool_is_content(self):
        with self.server() as server:
            page = server.admin.get("/metrics").body
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=page, capture_output=True, timeout=DEADLINE, check=False
        )
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_every_question_of_the_board_has_an_answer(self):
        with self.server("--workers", 2) as server, Prometheus(f"127.0.0.1:{server.admin.port}") as prometheus:
            with contextlib.ExitStack() as clients:
                for _ in range(3):
                    client = clients.enter_context(RawClient(server))
                    client.enter()
                    client.command(type="subscribe", id=1, channel="general")
                    client.expect("subscribed")
                eventually(lambda: prometheus.query("sentix_connections == 3"), "it has not been scraped")
                for number in range(40):
                    server.admin.publish("general", number)
                delivered = "sum(sentix_deliveries_total) == 120"
                eventually(lambda: prometheus.query(delivered), "deliveries have not been scraped")
            asked = list(expressions())
            self.assertGreater(len(asked), 20)
            for panel, expression in asked:
                with self.subTest(panel=panel, expression=expression):
                    self.assertTrue(eventually(lambda: prometheus.query(expression), f"no data: {expression}"))

    def test_the_board_shows_every_metric(self):
        with self.server() as server:
            page = server.admin.get("/metrics").body.decode()
        families = set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE))
        shown = {name.removesuffix("_bucket") for _, text in expressions() for name in re.findall(r"sentix_\w+", text)}
        self.assertEqual(shown - families, set())
        self.assertEqual(families - shown, {"sentix_build_info", "sentix_start_time_seconds"})


if __name__ == "__main__":
    unittest.main()
