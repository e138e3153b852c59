"""The function's log: one frame for each record, so that a record of many lines stays one."""

import logging
import os
import time

from .log_formats import JsonFormatter, TextFormatter, error_as_json, error_as_text
from .streams import writing

# Frames are told from other output by their first bytes, which no UTF-8 text has.
_FRAME_TYPE = 0xA55A0003.to_bytes(4, "big")

_descriptor = None
_as_json = False
_current = {"request_id": "", "tenant_id": None}


def set_up_logging():
    """Gives the root logger Lambda's handler, in the configured format and at the configured level."""
    global _as_json, _descriptor
    # A descriptor of its own: the function may redirect or close standard output.
    _descriptor = os.dup(int(os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD")))
    _as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
    handler = LambdaLogHandler()
    handler.setFormatter(JsonFormatter() if _as_json else TextFormatter())
    logging.getLogger().addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    known = {"TRACE": logging.DEBUG, "FATAL": logging.CRITICAL}.get(level, logging.getLevelName(level))
    if isinstance(known, int):
        logging.getLogger().setLevel(known)


def set_current_invocation(request_id, tenant_id):
    """Says which invocation the records from now on belong to."""
    _current.update(request_id=request_id, tenant_id=tenant_id)


class LambdaLogHandler(logging.Handler):
    """Writes records to the function's log."""

    def emit(self, record):
        try:
            record.aws_request_id = _current["request_id"]
            record.tenant_id = _current["tenant_id"]
            write_log(self.format(record))
        except Exception:
            self.handleError(record)


def log_error(error):
    """Logs an error object as Lambda does where a function fails."""
    write_log(error_as_json(error) if _as_json else error_as_text(error))


def write_log(message):
    body = message.encode("utf-8", "backslashreplace")
    microseconds = time.time_ns() // 1000
    frame = _FRAME_TYPE + len(body).to_bytes(4, "big") + microseconds.to_bytes(8, "big") + body
    with writing():
        left = memoryview(frame)
        while left:
            left = left[os.write(_descriptor, left) :]
