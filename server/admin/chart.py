"""What waited on a device, drawn. The same numbers stand in a table beside it."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import leather
from leather import theme

from server.admin.words import Words
from server.domain.calendar import Calendar

SIZES: Final = {"wide": (860, 260, 6), "narrow": (320, 220, 3)}
"""Width and height, and how many moments are named below: on a phone the wide one's words could not be read."""

ABOVE: Final = 8
"""Room over the words at the top, which the library lets stand half outside of a small picture."""

LINES: Final = (("commands", "waiting", "#0f8f89"), ("files", "files", "#c0631f"))
"""Word, number, colour: seen on white and on black with a contrast of 3:1 or more."""

_QUIET: Final = "#78847f"

# The library is told so once, for all that it draws.
theme.background_color = "none"
theme.margin = 0.03
theme.label_color = theme.legend_color = _QUIET
theme.tick_color = "#78847f44"
theme.zero_color = _QUIET
theme.tick_font_family = theme.legend_font_family = "sans-serif"


def drawn(samples: Sequence[Mapping[str, Any]], say: Words, calendar: Calendar, size: str = "wide") -> bytes:
    """An SVG of commands and files over time, of samples that come oldest first: no script, nothing that is fetched."""
    width, height, ticks = SIZES[size]
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 {-ABOVE} {width} {height + ABOVE}")
    if samples:
        root.append(_chart(samples, say, calendar, ticks).to_svg_group(width, height))
    return ET.tostring(root)


def _chart(samples: Sequence[Mapping[str, Any]], say: Words, calendar: Calendar, ticks: int) -> leather.Chart:
    times = [calendar.local(datetime.fromisoformat(one["at"])).replace(tzinfo=None) for one in samples]
    # A single moment has no width, and nothing but zeros no height.
    first, last = times[0], max(times[-1], times[0] + timedelta(hours=1))
    highest = max(1, *(one[name] for one in samples for _, name, _ in LINES))
    # So few that each is another day, where it is days that are named.
    ticks = min(ticks, 1 + (last - first).days) if last - first > timedelta(days=2) else ticks
    chart = leather.Chart()
    chart.add_x_scale(first, last)
    chart.add_x_axis(
        ticks=[first + (last - first) * n / (ticks - 1) for n in range(ticks)],
        tick_formatter=_day if last - first > timedelta(days=2) else _hour,
    )
    chart.add_y_scale(0, highest)
    chart.add_y_axis(ticks=sorted({0, highest // 2, highest}))
    for word, name, colour in LINES:
        points = [(time, one[name]) for time, one in zip(times, samples, strict=True)]
        if len(points) > 1:
            chart.add_line(points, name=say(word), stroke_color=colour)
        else:
            chart.add_dots(points, name=say(word), fill_color=colour)
    return chart


def _day(moment: datetime, _place: int, _all: int) -> str:
    return f"{moment.day}/{moment.month}"


def _hour(moment: datetime, _place: int, _all: int) -> str:
    return f"{moment:%H.%M}"
