"""A backend that an authentication webhook asks: an HTTP server inside the test's process."""

import http.server
import json
import ssl
import threading

from support.eventually import DEADLINE


class Backend:
    """Answers each POST as `answer(exchange)` says, on a thread of its own for each connection. For `with`.

    By TLS with a `certificate` (chain, key), whose host is localhost.
    """

    def __init__(self, answer, certificate=None):
        backend = self
        self.requests = []  # (headers, body, port of the connection), in the order in which they came
        self.release = threading.Event()  # for answers that wait

        class Exchange(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.token = body["credentials"].get("token", "")
                backend.requests.append((dict(self.headers), body, self.client_address[1]))
                try:
                    answer(self)
                except OSError:  # it was not waited for
                    self.close_connection = True

            def do_GET(self):  # what follows a redirect would do
                backend.requests.append((dict(self.headers), None, self.client_address[1]))
                self.reply(200, {"sub": "mallory"})

            def reply(self, status, body, **headers):
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def wait(self):
                backend.release.wait(DEADLINE)

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 1024

            def handle_error(self, *_):
                pass

        self._listener = Listener(("127.0.0.1", 0), Exchange)
        self.url = f"http://127.0.0.1:{self._listener.server_port}/auth"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._listener.socket = context.wrap_socket(self._listener.socket, server_side=True)
            self.url = f"https://localhost:{self._listener.server_port}/auth"
        self._thread = threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.release.set()
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()
