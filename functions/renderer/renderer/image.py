"""Reads the size of a picture from its own header, so that a result never claims what the bytes don't hold."""

import struct

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers; C4, C8 and CC in the same range are tables and extensions.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def image_size(body: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG or JPEG. Raises ValueError for anything else."""
    if body.startswith(PNG_SIGNATURE):
        width, height = struct.unpack_from(">II", body, 16)
        return width, height
    if body.startswith(b"\xff\xd8"):
        return _jpeg_size(body)
    raise ValueError("neither a PNG nor a JPEG")


def _jpeg_size(body: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 <= len(body):
        _, marker, length = struct.unpack_from(">BBH", body, position)
        if marker in JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", body, position + 5)
            return width, height
        position += 2 + length
    raise ValueError("a JPEG without a frame")
