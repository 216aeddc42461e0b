"""Debugging: `gradcheck` compares gradients with finite differences; `detect_anomaly` finds where a NaN began."""

from tinygrad_dropout.debug._anomaly import AnomalyError, detect_anomaly
from tinygrad_dropout.debug._gradcheck import GradcheckError, gradcheck

__all__ = ["AnomalyError", "GradcheckError", "detect_anomaly", "gradcheck"]
