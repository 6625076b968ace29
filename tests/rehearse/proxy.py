# SPDX-License-Identifier: MIT
"""A TCP proxy that cuts, delays and throttles, and can speak TLS to the importer."""
import socket
import struct
import threading
import time


class Way:
    """What happens to one connection. cut_up, cut_down: so many bytes towards the service, or back, then the end.
    bytes_per_s: of answers."""

    def __init__(self, cut_up=None, cut_down=None, reset=True, delay_s=0, bytes_per_s=None, hole=False):
        self.cut_up, self.cut_down, self.reset = cut_up, cut_down, reset
        self.delay_s, self.bytes_per_s, self.hole = delay_s, bytes_per_s, hole


class Proxy:
    def __init__(self, to_port, way_of, tls=None):
        """way_of(n): the Way of the n-th connection, from 1."""
        self.to_port, self.way_of, self.tls = to_port, way_of, tls
        self.connections, self.ended = 0, False
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended = True
        self.listener.close()

    def listen(self):
        while not self.ended:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(client, self.way_of(self.connections)), daemon=True).start()

    def serve(self, client, way):
        try:
            if self.tls:
                client = self.tls.wrap_socket(client, server_side=True)
            server = socket.create_connection(('127.0.0.1', self.to_port))
        except OSError:
            client.close()
            return
        up = threading.Thread(target=self.pump, args=(client, server, way, way.cut_up, None), daemon=True)
        up.start()
        self.pump(server, client, way, 0 if way.hole else way.cut_down, way.bytes_per_s)
        if not way.hole:
            up.join(5)

    def pump(self, source, sink, way, left, bytes_per_s):
        size = 65536 if bytes_per_s is None else max(1, bytes_per_s // 20)
        try:
            while data := source.recv(size):
                if way.delay_s:
                    time.sleep(way.delay_s)
                if way.hole and left == 0:
                    continue
                if left is not None:
                    data = data[:left]
                    left -= len(data)
                if data:
                    sink.sendall(data)
                if left == 0:
                    break
                if bytes_per_s:
                    time.sleep(len(data) / bytes_per_s)
        except OSError:
            pass
        for s in (sink, source):
            try:
                if left == 0 and way.reset:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()
