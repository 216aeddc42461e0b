"""What the experiments' tables and pictures have in common."""

from __future__ import annotations

from typing import Any

Figures = dict[str, Any]

# Okabe and Ito's colours, which remain apart for every kind of colour vision; https://jfly.uni-koeln.de/color/
TRAIN, TEST, GREEN = "#0072B2", "#D55E00", "#009E73"
