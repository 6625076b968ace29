# SPDX-License-Identifier: MIT
"""Servers on loopback to import into: chakra-sandbox, and nginx that answers 200 {} to everything."""
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time

NGINX_CONF = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_max_body_size 64m; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}{tls}; {certificate} location / {{ default_type application/json; return 200 '{{}}'; }} }}
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

    def __init__(self, name, folder, argv_of_port, ca_file=None):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self.name = name
        self.ca_file = ca_file
        self.token_file = os.path.join(folder, 'token')
        with open(os.open(self.token_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as f:
            f.write(secrets.token_hex(16))
        port = _free_port()
        self.url = '%s://127.0.0.1:%d' % ('https' if ca_file else 'http', port)
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
    # Rows are sent again in each round: a key that exists is not a mistake here.
    def argv(port, _folder, token_file):
        return [os.path.join(bin_folder, 'chakra-sandbox'), '--listen', '127.0.0.1:%d' % port, '--token-file', token_file,
                '--ack', 'empty', '--duplicates', 'merge']
    return Server('sandbox', folder, argv)


def certificate(folder):
    """A key and a certificate for 127.0.0.1 that signs itself."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    key, cert = os.path.join(folder, 'key.pem'), os.path.join(folder, 'cert.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
                    '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return key, cert


def nginx(folder, tls=False):
    """None when there is no nginx, or no openssl for TLS."""
    program = shutil.which('nginx') or shutil.which('/usr/sbin/nginx')
    if not program or (tls and not shutil.which('openssl')):
        return None
    key, cert = certificate(folder) if tls else (None, None)

    def argv(port, where, _token_file):
        conf = os.path.join(where, 'nginx.conf')
        with open(conf, 'w') as f:
            f.write(NGINX_CONF.format(
                folder=os.path.abspath(where), port=port, tls=' ssl' if tls else '',
                certificate='ssl_certificate %s; ssl_certificate_key %s;' % (os.path.abspath(cert), os.path.abspath(key)) if tls else ''))
        return [program, '-c', os.path.abspath(conf), '-p', os.path.abspath(where)]
    return Server('nginx, TLS' if tls else 'nginx', folder, argv, cert)


def slow(folder, latency_ms):
    """Answers {} after so long, and on GET /rate with the bodies a second that it took since the first."""
    def argv(port, _folder, _token_file):
        return [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'slow_server.py'), str(port), str(latency_ms)]
    return Server('slow', folder, argv)
