"""A client of `websockets` for each of a list of compression settings: arguments
are the URL of an echo server, a JSON file of settings, a file of messages."""

import asyncio
import sys

from conversation import Conversation, read_messages
from deflate_settings import arguments
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

# How many are connected at a time.
AT_ONCE = 4

# Long enough for a busy machine, in seconds: who waits this long has failed.
LIMIT = 60


async def main(url, settings, file):
    messages = read_messages(file)
    turn = asyncio.Semaphore(AT_ONCE)

    async def call(number, options):
        name = f"call {number}"
        async with turn:
            try:
                socket = await connect(
                    url, max_size=None, proxy=None, open_timeout=LIMIT, close_timeout=LIMIT, **options
                )
            except Exception as error:
                print(f"{name} {error!r}", flush=True)
                return
            conversation = Conversation(socket, name)
            await conversation.hold(conversation.compare(messages))

    listed = arguments(settings, ClientPerMessageDeflateFactory)
    await asyncio.gather(*(call(number, options) for number, options in enumerate(listed)))


asyncio.run(main(*sys.argv[1:]))
