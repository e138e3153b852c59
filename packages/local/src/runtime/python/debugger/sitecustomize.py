# What debugpy's adapter, the process that debuggers connect to, imports before all else: it accepts connections of its own
# user only. Who attaches can run code in the function's process, and any user of the machine can connect to the port.
import socket

from same_user import is_own_client

accept = socket.socket.accept


def accept_own(listener):
    while True:
        connection, address = accept(listener)
        try:
            if is_own_client(connection):
                return connection, address
        except OSError:
            pass  # It's closed already.
        connection.close()


socket.socket.accept = accept_own
