"""What a server and a client of `websockets` do once they are connected: they
send messages back, or send messages that have to come back as they were.

One line of report for each connection: its role and number, the code of the
other end's Close frame (1006 if there was none), what came back of what,
whether it came in fewer bytes than it has, and the extensions agreed on.
"""

import asyncio
import struct

from websockets.exceptions import ConnectionClosed

# Every so many messages one goes out in fragments.
FRAGMENTED = 5


def read_messages(path):
    """Reads records of a kind, `t` or `b`, a length of 32 bits, and a payload."""
    with open(path, "rb") as file:
        data = file.read()
    messages, at = [], 0
    while at < len(data):
        kind, length = struct.unpack_from(">cI", data, at)
        at += 5 + length
        payload = data[at - length : at]
        messages.append(payload if kind == b"b" else payload.decode())
    return messages


async def send(socket, number, message):
    """Sends a message; some in fragments, of which the second and the last are
    empty. The cut does not care for characters."""
    text = isinstance(message, str)
    data = message.encode() if text else message
    if number % FRAGMENTED != 0 or len(data) < 2:
        await socket.send(message)
        return
    cut = 1 + (number * 7919) % (len(data) - 1)
    await socket.send([data[:cut], b"", data[cut:]], text=text)


class Wire:
    """Counts the bytes of payload as they come, before they are inflated."""

    def __init__(self, socket):
        self.bytes = None
        for extension in socket.protocol.extensions:
            self.bytes = 0
            self.inner, extension.decode = extension.decode, self.decode

    def decode(self, frame, **options):
        self.bytes += len(frame.data)
        return self.inner(frame, **options)


class Conversation:
    def __init__(self, socket, name):
        self.socket = socket
        self.name = name
        self.wire = Wire(socket)
        self.came = self.of = self.bytes = 0

    async def echo(self):
        """Sends back what comes until the other end closes."""
        async for message in self.socket:
            self.count(message)
            self.of += 1
            await send(self.socket, self.came, message)

    async def compare(self, messages):
        """Sends all messages, which must come back, and closes with 1000; else
        4000."""
        self.of = len(messages)
        sending = asyncio.create_task(self.send_all(messages))
        try:
            for due in messages:
                message = await self.socket.recv()
                if type(message) is not type(due) or message != due:
                    await self.socket.close(4000, f"message {self.came} differs")
                    return
                self.count(message)
            await self.socket.close(1000)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def send_all(self, messages):
        for number, message in enumerate(messages):
            await send(self.socket, number, message)

    def count(self, message):
        self.came += 1
        self.bytes += len(message.encode() if isinstance(message, str) else message)

    async def hold(self, talk):
        """Has the conversation, and prints the report once it is over."""
        problem = ""
        try:
            await talk
        except ConnectionClosed as error:
            problem = f" {error}"
        await self.socket.wait_closed()
        wire = self.wire.bytes
        shrunk = "shrunk" if wire is not None and wire < self.bytes * 0.9 else "whole"
        headers = self.socket.response.headers
        extensions = headers.get("Sec-WebSocket-Extensions", "none")
        ended = f"{self.socket.close_code} {self.came}/{self.of} {shrunk}"
        print(f"{self.name} {ended} {extensions}{problem}", flush=True)
