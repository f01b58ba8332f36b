"""A server of `websockets` for each of a list of compression settings, given as
a JSON file; the messages to compare with come from a second file."""

import asyncio
import sys

from conversation import Conversation, read_messages
from deflate_settings import arguments
from websockets.asyncio.server import serve
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


async def main(settings, file):
    messages = read_messages(file)

    def handler(number):
        async def handle(socket):
            role = socket.request.path[1:]
            conversation = Conversation(socket, f"{role} {number}")
            talk = conversation.echo() if role == "echo" else conversation.compare(messages)
            await conversation.hold(talk)

        return handle

    servers = [
        await serve(handler(number), "127.0.0.1", 0, max_size=None, **options)
        for number, options in enumerate(arguments(settings, ServerPerMessageDeflateFactory))
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for server in servers:
        server.close(close_connections=False)
        await server.wait_closed()


asyncio.run(main(*sys.argv[1:]))
