"""Things that stand in more than one scene: people, trees, houses, clouds, fruit, boats."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Person:
    """How a person looks: three colours, and `look` turns the eyes (-1 left, 1 right)."""

    skin: str
    hair: str
    shirt: str
    long_hair: bool = False
    look: float = 0.0


def face(c: Canvas, x: float, y: float, r: float, person: Person) -> None:
    """Paint head and shoulders; `r` is half the width of the head."""
    skin, hair, shirt = person.skin, person.hair, person.shirt
    if person.long_hair:
        back = "-1.2,-0.4 -0.8,-1.35 0,-1.6 0.8,-1.35 1.2,-0.4 1.35,1.1 0.9,2 -0.9,2 -1.35,1.1"
        c.paint(curve(back, x, y, r), upright(hair, "#1a1012", y, y + 2.6 * r), 0.35, (2, 40))
    body = "-2.1,4.2 -1.9,2.3 -0.7,1.75 0,1.85 0.7,1.75 1.9,2.3 2.1,4.2"
    c.paint(curve(body, x, y, r), ball(shirt, x, y + 3.4 * r, 2.3 * r, 2.2 * r, 0.04), 0.12, (3, 3))
    c.paint(
        curve("-0.42,0.7 0.42,0.7 0.5,1.8 0,2.1 -0.5,1.8", x, y, r),
        column(skin, x - 0.6 * r, x + 0.6 * r, 0.0),
    )
    c.shadow(x, y + 1.32 * r, 0.5 * r, 0.25 * r, 0.5)
    for side in (-1, 1):
        c.paint(
            ellipse(x + side * 1.0 * r, y + 0.1 * r, 0.16 * r, 0.3 * r),
            ball(skin, x + side * r, y, 0.3 * r, 0.4 * r, 0.0, 0.45),
        )
    head = (
        "0,-1.35 0.7,-1.15 1,-0.4 0.95,0.35 0.62,1.05 0,1.38"
        " -0.62,1.05 -0.95,0.35 -1,-0.4 -0.7,-1.15"
    )
    c.paint(
        curve(head, x, y, r),
        ball(skin, x + 0.05 * r, y, 1.35 * r, 1.75 * r, 0.06, 0.5),
        0.05,
        (5, 5),
    )
    for side in (-1, 1):
        c.paint(
            ellipse(x + side * 0.55 * r, y + 0.5 * r, 0.26 * r, 0.2 * r),
            flat("#d8604f"),
            opacity=0.28,
            blur_px=0.12 * r,
        )
        _eye(c, x + side * 0.42 * r, y - 0.1 * r, 0.23 * r, hair, person.look)
    _nose_and_mouth(c, x, y, r, skin)
    fringe = (
        "-1.08,0 -1.12,-0.8 -0.6,-1.5 0.1,-1.62 0.8,-1.4 1.14,-0.7 1.06,0"
        " 0.9,-0.55 0.5,-0.92 -0.15,-0.85 -0.7,-0.6"
    )
    c.paint(
        curve(fringe, x, y, r),
        gradient(hair, "#241612", (x - r, y - 2 * r), (x + r, y + r)),
        0.4,
        (2, 18),
    )


def _eye(c: Canvas, x: float, y: float, r: float, brow: str, look: float) -> None:
    c.paint(ellipse(x, y, 1.25 * r, 0.95 * r), flat("#5a2f26"), opacity=0.35, blur_px=0.3 * r)
    lid = curve("-1,0.08 -0.3,-0.55 0.5,-0.5 1,0 0.4,0.42 -0.4,0.45", x, y, r)
    c.paint(lid, upright("#cfc8c4", "#fbfaf7", y - 0.6 * r, y + 0.2 * r))
    iris = x + look * 0.35 * r
    c.paint(
        ellipse(iris, y - 0.03 * r, 0.46 * r, 0.46 * r),
        radial("#6f8f9a", "#1d3038", iris, y + 0.1 * r, 0.5 * r),
    )
    c.paint(ellipse(iris, y - 0.03 * r, 0.21 * r, 0.21 * r), flat("#08080a"))
    c.paint(ellipse(iris - 0.15 * r, y - 0.2 * r, 0.1 * r, 0.1 * r), flat("#ffffff"))
    c.stroke(
        points("-1.05,0.1 -0.35,-0.56 0.5,-0.52 1.08,0", x, y, r),
        "#20110d",
        0.16 * r,
    )
    c.stroke(
        points("-1.1,-0.95 -0.2,-1.28 1.1,-1", x, y, r),
        brow,
        0.26 * r,
        opacity=0.85,
        blur_px=0.05 * r,
    )


def _nose_and_mouth(c: Canvas, x: float, y: float, r: float, skin: str) -> None:
    c.paint(
        curve("0.02,-0.1 0.2,0.38 0.02,0.52 -0.06,0.3", x, y, r),
        flat("#5b2c22"),
        opacity=0.4,
        blur_px=0.09 * r,
    )
    c.paint(
        ellipse(x - 0.03 * r, y + 0.3 * r, 0.09 * r, 0.14 * r),
        ball(skin, x, y, r, r, 0.5),
        opacity=0.7,
        blur_px=0.06 * r,
    )
    for side in (-1, 1):
        c.paint(
            ellipse(x + side * 0.12 * r, y + 0.5 * r, 0.06 * r, 0.04 * r),
            flat("#4a1d18"),
            opacity=0.8,
            blur_px=0.02 * r,
        )
    lips = "-0.42,0.8 -0.15,0.74 0,0.78 0.15,0.74 0.42,0.8 0.2,0.98 0,1.02 -0.2,0.98"
    c.paint(curve(lips, x, y, r), upright("#a5423f", "#d0736b", y + 0.74 * r, y + r))
    c.stroke(
        points("-0.42,0.8 0,0.86 0.42,0.8", x, y, r),
        "#561916",
        0.045 * r,
    )


def walker(c: Canvas, x: float, y: float, size: float, coat: str, trousers: str) -> None:
    """Paint a person who walks; (x, y) is where the feet stand, `size` the height."""
    u = size / 8
    c.shadow(x + 0.6 * u, y, 1.9 * u, 0.35 * u, 0.6)
    for front, shade in ((-1, "#17181f"), (1, trousers)):
        foot = x + front * 0.95 * u
        c.paint(
            smooth(
                [
                    (x - 0.5 * u, y - 3.9 * u),
                    (x + 0.5 * u, y - 3.9 * u),
                    (foot + 0.42 * u, y - 0.3 * u),
                    (foot - 0.3 * u, y - 0.3 * u),
                ]
            ),
            column(shade, x - u, x + u),
        )
        c.paint(ellipse(foot + 0.2 * u, y - 0.2 * u, 0.6 * u, 0.24 * u), flat("#181212"))
    c.paint(
        curve("-0.85,-6.4 0,-6.75 0.85,-6.4 1.05,-4.5 1.15,-2.7 -1.15,-2.7 -1.05,-4.5", x, y, u),
        ball(coat, x, y - 4.9 * u, 1.6 * u, 2.6 * u, 0.05),
        0.15,
        (2, 6),
    )
    c.stroke(points("0,-6.4 0.05,-2.8", x, y, u), "#2a0d10", 0.09 * u, opacity=0.6)
    for side in (-1, 1):
        hand = (x + side * 1.65 * u, y - 3.4 * u)
        c.stroke(
            [(x + side * 0.85 * u, y - 6.0 * u), (x + side * 1.35 * u, y - 4.8 * u), hand],
            coat,
            0.55 * u,
        )
        c.paint(ellipse(*hand, 0.27 * u, 0.27 * u), ball("#d9a17f", *hand, 0.3 * u, 0.3 * u))
    head = (x, y - 7.45 * u)
    c.paint(ellipse(head[0], head[1] - 0.12 * u, 0.68 * u, 0.74 * u), flat("#3a2416"))
    c.paint(
        ellipse(head[0], head[1] + 0.1 * u, 0.55 * u, 0.68 * u),
        ball("#e3b08f", *head, 0.7 * u, 0.9 * u, 0.1),
    )
    for side in (-1, 1):
        c.paint(
            ellipse(x + side * 0.22 * u, head[1] + 0.02 * u, 0.08 * u, 0.07 * u), flat("#1b1210")
        )
    c.stroke(
        [(x - 0.2 * u, head[1] + 0.42 * u), (x + 0.2 * u, head[1] + 0.42 * u)], "#93433c", 0.1 * u
    )


def tree(c: Canvas, x: float, y: float, size: float, leaf: str = "#4f7a35") -> None:
    """Paint a broad-leaved tree whose trunk stands at (x, y)."""
    c.shadow(x + 0.15 * size, y, 0.42 * size, 0.06 * size, 0.45)
    c.paint(
        curve("-0.06,0 -0.035,-0.5 0.035,-0.5 0.07,0", x, y, size),
        column("#6b4a32", x - 0.07 * size, x + 0.07 * size, 0),
        0.4,
        (2, 12),
    )
    clumps = [
        (-0.24, -0.5, 0.22),
        (0.25, -0.5, 0.21),
        (0, -0.44, 0.22),
        (-0.17, -0.72, 0.21),
        (0.17, -0.74, 0.2),
        (0, -0.86, 0.2),
        (-0.02, -0.64, 0.22),
    ]
    for dx, dy, r in clumps:
        px, py, pr = x + dx * size, y + dy * size, r * size
        c.paint(
            ellipse(px, py, pr, 0.85 * pr),
            ball(leaf, px, py, 1.1 * pr, pr, 0.05),
            0.75,
            (4, 4),
            blur_px=0.01 * size,
        )


def cloud(c: Canvas, x: float, y: float, size: float, colour: str = "#ffffff") -> None:
    """Paint a soft cloud around (x, y)."""
    for dx, dy, r in (
        (-0.6, 0.1, 0.32),
        (-0.2, -0.1, 0.42),
        (0.25, -0.02, 0.38),
        (0.65, 0.12, 0.26),
    ):
        px, py = x + dx * size, y + dy * size
        c.paint(
            ellipse(px, py + 0.05 * size, r * size, 0.62 * r * size),
            upright(colour, "#c3cfdd", py - 0.1 * size, py + 0.3 * size),
            0.05,
            (30, 20),
            opacity=0.85,
            blur_px=0.09 * size,
        )


def house(c: Canvas, x: float, y: float, size: float, wall: str, roof: str) -> None:
    """Paint a house with a door and two windows; (x, y) is the middle of its foot."""
    left, top = x - 0.5 * size, y - 0.55 * size
    c.shadow(x + 0.1 * size, y, 0.65 * size, 0.05 * size, 0.5)
    c.paint(
        rectangle(x + 0.22 * size, y - 1.0 * size, 0.11 * size, 0.3 * size),
        column("#8d4a3a", x + 0.22 * size, x + 0.33 * size),
        0.3,
        (3, 3),
    )
    c.paint(
        rectangle(left, top, size, 0.55 * size),
        gradient(wall, "#a08f80", (left, 0), (left + 1.4 * size, 0)),
        0.12,
        (10, 3),
    )
    c.paint(
        np.array(
            [
                (left - 0.1 * size, top + 0.02 * size),
                (x - 0.3 * size, y - 0.95 * size),
                (x + 0.3 * size, y - 0.95 * size),
                (left + 1.1 * size, top + 0.02 * size),
            ]
        ),
        upright(roof, "#4d1f1a", y - 1.1 * size, top),
        0.4,
        (5, 2),
    )
    c.shadow(x, top + 0.04 * size, 0.5 * size, 0.04 * size, 0.4)
    c.paint(
        rectangle(x - 0.09 * size, y - 0.36 * size, 0.18 * size, 0.36 * size),
        upright("#3f5a63", "#22343b", y - 0.36 * size, y),
    )
    c.paint(ellipse(x + 0.055 * size, y - 0.17 * size, 0.015 * size, 0.015 * size), flat("#e8c860"))
    for wx in (x - 0.36 * size, x + 0.18 * size):
        pane = rectangle(wx, y - 0.4 * size, 0.18 * size, 0.2 * size)
        c.paint(
            rectangle(wx - 0.02 * size, y - 0.42 * size, 0.22 * size, 0.24 * size), flat("#f2ece0")
        )
        c.paint(pane, gradient("#ffe9a8", "#6f8ea8", (wx, y - 0.4 * size), (wx + 0.2 * size, y)))
        c.stroke(
            [(wx + 0.09 * size, y - 0.4 * size), (wx + 0.09 * size, y - 0.2 * size)],
            "#f2ece0",
            0.015 * size,
        )


def fruit(c: Canvas, x: float, y: float, r: float, colour: str, *, stalk: bool = True) -> None:
    """Paint a round fruit around (x, y)."""
    c.shadow(x + 0.25 * r, y + 0.9 * r, 1.0 * r, 0.3 * r, 0.5)
    c.paint(ellipse(x, y, r, 0.95 * r), ball(colour, x, y, 1.02 * r, 0.98 * r, 0.55), 0.22, (4, 7))
    if stalk:
        c.paint(
            ellipse(x, y - 0.78 * r, 0.3 * r, 0.13 * r),
            flat("#3a1d10"),
            opacity=0.5,
            blur_px=0.08 * r,
        )
        c.stroke(points("0,-0.75 0.1,-1.2", x, y, r), "#4b331c", 0.09 * r)


def boat(c: Canvas, x: float, y: float, size: float, hull: str, sail: str) -> None:
    """Paint a sailing boat; (x, y) is the middle of its water line."""
    c.stroke(points("0,-0.15 0,-1.15", x, y, size), "#5c4632", 0.025 * size)
    main = points("0.03,-1.1 0.5,-0.25 0.03,-0.22", x, y, size)
    jib = points("-0.03,-1 -0.03,-0.22 -0.4,-0.22", x, y, size)
    c.paint(main, gradient(sail, "#b9b2a4", (x, 0), (x + 0.55 * size, 0)), 0.08, (3, 20))
    c.paint(jib, gradient("#fffdf6", sail, (x - 0.4 * size, 0), (x, 0)), 0.08, (3, 20))
    body = curve("-0.55,-0.17 0,-0.14 0.6,-0.2 0.42,0 0,0.03 -0.4,0", x, y, size)
    c.paint(body, upright(hull, "#1c1418", y - 0.2 * size, y + 0.05 * size))
    c.stroke(
        points("-0.5,-0.13 0,-0.1 0.53,-0.155", x, y, size),
        "#f7efe0",
        0.02 * size,
    )


def window_grid(c: Canvas, x: float, y: float, columns: int, rows: int, lit: str) -> None:
    """Paint rows of house windows from the top-left one at (x, y), 40 x 56 pixels apart."""
    for row in range(rows):
        for column_ in range(columns):
            left, top = x + 40 * column_, y + 56 * row
            c.paint(rectangle(left - 2, top - 2, 26, 38), flat("#d9cfc0"))
            glass = lit if (3 * row + 5 * column_) % 7 == 2 else "#5b6f83"
            c.paint(
                rectangle(left, top, 22, 34),
                gradient(glass, "#26323f", (left, top), (left + 30, top + 50)),
            )
            c.stroke([(left + 11, top), (left + 11, top + 34)], "#d9cfc0", 1.4)
