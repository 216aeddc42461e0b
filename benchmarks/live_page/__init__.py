"""Which library should serve the live page? The same small page in three of them: `python -m benchmarks.live_page`.

stand_in.py         what is shown: two networks that train, and their pictures
starlette_page.py   Starlette, uvicorn and a WebSocket of bytes, drawn on canvases
marimo_page.py      marimo, with the same drawing in an anywidget
panel_page.py       Panel, with a periodic callback and Bokeh's glyphs
drawing.js          the drawing that the first two share
__main__.py         installs each library by itself, opens its page in Chromium, and measures
"""
