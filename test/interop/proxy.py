"""nginx and HAProxy in front of a server, with the configurations that tools/deploy gives to users.

What is different from there: the addresses and, for nginx, the file that a distribution puts around a site.

For tests in other languages, `proxy.py nginx|haproxy PORT` stands in front of that port until its input ends.
"""

import contextlib
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import types

from support.eventually import DEADLINE, eventually
from support.free_port import free_port

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "tools/deploy"
UPSTREAM = "127.0.0.1:8080"

NGINX = """
error_log stderr;
pid nginx.pid;
daemon off;
events {{ }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {site}
}}
"""


def replaced(text, old, new):
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the configuration"
    return text.replace(old, new)


class Proxy:
    """A proxy on a free port of 127.0.0.1, for `with`. Clients take it for the server: it has host, port and url."""

    host = "127.0.0.1"

    def __init__(self, server):
        self._folder = tempfile.TemporaryDirectory(prefix="sentix-proxy-")
        self.folder = pathlib.Path(self._folder.name)
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self._log = open(self.folder / "log", "w+b")
        self._child = subprocess.Popen(self._command(server), stdin=subprocess.DEVNULL, stdout=self._log,
                                       stderr=self._log)

    def __enter__(self):
        try:
            eventually(self._is_listening, f"{type(self).__name__} listens")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(DEADLINE)
        finally:
            if self._child.poll() is None:
                self._child.kill()
                self._child.wait()
            self._log.close()
            self._folder.cleanup()

    def _is_listening(self):
        if self._child.poll() is not None:
            raise AssertionError(f"{type(self).__name__} ended: {(self.folder / 'log').read_text()}")
        with socket.socket() as client:
            return client.connect_ex((self.host, self.port)) == 0


def address_of(server):
    return server.host if server.host.startswith("unix:") else f"{server.host}:{server.port}"


class Nginx(Proxy):
    def _command(self, server):
        site = replaced((DEPLOY / "nginx.conf").read_text(), "listen 80;", f"listen 127.0.0.1:{self.port};")
        site = replaced(site, f"server {UPSTREAM};", f"server {address_of(server)};")
        (self.folder / "nginx.conf").write_text(NGINX.format(site=site))
        return ["nginx", "-p", str(self.folder), "-c", "nginx.conf", "-e", "stderr"]


class Haproxy(Proxy):
    def _command(self, server):
        text = replaced((DEPLOY / "haproxy.cfg").read_text(), "bind :80", f"bind 127.0.0.1:{self.port}")
        text = replaced(text, f"server sentix {UPSTREAM}", f"server sentix {address_of(server).removeprefix('unix:')}")
        (self.folder / "haproxy.cfg").write_text(text)
        return ["haproxy", "-db", "-f", str(self.folder / "haproxy.cfg")]


ROUTES = {"direct": contextlib.nullcontext, "nginx": Nginx, "haproxy": Haproxy}


def main():
    _, route, port = sys.argv
    with ROUTES[route](types.SimpleNamespace(host="127.0.0.1", port=int(port))) as proxy:
        print(f"listening on {proxy.url}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
