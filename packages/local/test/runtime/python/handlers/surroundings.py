"""Handlers that show the context, the search path, the log and what a function may do to its process."""

import contextlib
import io
import logging
import os
import subprocess
import sys
import threading
import types

logger = logging.getLogger()


def context_fields(event, context):
    client = context.client_context
    return {
        "names": [context.function_name, context.function_version, context.memory_limit_in_mb],
        "arn": context.invoked_function_arn,
        "group": context.log_group_name,
        "stream": context.log_stream_name == os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        "left": 0 < context.get_remaining_time_in_millis() <= 30_000,
        "identity": [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id],
        "id": context.aws_request_id,
        "client": client and [client.custom, client.env, client.client and client.client.app_title],
        "trace": os.environ["_X_AMZN_TRACE_ID"].startswith("Root="),
    }


def search_path(event, context):
    root = os.environ["LAMBDA_TASK_ROOT"]
    names = [os.path.relpath(path, root) for path in sys.path[:3]]
    return {"first": names[0], "own": names[1], "env": os.environ["PYTHONPATH"], "cwd": os.getcwd() == root}


def standard_modules(event, context):
    import json
    import queue

    return [hasattr(logging, "Logger"), hasattr(json, "dumps"), hasattr(types, "ModuleType"), hasattr(queue, "Queue")]


def prints(event, context):
    print("first")
    logger.warning("second\nline")
    print("third", file=sys.stderr)
    sys.stdout.write("fourth\n")
    print("grüße 🚀")
    print("no end", end="")


def prints_much(event, context):
    for number in range(event["lines"]):
        print("line", number)


def prints_long(event, context):
    print("x" * event["length"])
    logger.warning("y" * event["length"])
    print("after")


def prints_bytes(event, context):
    sys.stdout.buffer.write("büffered\n".encode())


def logs_levels(event, context):
    for level in ("debug", "info", "warning", "error", "critical"):
        getattr(logger, level)("at " + level)


def logs_extra(event, context):
    try:
        {}["absent"]
    except KeyError:
        logging.getLogger("mine").exception("oh %s", "no", extra={"order": 7})


def redirects(event, context):
    with contextlib.redirect_stdout(io.StringIO()) as captured:
        print("captured")
        logger.warning("logged meanwhile")
    return captured.getvalue()


def replaces_stdout(event, context):
    before, sys.stdout = sys.stdout, io.StringIO()
    print("lost")
    logger.warning("kept")
    sys.stdout = before
    print("back")


def thread_fails(event, context):
    thread = threading.Thread(target=lambda: 1 / 0, name="worker")
    thread.start()
    thread.join()
    return "fine"


def threads_print(event, context):
    def work(name):
        for number in range(50):
            logger.warning("%s %d %s", name, number, "." * 3000)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def forks(event, context):
    child = os.fork()
    if child == 0:
        print("in the child")
        os._exit(3)
    return os.waitpid(child, 0)[1] >> 8


def fork_returns(event, context):
    child = os.fork()
    if child == 0:
        return "from the child"
    return ["from the parent", os.waitpid(child, 0)[1]]


def runs_python(event, context):
    code = "print('child says ü')"
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")


def opens_text(event, context):
    path = os.path.join(os.environ["HOME"], "text")
    with open(path, "w") as file:
        file.write("ü")
    with open(path, "rb") as file:
        return len(file.read())
