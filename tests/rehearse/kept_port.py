# SPDX-License-Identifier: MIT
"""kept_port.py FILE: keeps a port, writes its number to FILE, and ends when its standard input does.

For a server that is started again at the same address: between two servers any other program may be given the port."""
import os
import socket
import sys


def kept_port():
    """A port of this machine that nobody else gets, not even as a client, until the socket is closed; whoever asks for it by
    number (with SO_REUSEADDR, as the sandbox does) can listen on it, end, and listen again. Otherwise a client is refused."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(('127.0.0.1', 0))
    return kept


if __name__ == '__main__':
    with kept_port() as port:
        with open(sys.argv[1] + '.new', 'w', encoding='ascii') as f:
            f.write('%d\n' % port.getsockname()[1])
        os.rename(f.name, sys.argv[1])
        sys.stdin.read()
