"""The files of tools/deploy, held against systemd's own checks, the binary and each other."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SENTIX_BUILD", ROOT / "build"))
DEPLOY = ROOT / "tools/deploy"
EXPOSURE_MAX = 20  # tenths, of 100: systemd's count of what a service might do beyond its work


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
class Units(unittest.TestCase):
    def test_systemd_understands_them(self):
        with tempfile.TemporaryDirectory(prefix="sentix-units-") as name:
            folder = pathlib.Path(name)
            for unit in (DEPLOY / "systemd").glob("sentix.s[eo]*"):
                text = unit.read_text().replace("/usr/bin/sentix", str(BUILD / "sentix"))
                (folder / unit.name).write_text(text)
            done = run("systemd-analyze", "verify", "--man=no", folder / "sentix.service", folder / "sentix.socket")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_service_is_locked_in(self):
        unit = DEPLOY / "systemd/sentix.service"
        done = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", unit)
        if "unrecognized option" in done.stderr:
            self.skipTest("this systemd-analyze cannot judge a file")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_it_is_given_the_time_that_it_takes_to_end(self):
        text = (DEPLOY / "systemd/sentix.service").read_text()
        self.assertGreater(int(re.search(r"(?m)^TimeoutStopSec=(\d+)$", text).group(1)), 5 + 10)


class Containers(unittest.TestCase):
    def test_the_image_has_the_libraries_of_the_binary(self):
        if not shutil.which("dpkg-query"):
            self.skipTest("dpkg-query is not installed")
        dockerfile = (DEPLOY / "docker/Dockerfile").read_text()
        installed = set(re.search(r"--no-install-recommends[\s\\]*(lib[^\\]*)", dockerfile).group(1).split())
        essential = {"libc6", "libgcc-s1", "libstdc++6"}  # of every image of Debian, or what all of these bring
        if not shutil.which("readelf"):
            self.skipTest("readelf is not installed")
        named = set(re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "--dynamic", BUILD / "sentix").stdout))
        needed = set()
        for library, path in re.findall(r"(\S+) => (/\S+)", run("ldd", BUILD / "sentix").stdout):
            if library not in named:
                continue  # its package is what another one depends on
            for name in (path, os.path.realpath(path), path.removeprefix("/usr"), "/usr" + path):
                owner = run("dpkg-query", "--search", name)
                if owner.returncode == 0:
                    needed.add(owner.stdout.partition(":")[0])
                    break
            else:
                self.skipTest(f"{path} is of no package")
        self.assertEqual(installed | {"zlib1g"}, (needed | {"zlib1g"}) - essential)

    def test_the_manifests_are_documents_with_what_they_refer_to(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        documents = list(yaml.safe_load_all((DEPLOY / "kubernetes/sentix.yaml").read_text()))
        kinds = {document["kind"]: document for document in documents}
        self.assertEqual(set(kinds), {"ConfigMap", "Deployment", "Service"})
        pod = kinds["Deployment"]["spec"]["template"]
        (container,) = pod["spec"]["containers"]
        self.assertLessEqual(kinds["Service"]["spec"]["selector"].items(), pod["metadata"]["labels"].items())
        self.assertIn(kinds["Service"]["spec"]["ports"][0]["targetPort"], [port["name"] for port in container["ports"]])
        self.assertEqual(pod["spec"]["volumes"][0]["configMap"]["name"], kinds["ConfigMap"]["metadata"]["name"])
        with tempfile.TemporaryDirectory(prefix="sentix-k8s-") as folder:
            for name, text in kinds["ConfigMap"]["data"].items():
                path = pathlib.Path(folder, name)
                path.write_text(text)
                done = run(BUILD / "sentix", "config", "check", "--config", path)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

        compose = yaml.safe_load((DEPLOY / "docker/compose.yaml").read_text())["services"]["sentix"]
        context = (DEPLOY / "docker" / compose["build"]["context"]).resolve()
        self.assertTrue((context / compose["build"]["dockerfile"]).exists())

    def test_the_probe_tells_200_from_anything_else(self):
        probe = DEPLOY / "docker/probe"
        text = probe.read_text()
        self.assertTrue(os.access(probe, os.X_OK))
        for answer, status in ((b"HTTP/1.1 200 OK", 0), (b"HTTP/1.1 503 Service Unavailable", 1), (b"", 1)):
            with self.subTest(answer=answer), Answering(answer) as port:
                done = subprocess.run(["bash", "-c", text.replace("/9180", f"/{port}"), "probe", "ready"], check=False)
                self.assertEqual(done.returncode, status)


class Answering:
    """A listener on a free port that answers one request with one line."""

    def __init__(self, line):
        self._line = line

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()
        return self._listener.getsockname()[1]

    def __exit__(self, *details):
        self._thread.join()
        self._listener.close()

    def _answer(self):
        peer, _ = self._listener.accept()
        with peer:
            while b"\r\n\r\n" not in peer.recv(4096, socket.MSG_PEEK):
                pass
            peer.recv(4096)
            peer.sendall(self._line + b"\r\n\r\n" if self._line else b"")


if __name__ == "__main__":
    unittest.main()
