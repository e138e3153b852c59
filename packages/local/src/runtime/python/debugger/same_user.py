"""Whether the other end of a connection on this machine belongs to the user of this process."""

import os, socket, subprocess, sys


def is_own_client(connection):
    """Whether the client of an accepted IPv4 connection is a process of this user. True on Windows, which doesn't tell."""
    return _is_own(connection.getpeername(), connection.getsockname())


def is_own_server(address):
    """Whether it's a process of this user that listens on an IPv4 address. True on Windows, which doesn't tell."""
    return _is_own(address, None)


def _is_own(end, other):
    if sys.platform == "win32":
        return True
    users = _users_by_lsof if sys.platform == "darwin" else _users_by_table
    return os.getuid() in users(end, other)


def _users_by_table(end, other):
    """Source: proc_net_tcp.txt of the Linux kernel."""
    wanted = [_hex(end), _hex(other or ("0.0.0.0", 0))]
    rows = (row.split() for row in _rows_of_tables())
    return [int(row[7]) for row in rows if [_without_mapping(each) for each in row[1:3]] == wanted]


def _rows_of_tables():
    for name in ("tcp", "tcp6"):
        # The second is missing where the machine has no IPv6.
        path = "/proc/net/" + name
        if name == "tcp" or os.path.exists(path):
            with open(path) as table:
                yield from table.readlines()[1:]


def _hex(address):
    """An address as the table writes it: the bytes of a number in the machine's own order."""
    host, port = address
    return "%08X:%04X" % (int.from_bytes(socket.inet_aton(host), sys.byteorder), port)


def _without_mapping(address):
    """An IPv4 address that's written as an IPv6 one, as IPv4."""
    ordered = "0000FFFF" if sys.byteorder == "big" else "FFFF0000"
    mapped = "0" * 16 + ordered
    return address[len(mapped) :] if address.startswith(mapped) else address


def _users_by_lsof(end, other):
    """On macOS, this user where `lsof` lists the socket among those of its processes."""
    user = os.getuid()
    command = ["/usr/sbin/lsof", "-nP", "-a", "-u", str(user), "-iTCP:%d" % end[1], "-Fn"]
    listed = subprocess.run(command, stdout=subprocess.PIPE, universal_newlines=True).stdout.splitlines()
    name = "n%s:%d" % end + ("->%s:%d" % other if other else "")
    return [user] if name in listed else []
