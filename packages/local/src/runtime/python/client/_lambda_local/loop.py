"""The life of a function: import it once, then give it one event after the other."""

import os
import sys
import traceback

from .context import LambdaContext
from .errors import error_object
from .handler import find_handler
from .logs import log_error, set_current_invocation, set_up_logging
from .payload import format_error, format_response, parse_event
from .runtime_api import RuntimeApi
from .streams import flush_streams, set_up_streams


def set_up():
    """Prepares the log, and connects; nothing of the function has been imported yet."""
    set_up_streams()
    set_up_logging()
    return RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])


def run(api, handler_name):
    """Never returns, unless by an exception such as `SystemExit` that ends the process."""
    handler = _initialize(api, handler_name)
    process = os.getpid()
    while True:
        headers, body = api.next()
        request_id = headers["lambda-runtime-aws-request-id"]
        set_current_invocation(request_id, headers.get("lambda-runtime-aws-tenant-id"))
        _set_trace_id(headers.get("lambda-runtime-trace-id"))
        try:
            response, content_type = format_response(handler(parse_event(body), LambdaContext(headers)))
        except Exception as error:
            _end_if_forked(process)
            _report(error_object(error, request_id), lambda *parts: api.post_error(request_id, *parts))
        else:
            _end_if_forked(process)
            flush_streams()
            api.post_response(request_id, response, content_type)


def _initialize(api, handler_name):
    try:
        return find_handler(handler_name)
    except Exception as error:
        _report(error_object(error), api.post_init_error)
        sys.exit(1)


def _report(error, post):
    log_error(error)
    flush_streams()
    post(error["errorType"], format_error(error))


def _set_trace_id(trace_id):
    if trace_id is None:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
    else:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id


def _end_if_forked(process):
    """Ends a child that the handler forked and that came back here: the answer is its parent's to give."""
    if os.getpid() == process:
        return
    if sys.exc_info()[0] is not None:
        traceback.print_exc()
    flush_streams()
    os._exit(0 if sys.exc_info()[0] is None else 1)
