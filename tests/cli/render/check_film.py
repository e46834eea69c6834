"""check_film.py GIF FRAMES WIDTH HEIGHT: whether it is a GIF89a of so many frames, none like the
one before. Prints the colour of the pixels that stand on standard input as "frame x y"."""

import sys

from PIL import Image, ImageChops


def frames_by_hand(data):
    """Counts the image blocks of the format, without a library's help."""
    assert data[:6] == b"GIF89a", data[:6]
    at, count = 13, 0
    if data[10] & 0x80:
        at += 3 << ((data[10] & 7) + 1)

    def skip_blocks(at):
        while data[at]:
            at += data[at] + 1
        return at + 1

    while data[at] != 0x3B:
        if data[at] == 0x21:
            at = skip_blocks(at + 2)
        else:
            assert data[at] == 0x2C, data[at]
            count += 1
            flags = data[at + 9]
            at += 10 + ((3 << ((flags & 7) + 1)) if flags & 0x80 else 0)
            at = skip_blocks(at + 1)
    return count


path, frames, width, height = sys.argv[1], *map(int, sys.argv[2:5])
with open(path, "rb") as file:
    assert frames_by_hand(file.read()) == frames
picture = Image.open(path)
assert picture.size == (width, height), picture.size
assert picture.n_frames == frames, picture.n_frames
shown = []
for i in range(frames):
    picture.seek(i)
    shown.append(picture.convert("RGB"))
for i in range(1, frames):
    assert ImageChops.difference(shown[i - 1], shown[i]).getbbox() is not None, i
for line in sys.stdin:
    frame, x, y = map(int, line.split())
    print(*shown[frame].getpixel((x, y)))
