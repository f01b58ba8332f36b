"""A server of `websockets` that sends messages back. It takes its settings as
JSON, all of them optional: `subprotocol`, which it picks if it is offered;
`certificate` and `key`, files with which it speaks TLS.

One line of report for each connection: the subprotocol, the code of the other
end's Close frame, and how many messages came.
"""

import asyncio
import json
import ssl
import sys

from websockets.asyncio.server import serve


async def echo(socket):
    count = 0
    async for message in socket:
        count += 1
        await socket.send(message)
    print(socket.subprotocol or "none", socket.close_code, count, flush=True)


def options(settings):
    if "subprotocol" in settings:
        yield "subprotocols", [settings["subprotocol"]]
    if "certificate" in settings:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["certificate"], settings["key"])
        yield "ssl", context


async def main(settings):
    async with serve(echo, "127.0.0.1", 0, **dict(options(settings))) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main(json.loads(sys.argv[1])))
