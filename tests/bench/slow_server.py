#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""slow_server.py PORT MS: a service that is far away. Each POST is answered with {} after MS milliseconds, many at once; GET /rate tells how
many were answered from the first one's end to the last one's, and in how many seconds, and forgets them."""
import asyncio
import json
import sys

ENDS = []


async def body_of(reader, head):
    length = 0
    for line in head.split(b'\r\n'):
        if line.lower().startswith(b'content-length:'):
            length = int(line.split(b':', 1)[1])
    while length > 0:
        piece = await reader.read(min(length, 1 << 18))
        if not piece:
            return
        length -= len(piece)


async def serve(reader, writer):
    loop = asyncio.get_running_loop()
    try:
        while True:
            head = await reader.readuntil(b'\r\n\r\n')
            await body_of(reader, head)
            answer = b'{}'
            if head.startswith(b'GET /rate '):
                answer = json.dumps({'calls': max(len(ENDS) - 1, 0), 'seconds': ENDS[-1] - ENDS[0] if ENDS else 0}).encode()
                ENDS.clear()
            else:
                await asyncio.sleep(int(sys.argv[2]) / 1000)
                ENDS.append(loop.time())
            writer.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' % (len(answer), answer))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, '127.0.0.1', int(sys.argv[1]), limit=1 << 20)
    async with server:
        await server.serve_forever()


asyncio.run(main())
