"""The page in marimo: a thread of the kernel sets a trait of an anywidget, whose JavaScript draws it.

`marimo run marimo_page.py`. The widget sets a trait in return when it has drawn, and the thread waits for that.
Nothing tells the thread that the tab was closed: `should_exit` stays False, and after `--session-ttl` seconds (120) the
names of the cells are gone, so that the thread ends with a NameError.
"""

import marimo

app = marimo.App(width="full")


@app.cell
def _():
    import time

    import anywidget
    import marimo as mo
    import traitlets

    from benchmarks.live_page.stand_in import AIM, StandIn

    return AIM, StandIn, anywidget, mo, time, traitlets


@app.cell
def _(StandIn, anywidget, mo, traitlets):
    class Live(anywidget.AnyWidget):
        """Both networks, drawn on canvases."""

        _esm = (
            (mo.notebook_dir() / "drawing.js").read_text()
            + """
        export default { render({ model, el }) {
          const draw = drawing(el);
          model.on("change:frame", () => requestAnimationFrame(() => {
            const { buffer, byteOffset, byteLength } = model.get("frame");
            const number = draw(buffer.slice(byteOffset, byteOffset + byteLength));
            window.drawn?.(number);
            model.set("drawn", number);
            model.save_changes();
          }));
          model.set("drawn", 0);
          model.save_changes();
        } };
        """
        )
        frame = traitlets.Bytes(b"").tag(sync=True)
        drawn = traitlets.Int(-1).tag(sync=True)

    stand_in, live = StandIn(), Live()
    mo.ui.anywidget(live)
    return live, stand_in


@app.cell
def _(AIM, live, mo, stand_in, time):
    def train():
        """Train while the widget draws."""
        while not mo.current_thread().should_exit:
            begun = time.perf_counter()
            if live.drawn == stand_in.number:
                live.frame = stand_in.packed()
            time.sleep(max(0.001, AIM - (time.perf_counter() - begun)))

    mo.Thread(target=train).start()
    return


if __name__ == "__main__":
    app.run()
