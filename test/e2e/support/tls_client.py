"""RawClient over TLS, and TLS whose bytes on the socket a test decides about."""

import socket
import ssl

from support.eventually import DEADLINE
from support.raw_client import RawClient


class TlsClient(RawClient):
    """A connection to a Server by TLS. An end of the stream without close_notify is an error of its own."""

    def __init__(self, server, context, host="localhost", session=None, **options):
        super().__init__(server, **options)
        plain = self.socket
        try:
            self.socket = context.wrap_socket(
                plain, server_hostname=host, session=session, suppress_ragged_eofs=False, do_handshake_on_connect=False
            )
            self.socket.do_handshake()
        except OSError:
            plain.close()
            self.socket.close()
            raise

    def certificate(self):
        """The server's, as bytes."""
        return self.socket.getpeercert(binary_form=True)


class ByteByByte:
    """TLS whose every byte to the server is a packet of its own."""

    def __init__(self, server, context, host="localhost"):
        self.socket = socket.create_connection((server.host, server.port), DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)
        self._until_done(self._tls.do_handshake)

    def _flush(self):
        for byte in self._out.read():
            self.socket.sendall(bytes([byte]))

    def _until_done(self, act):
        while True:
            try:
                result = act()
                self._flush()
                return result
            except ssl.SSLWantReadError:
                self._flush()
                self._in.write(self.socket.recv(65536))

    def sendall(self, data):
        self._until_done(lambda: self._tls.write(data))

    def recv(self, count):
        return self._until_done(lambda: self._tls.read(count))

    def close(self):
        self.socket.close()
