"""The Runtime API over one kept-open connection.

Source: "Using the Lambda runtime API for custom runtimes" of the Lambda developer guide.
"""

import os
import socket
import sys

_ROOT = "/2018-06-01/runtime"


class RuntimeApi:
    """Asks for events and posts what became of them. The process ends with the connection."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self._address = address
        self._socket = socket.socket(socket.AF_INET)
        self._socket.connect((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()

    def next(self):
        """Waits for an event; returns its headers, by their names in lower case, and its body."""
        return self._send("GET", "/invocation/next")

    def post_response(self, request_id, body, content_type):
        self._post(f"/invocation/{request_id}/response", body, {"Content-Type": content_type})

    def post_error(self, request_id, error_type, body):
        self._post(f"/invocation/{request_id}/error", body, _error_headers(error_type))

    def post_init_error(self, error_type, body):
        self._post("/init/error", body, _error_headers(error_type))

    def _post(self, path, body, headers):
        self._send("POST", path, body, {**headers, **_peak_memory()})

    def _send(self, method, path, body=b"", headers={}):
        lines = [f"{method} {_ROOT}{path} HTTP/1.1", f"Host: {self._address}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        try:
            self._socket.sendall(head + body)
            return self._receive()
        except OSError:
            # The service is gone, and nobody else reads the answer.
            os._exit(1)

    def _receive(self):
        status_line, *lines = self._receive_head().decode("utf-8", "replace").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self._receive_body(int(headers.get("content-length", 0)))
        return headers, body

    def _receive_head(self):
        while True:
            end = self._received.find(b"\r\n\r\n")
            if end >= 0:
                head = bytes(self._received[:end])
                del self._received[: end + 4]
                return head
            self._received += self._receive_some()

    def _receive_body(self, length):
        while len(self._received) < length:
            self._received += self._receive_some()
        body = bytes(self._received[:length])
        del self._received[:length]
        return body

    def _receive_some(self):
        chunk = self._socket.recv(256 * 1024)
        if not chunk:
            raise ConnectionResetError("The Runtime API closed the connection.")
        return chunk


def _error_headers(error_type):
    # A class may have any name, a header only ASCII.
    ascii_type = error_type.encode("ascii", "replace").decode()
    return {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": ascii_type}


def _peak_memory():
    """The peak resident set in kilobytes. On Linux the service reads it itself."""
    if sys.platform != "darwin":
        return {}
    import resource

    return {"lambda-local-peak-memory-kb": str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)}
