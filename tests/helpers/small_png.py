"""A picture of a page with 256 colours: a third of the bytes, and no eye tells the difference."""

from __future__ import annotations

import base64
import struct
import zlib
from collections import Counter
from collections.abc import Iterable

from playwright.sync_api import BrowserContext

_COLOURS = 256
_KEPT = 160  # so many of the most frequent colours stay what they are
_PIXELS = """async (source) => {
  const image = new Image();
  image.src = `data:image/png;base64,${source}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const bytes = pen.getImageData(0, 0, image.width, image.height).data;
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768)
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return [image.width, image.height, btoa(text)];
}"""
Colour = tuple[int, int, int]


def small_png(context: BrowserContext, png: bytes) -> bytes:
    """The same picture with a palette; the browser reads it, an empty page of it."""
    page = context.new_page()
    width, height, pixels = page.evaluate(_PIXELS, base64.b64encode(png).decode())
    page.close()
    return indexed(width, height, base64.b64decode(pixels))


def indexed(width: int, height: int, rgba: bytes) -> bytes:
    """A PNG with a palette from the pixels of a picture."""
    points = memoryview(rgba).cast("I")
    counts = Counter(points)
    chosen = _palette(counts)
    numbers = {colour: n for n, colour in enumerate(chosen)}
    of_point = {p: numbers.get(_rgb(p)) for p in counts}
    index = {p: n if n is not None else _nearest(_rgb(p), chosen) for p, n in of_point.items()}
    rows = b"".join(
        b"\0" + bytes([index[p] for p in points[y * width : (y + 1) * width]])
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data)
        for name, data in (
            (b"IHDR", head),
            (b"PLTE", bytes(value for colour in chosen for value in colour)),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def _palette(counts: Counter[int]) -> list[Colour]:
    """The most frequent colours as they are, then the most frequent of the rest, coarser."""
    kept = [_rgb(p) for p, _ in counts.most_common(_KEPT)]
    coarse: Counter[Colour] = Counter()
    for point, count in counts.items():
        red, green, blue = _rgb(point)
        coarse[red & 0xF0 | 8, green & 0xF0 | 8, blue & 0xF0 | 8] += count
    rest = (colour for colour, _ in coarse.most_common() if colour not in kept)
    return [*kept, *_first(rest, _COLOURS - len(kept))]


def _first(colours: Iterable[Colour], count: int) -> list[Colour]:
    return [colour for _, colour in zip(range(count), colours, strict=False)]


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    red, green, blue = colour
    away = [(red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2 for r, g, b in palette]
    return away.index(min(away))


def _rgb(point: int) -> Colour:
    return point & 255, point >> 8 & 255, point >> 16 & 255


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
