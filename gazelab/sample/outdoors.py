"""Scenes outdoors: a street, a valley, a harbour, a park."""

import numpy as np

from gazelab.sample.paint import (
    Canvas,
    ball,
    column,
    curve,
    ellipse,
    flat,
    gradient,
    points,
    radial,
    rectangle,
    upright,
)
from gazelab.sample.props import boat, cloud, house, tree, walker, window_grid


def street(c: Canvas) -> None:
    """Paint a street with a walker, a café sign and a car."""
    c.backdrop(upright("#8fb5d6", "#f3dcc0", 0, 330), 0.04, (80, 40))
    cloud(c, 420, 80, 110)
    for x, top, wide, colour in (
        (-10, 40, 190, "#a5705a"),
        (180, 110, 130, "#b79a78"),
        (600, 20, 220, "#8c7f8e"),
        (490, 120, 120, "#b5a58d"),
    ):
        c.paint(
            rectangle(x, top, wide, 400),
            gradient(colour, "#574b49", (x, top), (x + wide, 460)),
            0.18,
            (9, 4),
        )
        c.paint(rectangle(x - 5, top - 8, wide + 10, 14), flat("#e3d7c4"))
    window_grid(c, 10, 80, 4, 4, "#ffd98a")
    window_grid(c, 202, 150, 3, 4, "#ffd98a")
    window_grid(c, 505, 160, 2, 4, "#ffd98a")
    window_grid(c, 620, 60, 4, 4, "#ffd98a")
    _road(c)
    _cafe(c)
    _lamp_post(c, 560, 470)
    tree(c, 110, 478, 200, "#5c8a3b")
    _car(c, 470, 470, 92)
    walker(c, 285, 572, 250, "#c8202e", "#2d3a56")


def _road(c: Canvas) -> None:
    c.paint(
        points("-10,436 300,430 500,430 810,436 810,610 -10,610"),
        upright("#b5aca2", "#7d766f", 430, 600),
        0.12,
        (4, 3),
    )
    c.paint(
        points("350,434 450,434 700,610 100,610"),
        upright("#6d6e74", "#3c3d43", 434, 600),
        0.16,
        (3, 3),
    )
    for k in range(4):
        y = 452 + 38 * k
        c.paint(
            np.array(
                [
                    (398 - k, y),
                    (402 + k, y),
                    (404 + 2 * k, y + 18 + 3 * k),
                    (396 - 2 * k, y + 18 + 3 * k),
                ]
            ),
            flat("#eee7d2"),
        )


def _cafe(c: Canvas) -> None:
    c.paint(
        points("590,340 810,328 810,372 578,372"),
        upright("#c23a34", "#7f1d1b", 330, 372),
    )
    for k in range(0, 8, 2):
        c.paint(
            np.array(
                [
                    (590 + 27 * k, 340 - 1.5 * k),
                    (617 + 27 * k, 338 - 1.5 * k),
                    (612 + 27 * k, 372),
                    (585 + 27 * k, 372),
                ]
            ),
            flat("#f1e7d8"),
            opacity=0.9,
        )
    c.paint(rectangle(612, 374, 180, 92), gradient("#ffe2a0", "#5b4734", (612, 374), (800, 470)))
    c.stroke(rectangle(612, 374, 180, 92)[[0, 1, 2, 3, 0]], "#33241d", 6)
    c.paint(rectangle(616, 272, 176, 50), upright("#1f4a43", "#0f2a27", 272, 322))
    c.stroke(rectangle(616, 272, 176, 50)[[0, 1, 2, 3, 0]], "#e8c76a", 3)
    c.text("CAFE", 704, 297, 24, "#ffe9ac", 2)


def _lamp_post(c: Canvas, x: float, y: float) -> None:
    c.paint(rectangle(x - 4, y - 230, 8, 230), column("#2a2d31", x - 4, x + 4))
    c.paint(
        points("-14,-250 14,-250 9,-222 -9,-222", x, y),
        flat("#fff0be"),
    )
    c.paint(points("-18,-250 0,-266 18,-250", x, y), flat("#22252a"))
    c.glow(x, y - 236, 60, "#ffe6a0", 0.5)


