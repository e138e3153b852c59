"""Standard output and error: UTF-8 on every system, and in the log as soon as they are written."""

import io
import os
import sys
import threading

_lock = threading.RLock()


def writing():
    """The lock of everything that is written, so that two threads never mix their lines with a log record."""
    return _lock


def _renew_lock():
    # A thread that held it is not there in the child of a fork.
    global _lock
    _lock = threading.RLock()


class _LogStream(io.TextIOWrapper):
    def write(self, text):
        with writing():
            count = super().write(text)
            self.flush()
        return count


def set_up_streams():
    sys.stdout = sys.__stdout__ = _replace(sys.stdout, "strict")
    sys.stderr = sys.__stderr__ = _replace(sys.stderr, "backslashreplace")
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_renew_lock)


def _replace(stream, errors):
    return _LogStream(stream.detach(), encoding="utf-8", errors=errors, newline="\n")


def flush_streams():
    """Writes what the function left in a buffer, where the function left the streams usable."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
