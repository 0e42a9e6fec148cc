"""The toy of the book: one sequence of three steps, two features, three units."""

import numpy as np

TOY = {
    "X": np.array([[[1.0, 0.5], [-0.5, 1.0], [0.5, -1.0]]]),
    "W_x": np.array([[0.5, -0.3, 0.2], [0.1, 0.4, -0.6]]),
    "W_h": np.array([[0.6, -0.2, 0.1], [0.3, 0.5, -0.4], [-0.1, 0.2, 0.7]]),
    "b": np.array([0.1, 0.0, -0.2]),
}
