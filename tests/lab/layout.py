"""What must hold of the layout of every picture."""

from itertools import combinations


def assert_nothing_is_cut_off_or_overlaps(figure):
    """Title, legend and axes with their labels lie within the figure and apart, once it is laid out."""
    figure.draw_without_rendering()  # here, because it takes most of a picture's time, and only layouts need it
    boxes = [
        figure._suptitle.get_window_extent(),
        figure.legends[0].get_window_extent(),
        *(axes.get_tightbbox() for axes in figure.axes),
    ]
    for box in boxes:
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
    for one, other in combinations(boxes, 2):
        assert not one.overlaps(other)
