"""Error objects in Lambda's form: `errorMessage`, `errorType`, `requestId`, `stackTrace`."""

import importlib
import os
import traceback

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))


class Fault(Exception):
    """What the runtime itself finds wrong, with a type of AWS's such as `Runtime.HandlerNotFound`."""

    def __init__(self, error_type, message, stack_trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.stack_trace = list(stack_trace)


def error_object(error, request_id=""):
    """Describes any exception."""
    if isinstance(error, Fault):
        return _object(str(error), error.error_type, error.stack_trace, request_id)
    return _object(_message_of(error), type(error).__name__, _stack_of(error), request_id)


def _object(message, error_type, stack_trace, request_id):
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": stack_trace,
    }


def _message_of(error):
    try:
        return str(error)
    except Exception as failure:
        return f"<str() of the exception raised {type(failure).__name__}>"


def _stack_of(error):
    # Of each frame what Lambda shows: file, line, function and source line, without column marks.
    frames = [(f.filename, f.lineno, f.name, f.line) for f in traceback.extract_tb(error.__traceback__)]
    while frames and _is_of_runtime(frames[0][0]):
        frames.pop(0)
    return traceback.format_list(frames)


def _is_of_runtime(filename):
    """Whether a frame belongs to this client, or to Python's import system, which it calls."""
    return (
        os.path.dirname(filename) == _OWN_FOLDER
        or filename == importlib.__file__
        or filename.startswith("<frozen importlib")
    )
