# What a Python sandbox runs. Its options:
#   --client=own|awslambdaric   who speaks to the Runtime API: the client beside this file, or AWS's
#   --layers= --python-path=    more folders with modules, as PATH lists folders
#   --opt=                      the folders of the layers, which Lambda unpacks into /opt, in the same form
#   --packages=                 a folder with what Lambda's runtime includes, or nothing
#   --included=                 the modules that it includes, with the packages that have them, in JSON
#   --install=                  the command that installs packages, without their names, or nothing
#   --cache=                    where Python keeps the bytecode of the function's modules
#   --debugger=                 wait for a debugger first, with the debugpy of this folder, or else the interpreter's
import json, logging, os, socket, sys  # From here, where their bytecode is already.

here = os.path.dirname(os.path.abspath(__file__))
options = {name: value for name, _, value in (argument[2:].partition("=") for argument in sys.argv[1:])}


def folders(name):
    return [folder for folder in options[name].split(os.pathsep) if folder]


def wait_for_debugger(folder):
    if folder:
        sys.path.append(folder)
    sys.path.insert(0, debugger_folder)
    from same_user import is_own_server

    sys.path.remove(debugger_folder)
    import debugpy

    host, port = listen(debugpy, is_own_server)
    print("Debugger listening on %s:%d" % (host, port), file=sys.stderr, flush=True)
    debugpy.wait_for_client()


def listen(debugpy, is_own_server):
    # debugpy is told where its adapter listens on a port that others can connect to as well, and believes it.
    def connect(client, address):
        if not is_own_server(address):
            raise PermissionError("%s:%d is the port of another user" % address)
        return socket_connect(client, address)

    socket_connect = socket.socket.connect
    socket.socket.connect = connect
    # The adapter inherits it.
    os.environ["PYTHONPATH"] = debugger_folder
    try:
        address = debugpy.listen(("127.0.0.1", 0))
    finally:
        del os.environ["PYTHONPATH"]
        socket.socket.connect = socket_connect
    if not is_own_server(address):
        raise PermissionError("%s:%d is the port of another user" % address)
    return address


def prepare_own_client():
    from _lambda_local.loop import run, set_up

    api = set_up()
    return lambda: run(api, os.environ["_HANDLER"])


def prepare_aws_client():
    # The transport in our folder is for where AWS's client has none of its own, so it is found last.
    sys.path.remove(client_folder)
    sys.path.append(client_folder)
    import runpy

    import awslambdaric.bootstrap

    sys.argv = ["awslambdaric", os.environ["_HANDLER"]]
    return lambda: runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)


# Python looks into the folder of its script first, which holds no modules.
sys.path[:] = [folder for folder in sys.path if folder != here]
# Standard output and standard error become one stream, which keeps their order.
os.dup2(1, 2)
sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = options["cache"]
debugger_folder = os.path.join(here, "debugger")
if "debugger" in options:
    wait_for_debugger(options["debugger"])
if options["python-path"]:
    os.environ["PYTHONPATH"] = options["python-path"]
client_folder = os.path.join(here, "client")
sys.path.insert(0, client_folder)
from _lambda_local.layer_files import use_layers
from _lambda_local.module_search import add_function_folders, add_packages_folder

# All that the client needs is imported while nothing of the function can be found.
start = prepare_own_client() if options["client"] == "own" else prepare_aws_client()
sys.path.remove(client_folder)
use_layers(folders("opt"))
add_function_folders(os.environ["LAMBDA_TASK_ROOT"], folders("layers"), folders("python-path"))
add_packages_folder(options["packages"], json.loads(options["included"]), options["install"])
start()
