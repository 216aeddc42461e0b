"""Play: two networks, one without dropout and one with it, that train while you watch.

`tinygrad-dropout play` serves the page. The framework computes everything here, in Python; the page only draws.
"""