def _car(c: Canvas, x: float, y: float, size: float) -> None:
    c.shadow(x, y + 0.42 * size, 0.75 * size, 0.1 * size, 0.7)
    for side in (-1, 1):
        c.paint(
            rectangle(x + (0.5 * side - 0.1) * size, y + 0.2 * size, 0.2 * size, 0.24 * size),
            flat("#17171a"),
        )
    c.paint(
        curve("-0.45,-0.1 -0.32,-0.42 0.32,-0.42 0.45,-0.1", x, y, size),
        upright("#cfe2ee", "#3f5666", y - 0.45 * size, y - 0.1 * size),
    )
    c.paint(
        curve("-0.6,-0.08 0,-0.14 0.6,-0.08 0.64,0.25 0,0.32 -0.64,0.25", x, y, size),
        upright("#f0c437", "#a2741a", y - 0.12 * size, y + 0.3 * size),
    )
    for side in (-1, 1):
        px = x + 0.46 * side * size
        c.paint(
            ellipse(px, y + 0.05 * size, 0.1 * size, 0.09 * size),
            radial("#ffffff", "#c8b98a", px, y, 0.1 * size),
        )
    c.paint(rectangle(x - 0.26 * size, y + 0.12 * size, 0.52 * size, 0.1 * size), flat("#26282b"))


def valley(c: Canvas) -> None:
    """Paint hills with a house, trees and a hot-air balloon."""
    c.backdrop(upright("#5f9fd8", "#e6eef2", 0, 360), 0.03, (120, 40))
    c.glow(90, 90, 200, "#fff4c4", 0.9)
    cloud(c, 250, 90, 100)
    cloud(c, 690, 150, 130)
    hills = (
        ("#8fa9b8", 300, 40, 210, 0.3),
        ("#7d9f86", 350, 34, 160, 2.0),
        ("#6f9c53", 400, 30, 230, 4.1),
        ("#7fae4b", 470, 22, 300, 1.0),
    )
    across = np.linspace(-10, 810, 80)
    for colour, level, rise, wave, phase in hills:
        ridge = (
            level
            - rise * np.sin(across / wave * 2.2 + phase)
            - 0.4 * rise * np.sin(across / wave * 5 + phase)
        )
        ground = np.vstack([np.stack([across, ridge], 1), points("810,610 -10,610")])
        c.paint(ground, upright(colour, "#3f6a33", level - rise, level + 240), 0.28, (7, 4))
    c.paint(
        curve("330,610 350,540 440,500 470,455 486,455 490,505 430,550 470,610"),
        upright("#d8c39a", "#b0946a", 450, 610),
        0.15,
    )
    for x, y, size in ((70, 480, 150), (150, 500, 120), (720, 470, 170), (640, 520, 130)):
        tree(c, x, y, size, "#4c7a38")
    house(c, 470, 470, 170, "#f0e2c6", "#b0402f")
    _balloon(c, 590, 130, 88)
    for k in range(9):
        x = 20 + 34 * k
        c.paint(rectangle(x, 540 - 2 * k, 8, 46), column("#d9cdb8", x, x + 8), 0.2)
    for dy in (8, 26):
        c.stroke([(10, 545 + dy), (310, 529 + dy)], "#cdbfa6", 5)


def _balloon(c: Canvas, x: float, y: float, r: float) -> None:
    body = curve("0,-1 0.75,-0.7 1,0 0.6,0.8 0.2,1.3 -0.2,1.3 -0.6,0.8 -1,0 -0.75,-0.7", x, y, r)
    c.paint(body, ball("#d8352f", x, y, 1.1 * r, 1.3 * r, 0.3))
    for share, colour in ((0.78, "#f2c230"), (0.48, "#d8352f"), (0.2, "#f2c230")):
        slim = np.stack([x + (body[:, 0] - x) * share, body[:, 1]], 1)
        c.paint(slim, ball(colour, x, y, 1.1 * r, 1.3 * r, 0.3))
    for side in (-1, 1):
        c.stroke(
            [(x + 0.2 * side * r, y + 1.28 * r), (x + 0.14 * side * r, y + 1.62 * r)],
            "#4a3624",
            1.6,
        )
    c.paint(
        rectangle(x - 0.19 * r, y + 1.6 * r, 0.38 * r, 0.3 * r),
        column("#9a6a38", x - 0.2 * r, x + 0.2 * r),
        0.5,
        (2, 2),
    )


