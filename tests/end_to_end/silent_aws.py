"""A proxy to the embedded AWS that can fall silent, as a network can: connections stay open, but nothing arrives."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Way:
    """Forwards requests to `origin` to the port; while `silent`, answers are held back."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self._open = threading.Event()
        self._open.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        self._open.clear()

    def speak_again(self) -> None:
        self._open.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                caller, _ = self.listener.accept()
                aws = socket.create_connection(("127.0.0.1", self.port))
                for source, sink in ((caller, aws), (aws, caller)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError), source, sink:
            while data := source.recv(65536):
                self._open.wait()
                sink.sendall(data)


@contextlib.contextmanager
def way_to(port: int) -> Iterator[Way]:
    """Gives such a proxy, and closes it at the end."""
    way = Way(port)
    try:
        yield way
    finally:
        way.speak_again()
        way.listener.close()
