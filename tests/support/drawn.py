"""What is asked of a figure that has been drawn."""

import matplotlib.pyplot as plt
from matplotlib.colors import to_hex

from rnncore.palette import LIGHT


def words(ax=None):
    """Return the texts of an axes that are not empty."""
    return [text.get_text() for text in (ax or plt.gca()).texts if text.get_text()]


def assert_readable_in_the_colours_of_the_palette():
    """Look at all words of the figure, and at its width on a phone."""
    figure = plt.gcf()
    figure.canvas.draw()
    texts = [text for ax in figure.axes for text in ax.texts]
    assert {to_hex(text.get_color()) for text in texts} <= {*LIGHT.values()}
    assert all(text.get_fontsize() >= 11 for text in texts)
    assert figure.get_figwidth() <= 6.2


def assert_no_words_cover_each_other_or_leave_the_figure():
    """Look at the place of each text of the axes."""
    figure, ax = plt.gcf(), plt.gca()
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
