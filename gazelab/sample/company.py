"""Scenes with faces and animals: a portrait, two friends, an aquarium."""

import numpy as np

from gazelab.sample.paint import (
    Canvas,
    Outline,
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
from gazelab.sample.props import Person, face, tree


def portrait(c: Canvas) -> None:
    """Paint the portrait of one person before a garden out of focus."""
    c.backdrop(upright("#b9d4dc", "#5f8a5a", 0, 600), 0.35, (60, 60))
    for x, y, r, colour in (
        (80, 120, 70, "#e9f0c2"),
        (200, 300, 55, "#b7d68a"),
        (660, 100, 80, "#f2f4d8"),
        (740, 330, 60, "#d7e79a"),
        (560, 210, 40, "#ffffff"),
    ):
        c.paint(ellipse(x, y, r, r), flat(colour), opacity=0.45, blur_px=10)
    c.soften(7)
    face(c, 410, 270, 118, Person("#e6b18f", "#5a3420", "#2f6f8f", long_hair=True, look=-0.15))
    c.stroke(ellipse(410, 470, 74, 50)[4:45], "#e9dfc4", 4)
    c.paint(ellipse(410, 522, 12, 14), ball("#c0392f", 410, 522, 13, 15, 0.9))


def friends(c: Canvas) -> None:
    """Paint two friends at a table, with a glass and a cap with a letter."""
    c.backdrop(upright("#d9a86a", "#6e4a34", 0, 600), 0.2, (70, 70))
    for x in (60, 250, 440, 630):
        c.paint(rectangle(x, 30, 120, 190), upright("#fbe7bd", "#e0b277", 30, 220))
        c.stroke(rectangle(x, 30, 120, 190)[[0, 1, 2, 3, 0]], "#5d3c24", 8)
    c.soften(6)
    face(c, 240, 265, 88, Person("#8d5a3c", "#1c1412", "#d9cb4a", look=0.8))
    cap = curve("148,236 156,160 240,122 324,160 334,236 240,214")
    c.paint(cap, ball("#b32a35", 240, 200, 100, 84, 0.15), 0.1, (3, 3))
    c.paint(
        curve("228,214 330,218 396,240 330,248 236,232"),
        upright("#8f1d29", "#571018", 212, 248),
    )
    c.text("K", 236, 184, 34, "#fff1d0", 3)
    face(c, 560, 275, 86, Person("#f0c6a6", "#b5762d", "#3b5b4c", long_hair=True, look=-0.8))
    for side in (-1, 1):
        c.stroke(ellipse(560 + side * 36, 268, 27, 24), "#20232a", 4)
    c.stroke(points("551,266 569,266"), "#20232a", 4)
    c.paint(rectangle(-10, 528, 820, 90), upright("#7a4b2c", "#4a2b18", 528, 600), 0.3, (90, 4))
    _glass(c, 400, 500)


def _glass(c: Canvas, x: float, y: float) -> None:
    c.shadow(x + 8, y + 62, 50, 12, 0.6)
    c.paint(
        points("-36,-66 36,-66 28,60 -28,60", x, y),
        column("#dfeaf0", x - 36, x + 36, 0.6),
        opacity=0.55,
    )
    c.paint(
        points("-33,-34 33,-34 26,54 -26,54", x, y),
        column("#f08a24", x - 33, x + 33, 0.3),
        opacity=0.95,
    )
    c.paint(ellipse(x, y - 34, 33, 7), flat("#ffb45c"))
    c.stroke(points("6,20 30,-104", x, y), "#e23d4c", 6)
    c.paint(ellipse(x - 32, y - 64, 21, 21), ball("#f3c53a", x - 32, y - 64, 22, 22, 0.3))
    for turn in range(6):
        c.stroke(
            [
                (x - 32, y - 64),
                (x - 32 + 15 * np.cos(turn * 1.047), y - 64 + 15 * np.sin(turn * 1.047)),
            ],
            "#fff3c4",
            2,
        )


def aquarium(c: Canvas) -> None:
    """Paint fish, corals and a treasure chest under water."""
    c.backdrop(upright("#49b6d6", "#0b2f5c", 0, 600), 0.08, (90, 40))
    for x, lean, wide in ((120, 90, 50), (300, 40, 70), (520, -20, 60), (700, -80, 50)):
        c.paint(
            np.array([(x, -10), (x + wide, -10), (x + lean + 2.6 * wide, 560), (x + lean, 560)]),
            flat("#dff6ff"),
            opacity=0.13,
            blur_px=14,
        )
    c.paint(
        curve("-20,520 160,500 380,530 600,505 830,525 830,620 -20,620"),
        upright("#dcc795", "#8a7444", 500, 600),
        0.3,
        (4, 3),
    )
    for x, y, tall, colour in (
        (90, 530, 210, "#2f8a4d"),
        (130, 540, 160, "#49a35a"),
        (740, 530, 230, "#2b7c55"),
        (700, 545, 150, "#3f9a5a"),
    ):
        for k in range(5):
            bend = 16 * np.sin(np.linspace(0, 5, 14) + k)
            c.stroke(
                np.stack(
                    [x + 13 * (k - 2) + bend, y - np.linspace(0, tall - 14 * abs(k - 2), 14)], 1
                ),
                colour,
                8,
            )
    for x, y, r, colour in ((230, 535, 58, "#d8577a"), (620, 545, 50, "#e28a3c")):
        for turn in np.linspace(-1.3, 1.3, 9):
            tip = (x + 1.5 * r * np.sin(turn), y - 1.6 * r * np.cos(turn))
            c.stroke([(x, y), (0.5 * (x + tip[0]) + 6, 0.5 * (y + tip[1])), tip], colour, 10)
            c.paint(ellipse(*tip, 9, 9), ball(colour, *tip, 9, 9, 0.3))
    _chest(c, 420, 520)
    _fish(c, 330, 250, 130, "#f07a1e", "#fff4e2", 1)
    _fish(c, 610, 330, 80, "#f2cf2e", "#2a6fb8", -1)
    _fish(c, 560, 130, 62, "#4a6fd8", "#f2e04a", -1)
    _fish(c, 150, 380, 54, "#e2405f", "#ffd9df", 1)
    for k in range(12):
        px, py, size = 455 + 18 * np.sin(k * 1.7), 440 - 34 * k, 5 + k % 4 * 2.5
        paint = radial("#7fd0ea", "#f4fdff", px, py, size)
        c.paint(ellipse(px, py, size, size), paint, opacity=0.6)
        shine = ellipse(px - 0.35 * size, py - 0.35 * size, 0.25 * size, 0.25 * size)
        c.paint(shine, flat("#ffffff"))


def _fish(c: Canvas, x: float, y: float, size: float, colour: str, band: str, way: int) -> None:
    def at(spec: str) -> Outline:
        return curve(spec, x, y, size, way)

    c.paint(
        at("-0.62,0 -1.05,-0.42 -0.95,0 -1.05,0.42"),
        gradient(colour, "#7a2a12", (x, y - size / 2), (x, y + size / 2)),
        0.25,
        (9, 2),
    )
    c.paint(
        at("-0.3,-0.4 0,-0.72 0.35,-0.42 0.1,-0.3"),
        upright(colour, "#8a3414", y - 0.7 * size, y - 0.2 * size),
        0.25,
        (2, 9),
    )
    c.paint(
        at("-0.1,0.38 -0.18,0.66 0.2,0.42"),
        upright(colour, "#8a3414", y + 0.2 * size, y + 0.8 * size),
    )
    body = at("0.72,0.02 0.45,-0.36 0,-0.46 -0.5,-0.2 -0.72,0 -0.5,0.2 0,0.46 0.45,0.36")
    c.paint(body, ball(colour, x, y, 0.8 * size, 0.56 * size, 0.3), 0.2, (4, 4))
    for px, h in ((0.22, 0.42), (-0.28, 0.33)):
        left, right, bulge = f"{px - 0.06:.2f}", f"{px + 0.07:.2f}", f"{px + 0.12:.2f}"
        c.paint(
            at(f"{left},{-h} {right},{-h} {bulge},0 {right},{h} {left},{h} {px - 0.01:.2f},0"),
            ball(band, x, y, 0.8 * size, 0.6 * size, 0.2),
        )
    c.paint(
        at("-0.02,0.08 -0.3,0.02 -0.26,0.26 -0.05,0.22"),
        upright(band, colour, y, y + 0.25 * size),
    )
    eye = (x + way * 0.49 * size, y - 0.1 * size)
    c.paint(ellipse(*eye, 0.105 * size, 0.105 * size), flat("#ffffff"))
    c.paint(
        ellipse(*eye, 0.065 * size, 0.065 * size),
        ball("#0c0c12", *eye, 0.07 * size, 0.07 * size, 0.9),
    )
    c.stroke(
        [(x + way * 0.7 * size, y + 0.08 * size), (x + way * 0.56 * size, y + 0.14 * size)],
        "#5a1d0c",
        0.025 * size,
    )


def _chest(c: Canvas, x: float, y: float) -> None:
    c.shadow(x, y + 50, 110, 14, 0.6)
    c.paint(
        curve("-84,-26 -70,-84 0,-98 70,-84 84,-26", x, y),
        upright("#8a5a2e", "#4a2b14", y - 98, y - 26),
        0.3,
        (40, 3),
    )
    for k in range(16):
        px, py = x - 66 + 8.8 * k, y - 26 - 13 * abs(np.sin(k * 1.9))
        c.paint(ellipse(px, py, 11, 10), ball("#f3cb3c", px, py, 11, 10, 0.8))
    c.paint(
        rectangle(x - 84, y - 24, 168, 74),
        upright("#9a6434", "#50301a", y - 24, y + 50),
        0.3,
        (40, 3),
    )
    for px in (x - 70, x + 56):
        c.paint(rectangle(px, y - 24, 14, 74), column("#c9a24a", px, px + 14))
    c.paint(rectangle(x - 14, y - 30, 28, 34), upright("#e7c765", "#9a7424", y - 30, y + 4))
    c.paint(ellipse(x, y - 14, 5, 7), flat("#2a1a0c"))


def watcher(c: Canvas) -> None:
    """Paint a cat on a wall that watches a bird on a branch."""
    c.backdrop(upright("#f4c9a0", "#c98f8a", 0, 400), 0.06, (90, 40))
    c.glow(640, 120, 260, "#fff0c0", 0.8)
    for x, size in ((90, 300), (260, 240), (720, 260)):
        tree(c, x, 440, size, "#8a7a4a")
    c.soften(4)
    for row in range(5):
        for k in range(-1, 9):
            x, y = 100 * k + 50 * (row % 2), 400 + 42 * row
            shade = ("#a8604a", "#b5705a", "#96523f", "#bd7d62")[(7 * row + 3 * k) % 4]
            c.paint(
                rectangle(x + 2, y + 2, 96, 38),
                upright(shade, "#6a382c", y - 10, y + 90),
                0.3,
                (4, 4),
            )
    c.paint(rectangle(-10, 384, 820, 20), upright("#d8c8b4", "#97866f", 384, 404), 0.2, (6, 3))
    c.stroke(
        curve("830,90 690,130 600,190 520,215 600,196 700,140")[:34],
        "#5b3f2a",
        13,
    )
    for x, y, turn in (
        (560, 190, 30),
        (640, 150, -20),
        (720, 110, 25),
        (610, 200, 60),
        (690, 150, 70),
    ):
        c.paint(
            ellipse(x, y, 22, 9, turn),
            gradient("#8fae4a", "#43662a", (x - 20, y), (x + 20, y)),
            0.2,
        )
    _bird(c, 600, 168)
    _cat(c, 270, 390)


def _bird(c: Canvas, x: float, y: float) -> None:
    c.paint(
        points("34,2 92,26 86,40 26,18", x, y),
        flat("#2c4a78"),
    )
    c.paint(
        curve("-42,-14 -10,-36 30,-16 44,10 10,28 -28,18", x, y),
        ball("#e8793a", x, y, 48, 38, 0.1),
        0.3,
        (3, 3),
    )
    c.paint(
        curve("-6,-24 34,-10 64,18 20,14", x, y),
        ball("#3f6fb0", x + 24, y, 48, 30, 0.1),
        0.35,
        (7, 2),
    )
    c.paint(
        ellipse(x - 30, y - 28, 24, 22), ball("#3f6fb0", x - 30, y - 28, 26, 24, 0.2), 0.25, (2, 2)
    )
    c.paint(points("-50,-34 -74,-26 -50,-21", x, y), flat("#3a2c1c"))
    c.paint(ellipse(x - 37, y - 32, 5.5, 5.5), ball("#0c0a0a", x - 37, y - 32, 6, 6, 0.9))
    c.paint(ellipse(x - 39, y - 34, 1.7, 1.7), flat("#ffffff"))


def _cat(c: Canvas, x: float, y: float) -> None:
    fur = "#6f6a6c"
    c.shadow(x, y, 100, 10, 0.55)
    c.stroke(
        curve("-60,-20 -130,10 -140,90 -118,110 -146,60", x, y)[:40],
        fur,
        20,
    )
    c.paint(
        curve("-70,0 -86,-70 -40,-150 30,-160 62,-80 66,0", x, y),
        ball(fur, x - 6, y - 66, 92, 100, 0.03),
        0.5,
        (2, 6),
    )
    c.paint(
        curve("6,-130 50,-110 52,-50 22,-40", x, y),
        ball("#efe9e4", x + 30, y - 86, 40, 60, 0.02),
        0.3,
        (2, 6),
        opacity=0.9,
        blur_px=3,
    )
    for px in (x + 14, x + 50):
        c.paint(
            curve("-15,-70 15,-70 18,-4 -14,-4", px, y),
            column(fur, px - 16, px + 18, 0),
            0.4,
            (2, 6),
        )
        c.paint(ellipse(px + 4, y - 6, 21, 12), ball("#efe9e4", px + 4, y - 6, 22, 13, 0))
    _cat_head(c, x + 26, y - 196, fur)


def _cat_head(c: Canvas, x: float, y: float, fur: str) -> None:
    for side in (-1, 1):
        ear = np.array(
            [
                (x + side * 20, y - 40),
                (x + side * 52, y - 82),
                (x + side * 60, y - 16),
            ]
        )
        c.paint(ear, gradient(fur, "#3a3537", (x, y - 80), (x, y)), 0.3, (2, 5))
        c.paint(_shrunk(ear), flat("#d79a94"), opacity=0.8)
    c.paint(ellipse(x, y, 64, 54), ball(fur, x, y, 70, 60, 0.03), 0.5, (3, 3))
    c.paint(
        ellipse(x + 4, y + 24, 30, 22),
        ball("#efe9e4", x + 4, y + 20, 34, 26, 0),
        0.1,
        (2, 2),
    )
    for px in (x - 24, x + 30):
        c.paint(ellipse(px, y - 8, 15, 13), radial("#d9e45a", "#5f8a1e", px, y - 6, 16))
        c.paint(ellipse(px + 4, y - 9, 4.4, 11), flat("#0b0b0a"))
        c.paint(ellipse(px - 2, y - 13, 3, 3), flat("#ffffff"))
    c.paint(
        curve("-5,10 13,10 4,19", x, y),
        flat("#c9716f"),
    )
    for side in (-1, 1):
        for k in range(3):
            c.stroke(
                [
                    (x + 4 + side * 20, y + 22 + 5 * k),
                    (x + 4 + side * 78, y + 12 + 13 * k),
                ],
                "#f6f2ee",
                1.4,
                opacity=0.8,
            )


def _shrunk(ear: np.ndarray) -> np.ndarray:
    middle = ear.mean(0)
    return middle + 0.5 * (ear - middle)
