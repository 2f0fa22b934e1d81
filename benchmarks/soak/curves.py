"""The samples as a picture: one small chart below the other, in SVG and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.soak.watch import Sample

CHARTS = {
    "memory": ("Memory of all processes", "MB"),
    "threads": ("Threads", ""),
    "descriptors": ("Open descriptors", ""),
    "connections": ("Connections to the database", ""),
    "p99": ("p99 of all answers", "ms"),
}
LEFT, WIDTH, HEIGHT, GAP, TOP = 60, 640, 70, 34, 30
PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
font-family="sans-serif" font-size="12">
<title>{title}</title>
<rect width="{width}" height="{height}" fill="#fff"/>
{charts}
<text x="{left}" y="{bottom}" fill="#555">0</text>
<text x="{right}" y="{bottom}" fill="#555" text-anchor="end">{minutes:.0f} minutes</text>
</svg>
"""
CHART = """\
<text x="{left}" y="{label}" fill="#222">{name}</text>
<rect x="{left}" y="{y}" width="{width}" height="{height}" fill="#f4f6f8"/>
<rect x="{left}" y="{y}" width="{warm}" height="{height}" fill="#e3e8ee"/>
<text x="{axis}" y="{upper}" fill="#555" text-anchor="end">{top}</text>
<text x="{axis}" y="{lower}" fill="#555" text-anchor="end">0</text>
<path d="M{points}" fill="none" stroke="#1f6f8b" stroke-width="1.5"/>"""


def draw(samples: Sequence[Sample], title: str) -> str:
    """From nought up: what looks flat is. The shaded quarter is the one that is not judged."""
    charts = [_chart(samples, name, number) for number, name in enumerate(CHARTS)]
    bottom = TOP + len(charts) * (HEIGHT + GAP) - 8
    return PICTURE.format(
        title=title,
        charts="\n".join(charts),
        minutes=samples[-1].minute,
        width=LEFT + WIDTH + 20,
        height=bottom + 12,
        left=LEFT,
        right=LEFT + WIDTH,
        bottom=bottom,
    )


def _chart(samples: Sequence[Sample], name: str, number: int) -> str:
    text, unit = CHARTS[name]
    judged = samples[len(samples) // 4 :]  # what happens before may be any number of times as much
    top, y = _round_up(max(getattr(s, name) for s in judged)), TOP + number * (HEIGHT + GAP)
    return CHART.format(
        name=f"{text} ({unit})" if unit else text,
        points="L".join(_points(samples, name, y, top)),
        label=y - 6,
        left=LEFT,
        axis=LEFT - 6,
        width=WIDTH,
        warm=WIDTH // 4,
        height=HEIGHT,
        y=y,
        top=top,
        upper=y + 11,
        lower=y + HEIGHT,
    )


def _points(samples: Sequence[Sample], name: str, y: float, top: float) -> list[str]:
    end = samples[-1].minute
    return [
        f"{LEFT + WIDTH * s.minute / end:.1f} {y + HEIGHT * _down(s, name, top):.1f}"
        for s in samples
    ]


def _down(at: Sample, name: str, top: float) -> float:
    """From the top of a chart, as a part of its height."""
    part: float = 1 - getattr(at, name) / top
    return max(0.0, part)


def _round_up(value: float) -> int:
    """The next number that is easily read: 1, 2 or 5 and noughts."""
    power: int = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= value:
                return digit * power
        power *= 10
