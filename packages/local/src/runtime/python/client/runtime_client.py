# AWS's runtime client for Python asks for its native transport by `import runtime_client`. It is built on Linux only;
# elsewhere this answers with the same functions over http.client, so that the client itself runs unmodified.
import http.client
import json
import os
import sys

_root = "/2018-06-01/runtime/invocation/"
_connection = None
_agent = ""

_names = [
    "Lambda-Runtime-Aws-Request-Id",
    "Lambda-Runtime-Trace-Id",
    "Lambda-Runtime-Invoked-Function-Arn",
    "Lambda-Runtime-Client-Context",
    "Lambda-Runtime-Cognito-Identity",
    "Lambda-Runtime-Aws-Tenant-Id",
    "Content-Type",
]


def initialize_client(user_agent):
    global _agent, _connection
    _agent = user_agent
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    _connection = http.client.HTTPConnection(host, int(port))


def next():
    response, body = _send("GET", _root + "next", None, {})
    headers = {name: _decoded(response.getheader(name)) for name in _names}
    headers["Lambda-Runtime-Deadline-Ms"] = int(response.getheader("Lambda-Runtime-Deadline-Ms"))
    return body, headers


def post_invocation_result(invoke_id, response_data, content_type):
    _post(invoke_id + "/response", response_data, {"Content-Type": content_type})


def post_error(invoke_id, error_response_data, xray_fault):
    body = error_response_data.encode() if isinstance(error_response_data, str) else error_response_data
    kind = "".join(c if " " <= c <= "~" else "?" for c in str(json.loads(body).get("errorType", "Error")))
    headers = {"Content-Type": "application/json", "Lambda-Runtime-Function-Error-Type": kind}
    _post(invoke_id + "/error", body, headers)


def _post(path, body, headers):
    _send("POST", _root + path, body, {**headers, **_peak_memory()})


def _send(method, path, body, headers):
    try:
        _connection.request(method, path, body, {"User-Agent": _agent, **headers})
        response = _connection.getresponse()
        return response, response.read()
    except OSError:
        # Whoever started this process is gone: so must this be.
        os._exit(1)


def _decoded(value):
    # Headers are bytes, and http.client reads them as Latin-1.
    return None if value is None else value.encode("latin-1").decode("utf-8")


def _peak_memory():
    """The peak resident set in kilobytes. On Linux it is read from outside."""
    if sys.platform != "darwin":
        return {}
    import resource

    return {"lambda-local-peak-memory-kb": str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)}
