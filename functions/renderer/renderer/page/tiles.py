"""Joins the tiles of a long picture as they come, so that at most one of them is uncompressed at a time."""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from renderer.page.picture_bytes import Extremes, opened

if TYPE_CHECKING:
    from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {"RGB": 2, "RGBA": 6}

# The JPEG markers of the frame, which has the height, and of the scan, which ends the header; ISO/IEC 10918-1, B.
START_OF_FRAME, START_OF_SCAN, END_OF_IMAGE = 0xC0, 0xDA, b"\xff\xd9"
RESTART = re.compile(rb"\xff[\xd0-\xd7]")


class PngJoiner:
    """Makes one PNG of images below each other; `size` is the number of bytes so far."""

    def __init__(self, transparent: bool) -> None:
        self._mode = "RGBA" if transparent else "RGB"
        self._compressor = zlib.compressobj(3)
        self._chunks: list[bytes] = []
        self._width = self._height = 0
        self.size = 0

    def add(self, tile: bytes, extremes: Extremes) -> None:
        """Adds an image of the same width at the bottom, and its pixels to `extremes`."""
        with opened(tile) as image:
            extremes.add(image)
            converted = image if image.mode == self._mode else image.convert(self._mode)
            self._width, self._height = image.width, self._height + image.height
            packed = b"".join(self._compressor.compress(rows) for rows in _rows(converted))
        self._chunks.append(_chunk(b"IDAT", packed))
        self.size += len(packed)

    def finish(self) -> bytes:
        """Returns the picture of all images added."""
        head = struct.pack(">IIBBBBB", self._width, self._height, 8, COLOUR_TYPES[self._mode], 0, 0, 0)
        tail = [_chunk(b"IDAT", self._compressor.flush()), _chunk(b"IEND", b"")]
        return b"".join([PNG_SIGNATURE, _chunk(b"IHDR", head), *self._chunks, *tail])


class JpegJoiner:
    """Makes one JPEG of images below each other; all but the last must have whole rows of blocks.

    `size` is the number of bytes so far. Each row of blocks starts after a restart marker, so rows of images with the
    same tables can follow each other.
    """

    def __init__(self, quality: int) -> None:
        self._quality = quality
        self._head = b""
        self._scans: list[bytes] = []
        self._height = self._restarts = 0
        self.size = 0

    def add(self, tile: bytes, extremes: Extremes) -> None:
        """Adds an image of the same width at the bottom, and its pixels to `extremes`."""
        output = io.BytesIO()
        with opened(tile) as image:
            extremes.add(image)
            self._height += image.height
            image.convert("RGB").save(output, "JPEG", quality=self._quality, restart_marker_rows=1)
        head, scan = _parts(output.getvalue())
        self._head = self._head or head
        if self._scans:
            scan = b"\xff\xd0" + scan
        self._scans.append(RESTART.sub(self._next_restart, scan))
        self.size += len(scan)

    def finish(self) -> bytes:
        """Returns the picture of all images added."""
        head = bytearray(self._head)
        struct.pack_into(">H", head, _marker(self._head, START_OF_FRAME) + 5, self._height)
        return b"".join([head, *self._scans, END_OF_IMAGE])

    def _next_restart(self, _: re.Match[bytes]) -> bytes:
        self._restarts += 1
        return bytes((0xFF, 0xD0 + (self._restarts - 1) % 8))


def _parts(jpeg: bytes) -> tuple[bytes, bytes]:
    """Returns the header of a JPEG up to the data of its single scan, and that data."""
    scan = _marker(jpeg, START_OF_SCAN)
    begin = scan + 2 + struct.unpack_from(">H", jpeg, scan + 2)[0]
    return jpeg[:begin], jpeg[begin : -len(END_OF_IMAGE)]


def _marker(jpeg: bytes, wanted: int) -> int:
    """Returns the position of this marker's segment."""
    place = 2
    while jpeg[place + 1] != wanted:
        place += 2 + struct.unpack_from(">H", jpeg, place + 2)[0]
    return place


def _rows(image: "Image.Image") -> Iterator[bytes]:
    """Yields the image's rows, in strips of some rows; each row follows the byte that says it is not filtered."""
    for top in range(0, image.height, 256):
        pixels = image.crop((0, top, image.width, min(image.height, top + 256))).tobytes()
        length = image.width * len(image.getbands())
        yield b"".join(b"\x00" + pixels[start : start + length] for start in range(0, len(pixels), length))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
