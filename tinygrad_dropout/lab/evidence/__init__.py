"""Questions that come after the first comparison: when dropout helps, what it competes with, what it changes inside."""