def harbour(c: Canvas) -> None:
    """Paint a harbour at dusk with sailing boats and a lighthouse."""
    c.backdrop(upright("#40588c", "#f7b98a", 0, 330), 0.05, (140, 26))
    c.glow(330, 300, 260, "#ffe0a0", 0.9)
    c.paint(ellipse(330, 292, 34, 34), flat("#fff3cf"))
    c.paint(
        points("-10,300 90,268 180,290 260,306 260,340 -10,340"),
        upright("#5b5a78", "#3c3d58", 270, 340),
        0.15,
    )
    c.paint(
        curve("560,338 600,290 690,270 830,262 830,345"),
        upright("#4d4148", "#2b2529", 262, 345),
        0.45,
        (6, 4),
    )
    _lighthouse(c)
    boat(c, 210, 352, 250, "#27506f", "#f4ead6")
    boat(c, 470, 346, 150, "#a63a2c", "#f8f2e4")
    c.paint(rectangle(-10, 340, 820, 270), upright("#c99a86", "#26385c", 340, 600))
    c.mirror_below(340, 0.75, 9)
    for k in range(60):
        y = 350 + 4 * k + (k * 37 % 11)
        x = (k * 157) % 800
        wide = 12 + 0.3 * (y - 340)
        c.stroke(
            [(x, y), (x + wide, y)],
            "#ffe3bd" if abs(x - 330) < 130 else "#8b9cc0",
            1.4 + (y - 340) / 130,
            opacity=0.3,
            blur_px=0.6,
        )
    boat(c, 210, 352, 250, "#27506f", "#f4ead6")
    _rowing_boat(c, 570, 500)
    for x, y, size in ((380, 110, 22), (430, 150, 16), (330, 170, 13)):
        c.stroke(
            points("-1,-0.3 -0.4,-0.5 0,0 0.4,-0.5 1,-0.3", x, y, size),
            "#f6f3ee",
            3,
        )


def _lighthouse(c: Canvas) -> None:
    for k in range(5):
        colour = ("#efe7da", "#c33a35")[k % 2]
        half = 26 - 2.2 * k
        c.paint(
            np.array(
                [
                    (690 - half, 280 - 36 * k),
                    (690 + half, 280 - 36 * k),
                    (690 + half - 2.2, 244 - 36 * k),
                    (690 - half + 2.2, 244 - 36 * k),
                ]
            ),
            column(colour, 690 - half, 690 + half),
        )
    c.paint(rectangle(672, 74, 36, 28), column("#ffe9a0", 672, 708, 0.5))
    c.paint(curve("668,74 690,48 712,74 690,76"), flat("#8f2622"))
    c.glow(690, 88, 150, "#fff0b4", 0.8)


def _rowing_boat(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 34, 130, 14, 0.5)
    c.paint(
        curve("-130,-12 0,2 130,-16 96,34 0,42 -96,34", x, y),
        upright("#3f8f86", "#173c3c", y - 15, y + 40),
        0.15,
        (30, 2),
    )
    c.paint(
        curve("-118,-9 0,-20 118,-13 0,8", x, y),
        upright("#5b3d28", "#8d6440", y - 18, y + 8),
    )
    c.paint(
        curve("-26,-60 0,-68 26,-58 30,-2 -30,-2", x, y),
        ball("#e7a92f", x, y - 34, 36, 44, 0.05),
        0.1,
    )
    c.paint(ellipse(x, y - 84, 18, 21), ball("#d9a079", x, y - 84, 20, 24, 0.1))
    c.paint(
        curve("-26,-92 -12,-108 12,-108 26,-92 0,-96", x, y),
        ball("#d9c38b", x, y - 96, 28, 20, 0.1),
        0.25,
        (3, 2),
    )
    c.stroke(points("20,-46 62,-24 150,44", x, y), "#7a5534", 5)
    c.stroke(points("20,-48 60,-24", x, y), "#e7a92f", 12)


