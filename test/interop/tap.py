"""Stands between a proxy and the server, and keeps what each said on every connection."""

import socket
import threading

from support.eventually import DEADLINE, eventually


class Conversation:
    def __init__(self):
        self.asked = bytearray()  # by the proxy
        self.answered = bytearray()  # by the server
        self.ended = False  # on both sides


class Tap:
    """Forwards to `server`, for `with`. Proxies take it for the server."""

    host = "127.0.0.1"

    def __init__(self, server):
        self._server = server
        self._listening = socket.create_server((self.host, 0))
        self.port = self._listening.getsockname()[1]
        self._threads = []
        self._conversations = []

    def __enter__(self):
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(DEADLINE)
        self._listening.close()

    def take(self):
        """The conversations since the last call, once all of them have ended."""
        eventually(lambda: all(each.ended for each in self._conversations), "a connection to the server stays open")
        taken, self._conversations = self._conversations, []
        return taken

    def _start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return  # the end of `with`
            server = socket.create_connection((self._server.host, self._server.port), DEADLINE)
            conversation = Conversation()
            self._conversations.append(conversation)
            self._start(self._serve, client, server, conversation)

    def _serve(self, client, server, conversation):
        asking = threading.Thread(target=self._forward, args=(client, server, conversation.asked))
        asking.start()
        self._forward(server, client, conversation.answered)
        asking.join(DEADLINE)
        client.close()
        server.close()
        conversation.ended = True

    @staticmethod
    def _forward(source, target, kept):
        try:
            while data := source.recv(65536):
                kept += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            for each in (source, target):  # one side is gone: so is the other
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
