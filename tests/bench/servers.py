# SPDX-License-Identifier: MIT
"""Servers on loopback to import into: chakra-sandbox, and nginx that answers 200 {} to everything."""
import os
import secrets
import shutil
import socket
import subprocess
import time

NGINX_CONF = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_max_body_size 64m; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; return 200 '{{}}'; }} }}
}}
"""


def _free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def _wait_for(port, process):
    for _ in range(100):
        if process.poll() is not None:
            raise RuntimeError('the server ended with status %d' % process.returncode)
        try:
            socket.create_connection(('127.0.0.1', port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError('the server does not listen')


class Server:
    """Started when made; url and token_file say where. stop() ends it."""

    def __init__(self, name, folder, argv_of_port):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.name = name
        self.token_file = os.path.join(folder, 'token')
        with open(os.open(self.token_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as f:
            f.write(secrets.token_hex(16))
        port = _free_port()
        self.url = 'http://127.0.0.1:%d' % port
        with open(os.path.join(folder, 'output'), 'wb') as out:
            self.process = subprocess.Popen(argv_of_port(port, folder, self.token_file), stdout=out, stderr=out)
        try:
            _wait_for(port, self.process)
        except RuntimeError:
            self.stop()
            raise

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def sandbox(bin_folder, folder):
    # Rows are sent again in each round: a key that exists is no mistake here.
    def argv(port, _folder, token_file):
        return [os.path.join(bin_folder, 'chakra-sandbox'), '--listen', '127.0.0.1:%d' % port, '--token-file', token_file,
                '--ack', 'empty', '--duplicates', 'merge']
    return Server('sandbox', folder, argv)


def nginx(folder):
    """None when there is no nginx."""
    program = shutil.which('nginx') or shutil.which('/usr/sbin/nginx')
    if not program:
        return None

    def argv(port, where, _token_file):
        conf = os.path.join(where, 'nginx.conf')
        with open(conf, 'w') as f:
            f.write(NGINX_CONF.format(folder=os.path.abspath(where), port=port))
        return [program, '-c', os.path.abspath(conf), '-p', os.path.abspath(where)]
    return Server('nginx', folder, argv)