def park(c: Canvas) -> None:
    """Paint a park with a dog that runs after a ball, and a bench."""
    c.backdrop(upright("#9cc7e6", "#e9f1e4", 0, 300), 0.04, (90, 40))
    for x, size in ((40, 220), (180, 190), (330, 210), (500, 180), (640, 230), (780, 200)):
        tree(c, x, 318, size, "#6f9a58")
    c.soften(2.2)
    c.paint(rectangle(-10, 300, 820, 310), upright("#9bbf5c", "#4d7f33", 300, 600), 0.5, (3, 8))
    c.paint(
        curve("-20,400 220,366 520,372 830,340 830,376 520,414 220,408 -20,460"),
        upright("#d9c6a3", "#b79f78", 350, 450),
        0.15,
    )
    _bench(c, 170, 352)
    for k in range(26):
        x, y = 20 + (k * 173) % 770, 470 + (k * 61) % 125
        for turn in range(5):
            c.paint(
                ellipse(x + 5 * np.cos(turn * 1.26), y + 4 * np.sin(turn * 1.26), 3.4, 2.6),
                flat(("#ffffff", "#f6d34a")[k % 2]),
            )
        c.paint(ellipse(x, y, 2.4, 2.2), flat("#e39a22"))
    _dog(c, 440, 470)
    c.shadow(668, 560, 34, 9, 0.5)
    c.paint(ellipse(664, 526, 34, 34), ball("#e23b2e", 664, 526, 35, 35, 0.7))
    c.stroke(ellipse(664, 526, 33, 12, -25)[:50], "#f7f0e0", 6)


def _bench(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 62, 120, 12, 0.5)
    for px in (x - 92, x + 84):
        c.paint(rectangle(px, y - 40, 9, 104), column("#2d3033", px, px + 9))
    for k in range(5):
        top = y - 48 + 16 * k if k < 3 else y + 12 + 12 * (k - 3)
        c.paint(
            rectangle(x - 112, top, 224, 11),
            upright("#b07844", "#6e4524", top, top + 11),
            0.3,
            (50, 2),
        )


def _dog(c: Canvas, x: float, y: float) -> None:
    coat, dark = "#b9773a", "#8a5226"
    c.shadow(x, y + 86, 140, 16, 0.55)
    for px, py, tip, colour in (
        (-80, 24, (-128, 84), dark),
        (70, 24, (128, 70), dark),
        (-66, 24, (-92, 92), coat),
        (84, 20, (88, 92), coat),
    ):
        c.stroke(
            [
                (x + px, y + py),
                (x + 0.5 * (px + tip[0]) + 8, y + 0.5 * (py + tip[1])),
                (x + tip[0], y + tip[1]),
            ],
            colour,
            19,
        )
        c.paint(
            ellipse(x + tip[0] + 5, y + tip[1], 15, 9),
            ball("#e9d3b0", x + tip[0], y + tip[1], 16, 10, 0),
        )
    c.stroke(
        curve("-104,-6 -150,-46 -156,-92 -146,-50", x, y),
        coat,
        13,
    )
    c.paint(
        curve("-112,-4 -70,-40 0,-34 70,-48 112,-14 92,36 0,34 -80,42", x, y),
        ball(coat, x, y, 140, 62, 0.03),
        0.5,
        (7, 3),
    )
    _dog_head(c, x, y, coat)


def _dog_head(c: Canvas, x: float, y: float, coat: str) -> None:
    c.paint(
        curve("66,-30 108,-84 150,-60 112,16", x, y),
        ball(coat, x + 100, y - 40, 60, 70, 0.03),
        0.5,
        (4, 4),
    )
    c.paint(
        ellipse(x + 140, y - 84, 44, 38), ball(coat, x + 140, y - 84, 48, 42, 0.05), 0.4, (3, 3)
    )
    c.paint(
        curve("158,-88 206,-78 212,-62 188,-52 150,-56", x, y),
        ball("#dbb483", x + 182, y - 70, 38, 24, 0.1),
        0.2,
        (3, 3),
    )
    c.paint(ellipse(x + 207, y - 74, 10, 8), ball("#1a1210", x + 207, y - 74, 10, 8, 0.9))
    c.paint(
        curve("176,-54 196,-54 192,-30 180,-30", x, y),
        flat("#d9626b"),
    )
    c.paint(ellipse(x + 156, y - 94, 8, 8), ball("#1a0f0a", x + 156, y - 94, 8, 8, 0.9))
    c.paint(ellipse(x + 153, y - 97, 2.4, 2.4), flat("#ffffff"))
    c.paint(
        curve("112,-116 132,-110 126,-66 104,-44 94,-78", x, y),
        ball("#7a431c", x + 112, y - 84, 26, 44, 0.05),
        0.4,
        (3, 5),
    )
    c.stroke(points("92,-50 118,-36 134,-44", x, y), "#2f66b0", 9)
