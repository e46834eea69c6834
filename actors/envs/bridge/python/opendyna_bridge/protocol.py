"""The bytes of PROTOCOL.md. Every message is one frame: a header, then a body by type."""

import struct

MAGIC = b"DYGM"
VERSION = 1
HEADER = struct.Struct("<4sHHQ")  # magic, version, type, request number

MAKE, MADE = 1, 2
RESET, OBSERVATION = 3, 4
STEP, STEPPED = 5, 6
REPLAY = 7
RENDER, FRAME = 8, 9
INFO, INFO_TEXT = 10, 11
BYE = 12
ERROR = 15

# Whose fault an ERROR is.
FAULT_ENVIRONMENT, FAULT_REQUEST, FAULT_SESSION = 0, 1, 2

COLUMNS_MAX = 8192
INDICES_MAX = 1 << 20
TEXT_BYTES_MAX = 1 << 16
COUNT = struct.Struct("<I")


class BadMessage(Exception):
    """Bytes that PROTOCOL.md does not allow."""


class Reader:
    """Reads a body from the front; BadMessage if it ends too early or too late."""

    def __init__(self, frame):
        self.frame = frame
        self.at = HEADER.size

    def take(self, fmt):
        try:
            values = struct.unpack_from("<" + fmt, self.frame, self.at)
        except struct.error:
            raise BadMessage("a message ends too early") from None
        self.at += struct.calcsize("<" + fmt)
        return values if len(values) > 1 else values[0]

    def text(self):
        size = self.take("I")
        end = self.at + size
        if size > TEXT_BYTES_MAX or end > len(self.frame):
            raise BadMessage("a text is too long")
        value = bytes(self.frame[self.at:end]).decode("utf-8")
        self.at = end
        return value

    def end(self):
        if self.at != len(self.frame):
            raise BadMessage("a message is too long")


def text(value):
    """A text, cut at its bound (from the front: a traceback's end says most)."""
    data = value.encode("utf-8", "replace")[-TEXT_BYTES_MAX:]
    return COUNT.pack(len(data)) + data


def message(kind, number, body=b""):
    return HEADER.pack(MAGIC, VERSION, kind, number) + body


def error(number, fault, summary, details=""):
    return message(ERROR, number, bytes([fault]) + text(summary) + text(details))
