"""Draws episodes; `dyna render` starts it with a description of what to draw:

    render.py DESCRIPTION.json

Frames are strokes [ink, width, x0, y0, x1, y1, ...] in the environment's units, or files of raw RGB
that the environment drew itself. Writes an animated GIF with a picture for every frame, or a PNG
with eight of them in a strip. Needs Pillow (Debian: python3-pil).
"""

import json
import math
import sys

from PIL import Image, ImageDraw, ImageFont

WIDTH, CAPTION, FINE = 480, 40, 2  # pixels; strokes are drawn FINE times as large
STRIP = 8
PAPER, INK_TEXT, GREY = (255, 255, 255), (34, 34, 34), (118, 118, 118)
# Colours of Okabe and Ito, told apart with any colour vision.
INKS = {"body": (0, 114, 178), "limb": (86, 180, 233), "mark": (34, 34, 34),
        "scenery": (150, 150, 150)}
GHOST = (213, 94, 0)
GHOST_ALPHA = 120


class Camera:
    """From the environment's units to pixels of the fine picture."""

    def __init__(self, window, centre_x):
        self.left, right, bottom, self.top = window
        self.left += centre_x
        self.scale = WIDTH * FINE / (window[1] - window[0])
        self.width, self.height = WIDTH * FINE, math.ceil((self.top - bottom) * self.scale)
        self.right = centre_x + right

    def pixel(self, x, y):
        return (x - self.left) * self.scale, (self.top - y) * self.scale


def draw_strokes(draw, camera, strokes, color=None):
    for ink, width, *numbers in strokes:
        points = [camera.pixel(x, y) for x, y in zip(numbers[::2], numbers[1::2])]
        radius = max(width * camera.scale / 2, FINE / 2)
        fill = color or INKS[ink]
        # Rectangles of our own: the ends of Pillow's wide lines are off by a pixel.
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            length = math.hypot(x1 - x0, y1 - y0)
            if length > 0:
                across_x, across_y = radius * (y0 - y1) / length, radius * (x1 - x0) / length
                draw.polygon([(x0 + across_x, y0 + across_y), (x1 + across_x, y1 + across_y),
                              (x1 - across_x, y1 - across_y), (x0 - across_x, y0 - across_y)],
                             fill=fill)
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def draw_ground(draw, camera, height):
    """A floor whose marks, one a metre, pass by as the body moves."""
    y = camera.pixel(0, height)[1]
    draw.rectangle((0, y, camera.width, camera.height), fill=(240, 240, 240))
    draw.line((0, y, camera.width, y), fill=INKS["scenery"], width=FINE)
    for metre in range(math.floor(camera.left), math.ceil(camera.right) + 1):
        x = camera.pixel(metre, height)[0]
        draw.line((x, y, x, y + 8 * FINE), fill=INKS["scenery"], width=FINE)
        draw.text((x + 3 * FINE, y + 5 * FINE), str(metre), fill=GREY, font=font(10 * FINE))


FONTS = {}


def font(size):
    """DejaVu, which matplotlib brings along; else Pillow's own small one."""
    if size not in FONTS:
        try:
            FONTS[size] = ImageFont.truetype("DejaVuSans.ttf", size)
        except OSError:
            FONTS[size] = ImageFont.load_default()
    return FONTS[size]


def draw_body(film, frame):
    """The frame without its caption."""
    if "picture" in frame:
        size = tuple(film["picture_size"])
        with open(frame["picture"], "rb") as file:
            picture = Image.frombytes("RGB", size, file.read())
        return picture.resize((WIDTH, round(WIDTH * size[1] / size[0])), Image.LANCZOS)
    camera = Camera(film["window"], frame["centre_x"])
    picture = Image.new("RGB", (camera.width, camera.height), PAPER)
    draw = ImageDraw.Draw(picture)
    if "ground" in film:
        draw_ground(draw, camera, film["ground"])
    draw_strokes(draw, camera, film["scenery"])
    draw_strokes(draw, camera, frame["real"])
    if frame["imagined"]:
        mask = Image.new("L", picture.size, 0)
        draw_strokes(ImageDraw.Draw(mask), camera, frame["imagined"], GHOST_ALPHA)
        picture.paste(GHOST, (0, 0), mask)
    return picture.resize((WIDTH, picture.height // FINE), Image.LANCZOS)


def draw_frame(film, frame):
    body = draw_body(film, frame)
    picture = Image.new("RGB", (WIDTH, body.height + CAPTION), PAPER)
    picture.paste(body, (0, CAPTION))
    draw = ImageDraw.Draw(picture)
    draw.text((8, 5), film["title"], fill=INK_TEXT, font=font(13))
    if film["legend"]:
        right = WIDTH - 8 - draw.textlength(film["legend"], font=font(11))
        draw.text((right, 6), film["legend"], fill=GHOST, font=font(11))
    draw.text((8, 23), frame["caption"], fill=GREY, font=font(11))
    return picture


def spread(count, wanted):
    """Indices of `wanted` of `count` frames, evenly from the first to the last."""
    if count <= wanted:
        return list(range(count))
    return [round(i * (count - 1) / (wanted - 1)) for i in range(wanted)]


def write_strip(film):
    frames = [draw_frame(film, film["frames"][i]) for i in spread(len(film["frames"]), STRIP)]
    width, height = frames[0].size
    columns = min(4, len(frames))
    rows = math.ceil(len(frames) / columns)
    strip = Image.new("RGB", (columns * width, rows * height), PAPER)
    for i, frame in enumerate(frames):
        strip.paste(frame, (i % columns * width, i // columns * height))
    strip.save(film["file"], format="PNG")


def write_gif(film):
    # One palette for all, made from frames all over the film, so that colours do not flicker.
    sample = [draw_frame(film, film["frames"][i]) for i in spread(len(film["frames"]), STRIP)]
    sheet = Image.new("RGB", (WIDTH, sample[0].height * len(sample)))
    for i, frame in enumerate(sample):
        sheet.paste(frame, (0, i * frame.height))
    palette = sheet.quantize(colors=128 if "picture" not in film["frames"][0] else 256)
    frames = (draw_frame(film, frame).quantize(palette=palette, dither=Image.Dither.NONE)
              for frame in film["frames"])
    first = next(frames)
    first.save(film["file"], format="GIF", save_all=True, append_images=frames,
               duration=round(1000 / film["fps"]), loop=0, optimize=False, disposal=1)


def main():
    with open(sys.argv[1]) as file:
        film = json.load(file)
    (write_gif if film["format"] == "gif" else write_strip)(film)


if __name__ == "__main__":
    main()
