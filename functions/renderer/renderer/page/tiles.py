"""Joins the tiles of a long picture, never holding more of it uncompressed than the format forces us to."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

# Rows of device pixels of one tile.
TILE = 4_000

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {"RGB": 2, "RGBA": 6}


def join(tiles: list[bytes], format_: str, quality: int) -> bytes:
    """One picture of PNG tiles of one width, below each other; `format_` is png or jpeg."""
    if format_ == "png":
        return b"".join(_png(tiles))
    return _jpeg(tiles, quality)


def _size(tiles: list[bytes]) -> tuple[int, int]:
    sizes = [Image.open(io.BytesIO(tile)).size for tile in tiles]
    return sizes[0][0], sum(height for _, height in sizes)


def _png(tiles: list[bytes]) -> Iterator[bytes]:
    """Chunk by chunk: a tile is decompressed, compressed again and forgotten."""
    width, height = _size(tiles)
    mode = "RGBA" if Image.open(io.BytesIO(tiles[0])).mode == "RGBA" else "RGB"
    yield PNG_SIGNATURE
    yield _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, COLOUR_TYPES[mode], 0, 0, 0))
    compressor = zlib.compressobj(3)
    for tile in tiles:
        with Image.open(io.BytesIO(tile)) as image:
            yield _chunk(b"IDAT", compressor.compress(_rows(image.convert(mode))))
    yield _chunk(b"IDAT", compressor.flush())
    yield _chunk(b"IEND", b"")


def _rows(image: Image.Image) -> bytes:
    """The image's rows, each behind the byte that says it is not filtered."""
    pixels = image.tobytes()
    length = len(pixels) // image.height
    return b"".join(b"\x00" + pixels[start : start + length] for start in range(0, len(pixels), length))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _jpeg(tiles: list[bytes], quality: int) -> bytes:
    joined, y = Image.new("RGB", _size(tiles)), 0
    for tile in tiles:
        with Image.open(io.BytesIO(tile)) as image:
            joined.paste(image.convert("RGB"), (0, y))
            y += image.height
    output = io.BytesIO()
    joined.save(output, "JPEG", quality=quality)
    return output.getvalue()
