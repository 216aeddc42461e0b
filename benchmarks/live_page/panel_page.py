"""The page in Panel: a periodic callback streams frames into the sources of Bokeh's glyphs.

`panel serve panel_page.py`. A session of the server runs this file once for each tab.
"""

from __future__ import annotations

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from benchmarks.live_page.stand_in import ACROSS, CURVE, EDGES, UNIT, WIDTH, StandIn

PERIOD = 17  # ms: at most 60 frames a second, as the others
stand_in = StandIn()


def plot(name: str, width: int, height: int, across: float, up: float) -> figure:
    """A figure without axes."""
    bare = figure(name=name, width=width, height=height, x_range=(0, across), y_range=(0, up), toolbar_location=None)
    bare.axis.visible = bare.grid.visible = False
    return bare


planes, units, edges, curves = (ColumnDataSource() for _ in range(4))
plane_plot = plot("planes", 600, 300, 2, 1)
unit_plot = plot("units", 512, 512, 1, 1)
edge_plot = plot("edges", 400, 400, 2, WIDTH)
curve_plot = plot("curves", 400, 150, CURVE, 1)


def update() -> None:
    """A frame."""
    frame = stand_in.frame()
    start, to, strength = frame["edges"].reshape(-1, 3).T
    side = np.repeat([0, 1], EDGES)
    unit_plot.tags = [stand_in.number]
    planes.data = {"image": list(frame["planes"]), "x": [0, 1]}
    units.data = {"image": [as_one_picture(frame["units"])]}
    edges.data = {"x0": side + 0.1, "y0": start, "x1": side + 0.9, "y1": to, "alpha": strength / 255}
    curves.data = {"x": np.arange(CURVE), "without": frame["curves"][0], "dropout": frame["curves"][1]}


def as_one_picture(pictures: np.ndarray) -> np.ndarray:
    """The pictures of all units in rows: one image is drawn much faster than 256."""
    rows = pictures.reshape(-1, ACROSS, UNIT, UNIT)
    return rows.transpose(0, 2, 1, 3).reshape(-1, ACROSS * UNIT)


def closed(context: object) -> None:
    """The session of a closed tab ends, and with it the names of this file."""
    import time

    print("tab closed", time.time(), flush=True)


update()
plane_plot.image(image="image", x="x", y=0, dw=1, dh=1, source=planes, palette="Viridis256", level="image")
unit_plot.image(image="image", x=0, y=0, dw=1, dh=1, source=units, palette="Viridis256", level="image")
edge_plot.segment("x0", "y0", "x1", "y1", alpha="alpha", source=edges)
curve_plot.line("x", "without", source=curves, color="#666666")
curve_plot.line("x", "dropout", source=curves)
pn.state.add_periodic_callback(update, period=PERIOD)
pn.state.on_session_destroyed(closed)
pn.Column(plane_plot, unit_plot, edge_plot, curve_plot).servable()
