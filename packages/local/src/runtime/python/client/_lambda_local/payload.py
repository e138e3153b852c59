"""The event from JSON, and the response to JSON as Lambda writes it."""

import json
import marshal
import os
import re

from .errors import Fault
from .json_encoder import encode_any

_decode = json.JSONDecoder().decode


def parse_event(body):
    try:
        return _decode(body.decode("utf-8"))
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def format_response(response):
    """Returns the bytes of a response and their content type."""
    if isinstance(response, bytes):
        return response, "application/unknown"
    try:
        return to_json(response).encode("utf-8"), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def format_error(error):
    """An error object as bytes. Its strings may hold what UTF-8 cannot, so they may need escapes."""
    try:
        return to_json(error).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(error).encode()


def to_json(value):
    if _has_only_plain_types(value):
        try:
            return _encode_plain(value)
        except TypeError:
            # A key, or a value, that the standard library's encoder does not know.
            pass
    return encode_any(value, ensure_ascii=_ensure_ascii)


def _has_only_plain_types(value):
    """Whether no part is an instance of a class, which may need more than the quick encoder does.

    `marshal` refuses all but the built-in types themselves, and looks faster than any loop.
    """
    try:
        marshal.dumps(value, 2)
        return True
    except ValueError:
        return False


def _escapes_non_ascii(runtime):
    """Up to Python 3.11 Lambda writes `\\u00fc` where it writes `ü` from 3.12 on."""
    minor = re.search(r"python3\.(\d+)$", runtime)
    return minor is not None and int(minor.group(1)) < 12


_ensure_ascii = _escapes_non_ascii(os.environ.get("AWS_EXECUTION_ENV", ""))
_encode_plain = json.JSONEncoder(ensure_ascii=_ensure_ascii).encode
