"""How records look in the log. Source: "Log and monitor Python Lambda functions"."""

import json
import logging
import time
import traceback

# What every record has; the rest is what the function added with `extra`.
_STANDARD_FIELDS = frozenset(
    """
    args aws_request_id created exc_info exc_text filename funcName levelname levelno lineno message
    module msecs msg name pathname process processName relativeCreated stack_info taskName tenant_id
    thread threadName
    """.split()
)


class TextFormatter(logging.Formatter):
    """`[LEVEL]`, time, request id and message, with tabs between."""

    converter = time.gmtime

    def __init__(self):
        super().__init__(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"
        )


class JsonFormatter(logging.Formatter):
    """One JSON object for each record."""

    def format(self, record):
        fields = {
            "timestamp": _timestamp(record.created),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            **_exception_fields(record),
            "requestId": record.aws_request_id,
            "tenantId": record.tenant_id,
        }
        for name, value in vars(record).items():
            if name not in _STANDARD_FIELDS:
                fields.setdefault(name, value)
        return _to_line({name: value for name, value in fields.items() if value is not None})


def _exception_fields(record):
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    error_type, error, trace = record.exc_info
    return {
        "stackTrace": traceback.format_tb(trace),
        "errorType": error_type.__name__,
        "errorMessage": str(error),
        "location": f"{record.pathname}:{record.funcName}:{record.lineno}",
    }


def error_as_json(error):
    return _to_line({"timestamp": _timestamp(time.time()), "log_level": "ERROR", **error})


def error_as_text(error):
    """The error's type and message, then its stack as Python prints one."""
    head = ": ".join(part for part in (error["errorType"], error["errorMessage"]) if part)
    lines = [f"[ERROR] {head}", "Traceback (most recent call last):"]
    return "\n".join(lines) + "\n" + "".join(error["stackTrace"])


def _to_line(fields):
    return json.dumps(fields, ensure_ascii=False, default=str) + "\n"


def _timestamp(seconds):
    milliseconds = int(seconds * 1000) % 1000
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{milliseconds:03d}Z"
