# What a Python sandbox runs: AWS's runtime client for Python. With `debug` as the first argument it waits for a debugger
# before that, with debugpy of the interpreter or of the folder that is the second argument.
import os
import runpy
import sys

here = os.path.dirname(os.path.abspath(__file__))


def wait_for_debugger(folder):
    if folder:
        sys.path.append(folder)
    import debugpy

    host, port = debugpy.listen(("127.0.0.1", 0))
    print("Debugger listening on %s:%d" % (host, port), file=sys.stderr, flush=True)
    debugpy.wait_for_client()


if sys.argv[1:2] == ["debug"]:
    wait_for_debugger(sys.argv[2])
sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
# Last, so that the transport that belongs to AWS's runtime client is taken where it was built; it is on Linux only.
sys.path.append(os.path.join(here, "python"))
sys.argv = ["awslambdaric", os.environ["_HANDLER"]]
runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
