"""Scenes indoors: a still life, a desk, a shelf, a birthday table."""

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
    smooth,
    upright,
)
from gazelab.sample.props import fruit


def still_life(c: Canvas) -> None:
    """Paint fruit in a bowl, a jug and a wall clock."""
    c.backdrop(gradient("#c9b79a", "#6f5f52", (0, 0), (800, 420)), 0.10, (40, 40))
    c.paint(
        points("40,0 330,0 520,400 230,400"),
        flat("#fff3d2"),
        opacity=0.22,
        blur_px=18,
    )
    c.paint(rectangle(-10, 400, 820, 210), upright("#8a5a36", "#4b2c19", 400, 600), 0.35, (90, 4))
    c.paint(rectangle(-10, 396, 820, 8), flat("#3a2213"), opacity=0.7, blur_px=2)
    _wall_clock(c, 620, 140, 82)
    c.shadow(210, 470, 100, 26, 0.6)
    jug = curve("160,250 230,250 240,300 275,380 262,460 195,474 128,460 115,380 150,300")
    c.stroke(
        curve("250,300 310,310 305,390 262,420 290,380 285,320"),
        "#3f6b80",
        11,
    )
    c.paint(jug, column("#5b93ab", 112, 278, 0.35), 0.10, (8, 8))
    c.paint(ellipse(196, 252, 38, 10), upright("#1d333d", "#3d6577", 242, 262))
    c.paint(rectangle(122, 372, 146, 10), column("#e8e2d2", 112, 278), opacity=0.9)
    c.shadow(470, 520, 190, 34, 0.65)
    for x, y, r, colour in (
        (400, 410, 46, "#c4382c"),
        (480, 392, 50, "#e08a22"),
        (560, 412, 45, "#8fae3a"),
        (440, 440, 44, "#d9512c"),
        (525, 444, 42, "#b32732"),
    ):
        fruit(c, x, y, r, colour, stalk=colour != "#e08a22")
    bowl = curve("310,440 390,452 550,452 632,440 600,505 540,535 400,535 342,505")
    c.paint(bowl, ball("#e9e4da", 470, 455, 185, 110, 0.25), 0.05, (6, 6))
    c.stroke(points("322,462 400,474 545,474 620,462"), "#3567a0", 5)
    fruit(c, 690, 508, 40, "#d23b30")
    for k in range(11):
        fruit(c, 120 + 17 * (k % 4) + 8 * (k // 4), 545 - 15 * (k // 4), 12, "#5b3368", stalk=False)


def _wall_clock(c: Canvas, x: float, y: float, r: float) -> None:
    c.shadow(x + 14, y + 16, r, r, 0.45)
    c.paint(ellipse(x, y, r, r), radial("#3b2a20", "#8a6540", x + 8, y + 10, r))
    c.paint(ellipse(x, y, 0.86 * r, 0.86 * r), radial("#fffdf5", "#e0d8c4", x - 10, y - 12, r))
    for hour in range(12):
        turn = hour * np.pi / 6
        c.text(
            str(hour or 12),
            x + 0.68 * r * np.sin(turn),
            y - 0.68 * r * np.cos(turn),
            0.15 * r,
            "#2a2320",
            1,
        )
    for turn, length, width in ((5.3, 0.42, 5), (1.05, 0.62, 3.4)):
        c.stroke(
            [(x, y), (x + length * r * np.sin(turn), y - length * r * np.cos(turn))],
            "#171413",
            width,
        )
    c.paint(ellipse(x, y, 5, 5), flat("#a42a20"))


def desk(c: Canvas) -> None:
    """Paint a desk with a screen, a lamp, a mug and a notebook."""
    c.backdrop(gradient("#3c4a5a", "#222a36", (0, 0), (800, 300)), 0.08, (60, 60))
    c.paint(rectangle(-10, 410, 820, 200), upright("#a9794f", "#6a4427", 410, 600), 0.28, (110, 4))
    c.glow(630, 330, 330, "#ffdf9a", 0.75)
    c.shadow(330, 440, 120, 20, 0.6)
    c.paint(points("300,360 360,360 372,432 288,432"), column("#9aa0a6", 285, 375))
    c.paint(rectangle(130, 110, 400, 260), upright("#2c2f33", "#141517", 110, 370))
    c.paint(rectangle(144, 124, 372, 226), gradient("#f7fafc", "#d5e3ee", (144, 124), (516, 350)))
    c.paint(rectangle(144, 124, 372, 24), flat("#33668f"))
    c.text("REPORT", 196, 136, 11, "#ffffff", 1)
    for k in range(7):
        c.paint(
            rectangle(164, 168 + 22 * k, (150, 120, 160, 95, 140, 150, 70)[k], 6), flat("#8391a0")
        )
    for k, tall in enumerate((46, 82, 61, 110, 134)):
        c.paint(
            rectangle(356 + 28 * k, 322 - tall, 20, tall), upright("#e2703a", "#b3431f", 190, 322)
        )
    c.stroke(points("348,166 348,322 500,322"), "#414c57", 2)
    _lamp(c)
    c.paint(
        points("90,500 330,484 372,566 100,588"),
        gradient("#fbf7ea", "#d8cfb8", (90, 480), (372, 588)),
        0.04,
    )
    for k in range(6):
        c.stroke(
            [(112 + 3 * k, 516 + 11 * k), (318 + 6 * k, 501 + 11 * k)], "#7f8fb0", 1.5, opacity=0.8
        )
    c.stroke(points("240,575 395,500"), "#e0a92c", 8)
    c.stroke(points("240,575 232,579"), "#2b211a", 5)
    _mug(c, 480, 500)
    c.paint(points("64,330 126,330 116,418 74,418"), column("#b5563a", 64, 126), 0.15)
    for turn in (-1.1, -0.6, -0.15, 0.3, 0.75, 1.15):
        tip = (95 + 82 * np.sin(turn), 325 - 118 * np.cos(turn))
        c.paint(
            smooth(
                [
                    (92, 332),
                    (95 + 52 * np.sin(turn) - 14, 325 - 60 * np.cos(turn)),
                    tip,
                    (95 + 52 * np.sin(turn) + 14, 325 - 60 * np.cos(turn)),
                    (99, 332),
                ]
            ),
            gradient("#2f5d2c", "#86b45a", (95, 330), tip),
            0.25,
            (3, 9),
        )


def _lamp(c: Canvas) -> None:
    c.shadow(668, 470, 80, 16, 0.6)
    c.paint(ellipse(668, 462, 62, 14), upright("#b2382c", "#58150f", 448, 476))
    c.stroke(points("668,458 716,330 648,214"), "#b8bdc2", 8)
    shade = points("600,226 660,176 712,262 580,300")
    c.paint(
        smooth([tuple(p) for p in shade]), gradient("#e2543f", "#7d1f15", (600, 180), (700, 300))
    )
    c.paint(ellipse(634, 282, 56, 15, -14), radial("#fffbe0", "#ffd46a", 634, 282, 60))
    c.glow(634, 296, 120, "#fff0b8", 0.7)


def _mug(c: Canvas, x: float, y: float) -> None:
    c.shadow(x + 14, y + 62, 64, 16, 0.6)
    c.stroke(ellipse(x + 50, y + 6, 24, 28), "#e6e0d4", 9)
    c.paint(
        curve("-48,-46 48,-46 46,52 0,66 -46,52", x, y),
        column("#f0ebe0", x - 48, x + 48, 0.3),
    )
    c.paint(ellipse(x, y - 46, 47, 13), flat("#d9d2c4"))
    c.paint(ellipse(x, y - 44, 40, 10), radial("#6b4126", "#2f1a0e", x - 10, y - 46, 42))
    for k in range(3):
        c.paint(
            smooth(
                [
                    (x - 16 + 14 * k, y - 60),
                    (x - 24 + 14 * k, y - 92),
                    (x - 8 + 14 * k, y - 122),
                    (x - 14 + 14 * k, y - 92),
                ]
            ),
            flat("#ffffff"),
            opacity=0.3,
            blur_px=5,
        )
    c.paint(
        curve("0,30 -22,4 -12,-14 0,-4 12,-14 22,4", x, y),
        flat("#c23b3b"),
    )


def shelf(c: Canvas) -> None:
    """Paint a shelf with books, a vase, a globe, a bear and a camera."""
    c.backdrop(gradient("#7d8f86", "#46544f", (0, 0), (800, 600)), 0.08, (50, 50))
    for y in (285, 545):
        c.shadow(400, y + 34, 380, 18, 0.5)
        c.paint(rectangle(20, y, 760, 24), upright("#b98a5c", "#7d5533", y, y + 24), 0.3, (70, 3))
    x = 50.0
    for k, (wide, tall) in enumerate(
        ((30, 170), (24, 150), (38, 186), (28, 160), (34, 176), (22, 140), (32, 168))
    ):
        colour = ("#9b2f2b", "#2f4f6e", "#d2a441", "#3f6b4c", "#6b3a5e", "#c9662e", "#27424a")[k]
        c.paint(
            rectangle(x, 285 - tall, wide, tall), column(colour, x - 4, x + wide + 4), 0.12, (3, 3)
        )
        for band in (0.15, 0.8):
            c.paint(rectangle(x + 3, 285 - tall + band * tall, wide - 6, 5), flat("#ead9a8"))
        x += wide + 2
    _vase(c, 370, 285)
    _globe(c, 520, 180)
    c.paint(rectangle(640, 120, 110, 140), flat("#e9e2d0"))
    c.paint(rectangle(648, 128, 94, 124), upright("#88b7d8", "#e8c48a", 128, 252))
    c.paint(
        points("648,240 690,178 718,214 742,190 742,252 648,252"),
        flat("#4d6b52"),
    )
    c.stroke(rectangle(640, 120, 110, 140)[[0, 1, 2, 3, 0]], "#5b3a22", 7)
    _bear(c, 190, 455)
    _camera(c, 430, 470)
    for k, colour in enumerate(("#34506b", "#a4483a", "#d8c08a", "#4c6f55")):
        c.paint(
            rectangle(580 + 6 * (k % 2), 517 - 30 * k, 160, 28),
            upright(colour, "#2a2320", 500 - 30 * k, 570 - 30 * k),
            0.1,
        )
        c.paint(rectangle(590, 526 - 30 * k, 26, 9), flat("#efe3bd"))


def _vase(c: Canvas, x: float, y: float) -> None:
    for dx, dy, colour in (
        (-34, -196, "#e4b63a"),
        (6, -226, "#d94f6a"),
        (44, -190, "#f0efe6"),
        (-8, -180, "#d9683a"),
    ):
        c.stroke([(x, y - 108), (x + 0.6 * dx, y + 0.75 * dy), (x + dx, y + dy)], "#3f6a37", 4)
        for turn in range(8):
            px, py = x + dx + 17 * np.cos(turn * np.pi / 4), y + dy + 17 * np.sin(turn * np.pi / 4)
            c.paint(ellipse(px, py, 11, 8, 45 * turn), ball(colour, px, py, 13, 12, 0.1))
        c.paint(ellipse(x + dx, y + dy, 9, 9), ball("#7a4a1c", x + dx, y + dy, 9, 9))
    c.paint(
        curve("-20,-112 20,-112 24,-90 44,-45 26,-2 -26,-2 -44,-45 -24,-90", x, y),
        column("#c8dbe0", x - 44, x + 44, 0.5),
        0.05,
    )


def _globe(c: Canvas, x: float, y: float) -> None:
    c.stroke(points("0,66 0,96", x, y), "#7c5a2c", 9)
    c.paint(ellipse(x, y + 98, 42, 9), upright("#a37a3c", "#54391a", y + 90, y + 108))
    c.paint(ellipse(x, y, 68, 68), ball("#3f86b8", x, y, 69, 69, 0.4))
    for land in (
        points("-40,-30 -8,-44 4,-14 -18,6 -10,34 -28,44 -38,4"),
        points("14,-36 44,-28 52,4 36,34 22,14 12,-8"),
    ):
        c.paint(
            smooth([(x + px, y + py) for px, py in land]),
            ball("#7fa352", x, y, 69, 69, 0.2),
            0.3,
            (4, 4),
        )
    c.stroke(ellipse(x, y, 78, 78, -60)[:46], "#a37a3c", 5)


def _bear(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 92, 90, 12, 0.6)
    fur = "#a8713f"
    for px, py, rx, ry in (
        (x - 52, y + 74, 30, 22),
        (x + 52, y + 74, 30, 22),
        (x, y + 36, 58, 60),
        (x - 62, y + 20, 20, 38),
        (x + 62, y + 20, 20, 38),
        (x - 38, y - 84, 22, 22),
        (x + 38, y - 84, 22, 22),
        (x, y - 44, 54, 50),
    ):
        c.paint(ellipse(px, py, rx, ry), ball(fur, px, py, 1.1 * rx, 1.1 * ry, 0.03), 0.45, (2, 3))
    c.paint(ellipse(x, y - 28, 24, 20), ball("#e4c79a", x, y - 28, 26, 22, 0.05), 0.2, (2, 2))
    c.paint(ellipse(x, y - 38, 9, 7), ball("#22150f", x, y - 38, 9, 7, 0.8))
    for side in (-1, 1):
        c.paint(
            ellipse(x + 21 * side, y - 56, 7, 7), ball("#150d0a", x + 21 * side, y - 56, 7, 7, 0.9)
        )
    c.paint(points("-34,-6 0,6 -34,22", x, y), flat("#b3262e"))
    c.paint(points("34,-6 0,6 34,22", x, y), flat("#8f1c24"))


def _camera(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 76, 100, 10, 0.6)
    c.paint(rectangle(x - 30, y - 66, 60, 26), upright("#d7d9da", "#85898c", y - 66, y - 40))
    c.paint(
        rectangle(x - 92, y - 46, 184, 120),
        upright("#3b3634", "#191615", y - 46, y + 74),
        0.3,
        (2, 2),
    )
    c.paint(rectangle(x - 92, y - 46, 184, 24), upright("#e4e6e6", "#9a9d9f", y - 46, y - 22))
    for r, colour in ((52, "#b9bcbe"), (46, "#202020"), (36, "#0f1418")):
        c.paint(
            ellipse(x, y + 20, r, r),
            radial(colour, "#33373a", x - 0.3 * r, y + 20 - 0.3 * r, 1.5 * r),
        )
    c.paint(ellipse(x, y + 20, 24, 24), ball("#33527a", x, y + 20, 24, 24, 0.9))
    c.paint(ellipse(x - 66, y - 34, 9, 6), flat("#b3262e"))


def birthday(c: Canvas) -> None:
    """Paint a cake with candles, a gift and balloons."""
    c.backdrop(radial("#5a3b4d", "#1f1420", 400, 260, 560), 0.06, (60, 60))
    for x, y, r, colour in (
        (90, 120, 60, "#ffcf7a"),
        (260, 60, 40, "#ff9a8a"),
        (610, 80, 52, "#ffd99a"),
        (740, 220, 44, "#e88aa8"),
    ):
        c.paint(ellipse(x, y, r, r), flat(colour), opacity=0.2, blur_px=9)
    c.paint(rectangle(-10, 430, 820, 180), upright("#d8cfc8", "#8d7f80", 430, 600), 0.05, (5, 5))
    c.shadow(385, 520, 230, 34, 0.6)
    c.paint(ellipse(385, 508, 232, 40), upright("#ffffff", "#b6b0b4", 470, 548))
    for y, rx, tall, colour in ((490, 180, 110, "#8a5234"), (384, 130, 92, "#f3d9dd")):
        c.paint(
            np.vstack([ellipse(385, y, rx, 30)[:49], ellipse(385, y - tall, rx, 30)[48:]]),
            column(colour, 385 - rx, 385 + rx),
            0.15,
            (3, 3),
        )
        c.paint(ellipse(385, y - tall, rx, 30), radial("#fff6f2", "#ecd0cf", 350, y - tall - 6, rx))
        for k in range(9):
            px = 385 + rx * np.cos(np.pi * (k + 0.5) / 9)
            py = y - tall + 30 * np.sin(np.pi * (k + 0.5) / 9)
            c.paint(
                ellipse(px, py + 8, 0.13 * rx, 20), ball("#ffffff", px, py + 14, 0.2 * rx, 38, 0.1)
            )
            c.paint(ellipse(px, py - 8, 9, 9), ball("#c11f34", px, py - 8, 9, 9, 0.8))
    for k in range(5):
        x = 325 + 30 * k
        c.paint(rectangle(x - 4, 222, 8, 62), column(("#57a0c8", "#e2b23c")[k % 2], x - 4, x + 4))
        c.glow(x, 206, 62, "#ffc860", 0.6)
        c.paint(
            smooth([(x, 186), (x + 7, 208), (x, 220), (x - 7, 208)]),
            radial("#fffce0", "#ff9a20", x, 210, 18),
        )
    _gift(c, 668, 470)
    for x, y, colour in ((96, 260, "#c8324a"), (168, 190, "#3f7fc0"), (700, 150, "#e0a52a")):
        c.stroke(points("0,62 10,150 -6,300", x, y), "#e8dcdc", 1.6, opacity=0.7)
        c.paint(ellipse(x, y, 50, 62), ball(colour, x, y, 52, 64, 0.7))
        c.paint(points("-6,70 0,58 6,70", x, y), flat(colour))


def _gift(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 72, 90, 18, 0.6)
    c.paint(
        rectangle(x - 70, y - 44, 140, 116),
        gradient("#2f8f7d", "#12443d", (x - 70, y), (x + 80, y + 60)),
        0.05,
    )
    c.paint(rectangle(x - 78, y - 62, 156, 30), upright("#3dab96", "#1e6a5d", y - 62, y - 32))
    c.paint(rectangle(x - 13, y - 62, 26, 134), column("#f2d25c", x - 13, x + 13))
    for side in (-1, 1):
        c.paint(
            smooth(
                [
                    (x, y - 64),
                    (x + 20 * side, y - 104),
                    (x + 56 * side, y - 102),
                    (x + 44 * side, y - 70),
                ]
            ),
            ball("#f2d25c", x + 28 * side, y - 84, 34, 26, 0.4),
        )
