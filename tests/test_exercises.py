"""The checks behind the exercises: every answer worked by hand, every slip, and odd answers."""

import re
from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from rnncore.exercises import EXERCISES, check
from rnncore.exercises._verdict import as_numbers, same
from tests.support.repository import BOOK, needs_the_book

# The bits of chapter 6, and what a linear unit with two weights makes of them, as a polynomial:
# h_T = W_x (x_1 W_h^(T-1) + … + x_T).
TEN = np.random.default_rng(1).integers(2, size=(20, 10)).astype(float)
THREE = np.random.default_rng(2).integers(2, size=(8, 3)).astype(float)


def sums(bits, W_h):
    return bits @ W_h ** np.arange(bits.shape[1])[::-1]


def descended(rounds, rate=0.05):
    """The losses of that unit on the three bits, from 0.5 and 0.5."""
    w, v, losses = 0.5, 0.5, []
    for _ in range(rounds):
        error = w * sums(THREE, v) - THREE.sum(axis=1)
        losses.append(float((error**2).mean()))
        slope = w * (THREE[:, 1] + 2 * v * THREE[:, 0])  # of w (x_1 v² + x_2 v + x_3) along v
        w, v = (
            w - rate * 2 * (error * sums(THREE, v)).mean(),
            v - rate * 2 * (error * slope).mean(),
        )
    return losses


# Each answer worked out from the exercise's text.
BY_HAND = {
    # z = (1*0.5 - 2*1 + 0.5,  1*(-1) - 2*0.5 + 0,  1*2 - 2*(-0.5) - 1) = (-1, -2, 2); then relu
    "ex-mlp-by-hand": [0, 0, 2],
    # the input, then one array per layer: 784 pixels, layers of 128, 64 and 10 units
    "ex-mlp-shapes": [(32, 784), (32, 128), (32, 64), (32, 10)],
    # 784*128 + 128 = 100480;  128*64 + 64 = 8256;  64*10 + 10 = 650
    "ex-mlp-parameters": 100480 + 8256 + 650,
    # each column of ((0.5, -1), (2, 0.25)) summed: 0.5 + 2;  -1 + 0.25
    "ex-mlp-bias-gradient": [2.5, -0.75],
    # rows of W: (0.5, -1, 2), (1, 0.5, -0.5); b = (0.5, 0, -1)
    # first row + b; second row + b; both + b; twice the first less the second, + b
    "ex-mlp-bias": [[1, -1, 1], [1.5, 0.5, -1.5], [2, -0.5, 0.5], [0.5, -2.5, 3.5]],
    # h_1 = 2*1 + 0*0.5;  h_2 = -1*1 + 2*0.5;  h_3 = 4*1 + 0*0.5
    "ex-states-by-hand": [[0, 2, 0, 4]],
    # h_1 = 3*2 + 1*(-0.5) = 5.5;  h_2 = -1*2 + 5.5*(-0.5) = -2 - 2.75
    "ex-states-h0": [[1, 5.5, -4.75]],
    # 16 sequences, 40 states and the initial one, 12 units
    "ex-states-shape": (16, 41, 12),
    # the sequence of ex-states-by-hand
    "ex-states-bug": [[0, 2, 0, 4]],
    # W_x 32*100 = 3200;  W_h 100*100 = 10000;  b 100
    "ex-states-parameters": 3200 + 10000 + 100,
    # w^10 = 10^-2, so w = 10^-0.2 = 0.630957...
    "ex-states-halflife": 0.630957,
    # h_1 = relu(2);  h_2 = relu(-4 + 1) = 0;  h_3 = relu(1 + 0)
    "ex-act-by-hand": [[0, 2, 0, 1]],
    # 2 * (1 - 0.36)
    "ex-act-slope": 1.28,
    # 40 blocks of 8 rows, 12 columns
    "ex-act-shape": (320, 12),
    # W_h * 0.5 * 0.5 = 1
    "ex-act-two-memories": 4,
    # tanh(2h) = h at h = 0.957504;  x + 2h = 0
    "ex-act-flip": -1.915008,
    # z_1 = (.65, -.1, -.3), h_1 = tanh = (.571670, -.099668, -.291313)
    # z_2 = (-.15 + .343002 - .029900 + .029131 + .1,  .55 - .114334 - .049834 - .058263,
    #        -.7 + .057167 + .039867 - .203919 - .2), h_2 = tanh = (.284189, .316335, -.764470)
    # z_3 = (.15 + .170513 + .094901 + .076447 + .1,  -.55 - .056838 + .158168 - .152894,
    #        .7 + .028419 - .126534 - .535129 - .2) = (.591861, -.601564, -.133244)
    "ex-act-bug": [0.531233, -0.538162, -0.132461],
    # h_1 = tanh(.5) = .462117, h_2 = tanh(1.5 * .462117) = .600018, h_3 = tanh(.900027 - .5)
    # = .379972;  1.5 * (1 - h²) = 1.179672, .959967, 1.283431
    "ex-act-nudge": 1.179672 * 0.959967 * 1.283431,
    # h = 4, -1 + 4/2 = 1, 2 + 1/2; dL/dh = 1/4, 1/2, 1; the states before are 0, 4, 1
    "ex-bptt-terms": [0, 2, 1],
    # from the end: 1;  1 - 0.5*1 = 0.5;  1 - 0.5*0.5 = 0.75
    "ex-bptt-every-step": [0.75, 0.5, 1],
    # 40 steps, and for each a table like W_h, 12 by 12
    "ex-bptt-shape": (40, 12, 12),
    # 1 at step 4, a half of it at step 3, and there it ends
    "ex-bptt-window": [0, 0, 0.5, 1],
    # dh_3 = 1, 1, 1 and the states of the toy with tanh:
    #   h_1 = tanh(0.65, -0.1, -0.3) = (0.571670, -0.099668, -0.291313)
    #   h_2 = tanh(0.292233, 0.327563, -1.007217) = (0.284189, 0.316327, -0.764503)
    #   h_3 = tanh(0.591861, -0.601574, -0.133254) = (0.531241, -0.538207, -0.132471)
    # dz_3 = 1 - h_3^2 = (0.717783, 0.710333, 0.982451), through the rows of W_h:
    # dh_2 = (0.386844, 0.177547, 0.758015), dz_2 = dh_2 (1 - h_2^2) = (0.355602, 0.159781,
    # 0.314978); dW_h = h_1^T dz_2 + h_2^T dz_3, for h_0 = 0
    "ex-bptt-bug": [
        [0.407275, 0.293224, 0.459289],
        [0.191621, 0.208794, 0.279387],
        [-0.652322, -0.589612, -0.842826],
    ],
    # dz_3 = (0.717783, 0.710333, 0.982451); first number 0.6*0.717783 - 0.2*0.710333 + 0.1*0.982451
    "ex-bptt-step": [0.386844, 0.177547, 0.758015],
    # (27 - 1) / 2
    "ex-gradients-difference": 13,
    # 3 * 2^2, to within a step of 1e-6
    "ex-gradients-bug": 12,
    # ((1 - 0.36) * 1.25)^10 = 0.8^10 = (0.4096)^2 * 0.64 = 0.16777216 * 0.64
    "ex-gradients-product": 0.1073741824,
    # ln 0.3 = -1.2039728; a thirtieth of it -0.0401324; exp of that
    "ex-gradients-thirty": 0.960662,
    # 16 sequences, each with 12 numbers by 12 numbers
    "ex-gradients-shape": (16, 12, 12),
    # norm sqrt(36 + 64) = 10, twice the limit
    "ex-gradients-clip": [3, -4],
    # norm sqrt(1 + 4 + 4 + 16) = 5: a fifth of (1, 2, 2, 0, 4)
    "ex-gradients-code": [0.2, 0.4, 0.4, 0, 0.8],
    # h_1 = 1, h_2 = 1.5, dL/dh_2 = -1, dL/dh_1 = -0.5;  W_x + 0.1 (1 + 0.5), W_h + 0.1 · 1
    "ex-learn-update": [1.15, 0.6],
    # 1/8, 2/8 - 1, 5/8
    "ex-learn-softmax": [0.125, -0.75, 0.625],
    # -log 0.1 = log 10
    "ex-learn-untrained": 2.302585,
    # g / (|g| + 1e-8) is 1 and -0.99999
    "ex-learn-adam": [0.9, 2.099999],
    "ex-learn-bug": float(((0.2 * sums(TEN, 0.5) - TEN.sum(axis=1)) ** 2).mean()),
    "ex-learn-loop": descended(5),
    # a gradient of 0, a loss that only falls in training, a jump, a straight line
    "ex-learn-curves": [3, 4, 1, 2],
    # of 24 answers 18 are right, and 3 of the other 6 by luck
    "ex-tasks-border": 21 / 24,
    # 32 streams of 320 / 10 = 32 chunks
    "ex-tasks-shape": (1024, 10, 1),
    # x - 0.4 x = 1.2
    "ex-tasks-settle": 2,
    # exp(log 4 / 2) = 2, of 1 + 2
    "ex-tasks-temperature": 2 / 3,
    # e^4, e^2 and 1 are 54.598150, 7.389056 and 1; their sum is 62.987206
    "ex-tasks-bug": [0.866813, 0.117310, 0.015876],
    # h = 2;  0.5 + 1;  0.375 + 0.75;  0.28125 + 0.5625; a quarter of each
    "ex-tasks-code": [0.5, 0.375, 0.28125, 0.2109375],
    # one block 3*7 + 7*7 + 7 = 77; four of them
    "ex-layers-parameters": 308,
    # 4 sequences, 12 steps, 10 units twice
    "ex-layers-shape": (4, 12, 20),
    # row 0: the second gradient;  row 1: none;  row 2: (1, 0) + (-4, 3)
    "ex-layers-table": [[2, 1], [0, 0], [-3, 3]],
    # columns of the transposes; b = (0.4, 0.1)
    # z_1 = (0.5 - 0.15 + 0.4, 0.1 + 0.2 + 0.1) = (0.75, 0.4), h_1 = (0.635149, 0.379949)
    # z_2 = (-0.25 - 0.3 + 0.381089 - 0.075990 + 0.4, -0.05 + 0.4 + 0.190545 + 0.189974 + 0.1)
    #     = (0.155100, 0.830519)
    "ex-layers-bug": [[0.153868, 0.680755]],
    # 3000*16 = 48000;  16*50 + 2500 + 50 = 3350;  50 + 1
    "ex-reviews-parameters": 48000 + 3350 + 51,
    # 2;  4 + 1;  held twice
    "ex-reviews-mask": [[2, 5, 5, 5]],
    # words 1, 3 and 4 of the first, of 4 + 1 words
    "ex-reviews-metric": 0.6,
    # c = 0.75*2 + 0.5*0.6 = 1.8; tanh(1.8) = 0.946806, and a half of it
    "ex-memory-step": 0.473403,
    # f = exp(-ln 2 / 40) = 0.982821; f / (1 - f) = 57.209; ln of that
    "ex-memory-bias": 4.046716,
    # 4 (45 + 81 + 9)
    "ex-memory-count": 540,
    # sums 1, 2, 0.5, 0: c = 0.880797*2 + 0.731059*0.462117 = 2.099429; h = 0.5*0.970419
    "ex-memory-bug": [[0.485209, 2.099429]],
    # x V_x + b = (-0.3, -0.1, 0.1, 0.3, 0.5, 0.7); h V_h + b' = (0.2, 0.2, -0.3, -0.3, -0.3, -0.3)
    # z = s(-0.1, 0.1) = (0.475021, 0.524979), r = s(-0.2, 0) = (0.450166, 0.5)
    # new = tanh(0.5 - 0.3 r_1, 0.7 - 0.3 r_2) = tanh(0.364950, 0.55) = (0.349564, 0.500520)
    # h = 0.5 z + (1 - z) new
    "ex-memory-code": [[0.421026, 0.500247]],
    # s(-a) = 1 - s(a)
    "ex-memory-z": [-2, 0.5, -1],
}

# What each slip gives, by hand, in the order of EXERCISES.
SLIPS_BY_HAND = {
    # z itself; relu of z - b = (-1.5, -2, 3)
    "ex-mlp-by-hand": [[-1, -2, 2], [0, 0, 3]],
    "ex-mlp-shapes": [
        [(32, 128), (32, 64), (32, 10)],
        [(784, 32), (128, 32), (64, 32), (10, 32)],
    ],
    # 100480 - 128 + 8256 - 64 + 650 - 10;  109386 * 32
    "ex-mlp-parameters": [109184, 3500352],
    # half of the answer;  each row summed: 0.5 - 1, 2 + 0.25;  the table itself
    "ex-mlp-bias-gradient": [[1.25, -0.375], [-0.5, 2.25], [[0.5, -1], [2, 0.25]]],
    # each row of the answer less b
    "ex-mlp-bias": [[[0.5, -1, 2], [1, 0.5, -0.5], [1.5, -0.5, 1.5], [0, -2.5, 4.5]]],
    "ex-states-by-hand": [
        [[0, 2.5, 2, 6.5]],  # 2 + 0 + 0.5;  -1 + 2.5 + 0.5;  4 + 2 + 0.5
        [[0, 1, 0.5, 2.5]],  # 2*0.5 + 0*1;  -1*0.5 + 1*1;  4*0.5 + 0.5*1
        [[2, 0, 4]],
        [0, 2, 0, 4],
    ],
    # from 0: h_1 = 6;  h_2 = -2 - 3
    "ex-states-h0": [[[0, 6, -5]], [[5.5, -4.75]]],
    "ex-states-shape": [(16, 40, 12), (16, 12), (16, 41, 8)],
    # k = 0 reads S[:, -1], still 0: 2;  k = 1 reads h_0: -1;  k = 2 reads h_1: 4 + 2*0.5
    "ex-states-bug": [[[0, 2, -1, 5]], [[0, 2.5, 2, 6.5]]],
    # 33*100;  132*100;  13300*250
    "ex-states-parameters": [3300, 13200, 3325000],
    # 0.01/10;  (10^-2)^10;  1 - 0.099
    "ex-states-halflife": [0.001, 1e-20, 0.901],
    "ex-act-by-hand": [
        [[0, 2, -3, -0.5]],  # 2;  -4 + 1;  1 - 1.5
        [[0, 2, 1, 1.5]],  # 2 + 0;  0 + 1;  1 + 0.5
        [[0, 2.5, 0, 1.5]],  # 2 + 0 + 0.5;  -4 + 2.5 + 0.5 = -1;  1 + 0 + 0.5
        [[2, 0, 1]],
    ],
    # 1 - 0.36;  tanh(0.6) = 0.537050, 2 * (1 - 0.288422);  2 * 0.6 * 0.4;  2 * 0.4
    "ex-act-slope": [0.64, 1.423155, 0.48, 0.8],
    "ex-act-shape": [(8, 12), (12, 320), (40, 12), (320, 480)],
    "ex-act-two-memories": [1, 0.25, 2],
    "ex-act-flip": [-0.957504, 1.915008, -2],
    # the same three steps, by the four updates
    "ex-act-bug": [
        # h_1 as above;  h_2 = tanh(-.05, .55, -.9) + (.342233, -.222431, -.106885)
        # h_3 = tanh(.25, -.55, .5) + (.341110, -.084047, -.658236)
        [0.586029, -0.584567, -0.196119],
        # z_3 as above, with tanh(z_2) before the product, from h_1 = z_1 = (.65, -.1, -.3)
        [0.591861, -0.601564, -0.133244],
        [0.573238, -0.558435, -0.201771],
        [0.6475, -0.664, -0.2935],
    ],
    # 1.453417 / 1.5³;  1.179672 + .959967 + 1.283431;  1.5 * 1.179672 * .959967
    "ex-act-nudge": [0.430642, 3.423070, 1.698669],
    # the states before;  (4, 1, 2.5) times (1/4, 1/2, 1);  (4, -1, 2) times (1/4, 1/2, 1)
    "ex-bptt-terms": [[0, 4, 1], [1, 0.5, 2.5], [1, -0.5, 2]],
    # 0.25, -0.5, 1: the powers of -0.5
    "ex-bptt-every-step": [[0.25, -0.5, 1], [1, 1, 1], [1, 0.5, 0.75]],
    "ex-bptt-shape": [(12, 12), (16, 40, 12, 12), (40, 8, 12)],
    "ex-bptt-window": [[0.125, 0.25, 0.5, 1], [0, 0, 0, 1], [0, 0.25, 0.5, 1]],
    # dh_2 = dz_3 W_h = (0.545544, 0.408123, 0.475344), dz_2 = (0.501485, 0.367285, 0.197519)
    "ex-bptt-bug": [
        [
            [0.490672, 0.411847, 0.392133],
            [0.177081, 0.188112, 0.291096],
            [-0.694819, -0.650060, -0.808605],
        ]
    ],
    "ex-bptt-step": [
        [0.5, 0.4, 0.8],  # the sums of the rows of W_h
        [0.545544, 0.408123, 0.475344],
        [0.8, 0.5, 0.4],  # the sums of its columns
    ],
    # 27 - 8;  3 * 2^2;  27 - 1
    "ex-gradients-difference": [19, 12, 26],
    # half of 12
    "ex-gradients-bug": [6.000003],
    # 1.25^10;  0.64^10;  0.64 * 1.25
    "ex-gradients-product": [9.313226, 0.011529, 0.8],
    # 0.3 / 30;  0.3^30 = (2.7e-2)^10 = 2.06e-16
    "ex-gradients-thirty": [0.01, 2.06e-16],
    "ex-gradients-shape": [(12, 12), (16, 12)],
    "ex-gradients-clip": [[5, -5], [0.6, -0.8], [6, -8]],
    # W has norm 3, b has norm 4
    "ex-gradients-code": [[1 / 3, 2 / 3, 2 / 3, 0, 1], [1, 1, 1, 0, 1], [1, 2, 2, 0, 4]],
    # uphill;  without step 1;  by 1.5 and 1;  half of it
    "ex-learn-update": [[0.85, 0.4], [1.1, 0.6], [2.5, 1.5], [1.075, 0.55]],
    "ex-learn-softmax": [[0.125, 0.25, 0.625], [-0.125, 0.75, -0.625], [0.125, 0.25, -0.375]],
    # 1/10;  log 2;  1 - 1/10
    "ex-learn-untrained": [0.1, 0.693147, 0.9],
    # 1 - 0.1 · 1000, 2 + 0.1 · 0.001;  the norm is 1000: 1 - 0.1, 2 + 1e-7;  the other way
    "ex-learn-adam": [[-99, 2.0001], [0.9, 2.0000001], [1.1, 1.900001]],
    "ex-learn-bug": [
        float(((0.2 * sums(TEN, 0.5)[:, None] - TEN.sum(axis=1)) ** 2).mean()),
    ],
    "ex-learn-loop": [descended(6)[1:], 5 * descended(1)],
    "ex-learn-curves": [[3, 4, 2, 1], [2, 4, 1, 2], [3, 1, 1, 2]],
    # 18 / 24;  1 - 24 / 12
    "ex-tasks-border": [0.75, -1, 0.5],
    "ex-tasks-shape": [(32, 10, 1), (32, 32, 1), (32, 310, 1)],
    # 1.2 / 1.4 = 6 / 7
    "ex-tasks-settle": [1.2, 0, 0.857143],
    # 4 of 5;  16 of 17;  half of 4 / 5
    "ex-tasks-temperature": [0.8, 0.941176, 0.4],
    "ex-tasks-bug": [
        [0.665241, 0.244728, 0.090031],  # e^2, e and 1 are 7.389056, 2.718282 and 1
        [0.506480, 0.307196, 0.186324],  # e, e^0.5 and 1 are 2.718282, 1.648721 and 1
    ],
    # h = 2, 1, 0.5, 0.25
    "ex-tasks-code": [[0.5, 0.25, 0.125, 0.0625], [2, 0.5, 0.375, 0.28125]],
    # 21 + 49 + 7;  4 * (77 + 7);  4 * (77 - 7)
    "ex-layers-parameters": [77, 336, 280],
    "ex-layers-shape": [(4, 12, 10), (4, 20), (4, 24, 10)],
    # the last gradient of row 2 alone;  the three gradients in their order
    "ex-layers-table": [[[2, 1], [0, 0], [-4, 3]], [[1, 0], [2, 1], [-4, 3]]],
    "ex-layers-bug": [
        # z_1 = (0.5 + 0.05 + 0.1, -0.3 + 0.2 + 0.2) = (0.65, 0.1), h_1 = (0.571670, 0.099668)
        # z_2 = (-0.25 + 0.1 + 0.343002 + 0.029900 + 0.1, 0.15 + 0.4 - 0.114334 + 0.049834 + 0.2)
        [[0.312129, 0.595083]],
        # z_1 = (0.95, 0), h_1 = (0.739783, 0)
        # z_2 = (-0.15 + 0.443870 + 0.4, 0.55 - 0.147957 + 0.1)
        [[0.600462, 0.463723]],
        # z_1 = (0.35 + 0.1, 0.3 + 0.2), h_1 = (0.421899, 0.462117)
        # z_2 = (-0.55 + 0.253139 - 0.092423 + 0.1, 0.35 + 0.126570 + 0.231059 + 0.2)
        [[-0.281476, 0.719992]],
    ],
    # 51401 + 50;  51401 - 48000;  51401 - 1
    "ex-reviews-parameters": [51451, 3401, 51400],
    # 7 + 2.5, 9 + 4.75;  zeros;  5 halved twice
    "ex-reviews-mask": [[[2, 5, 9.5, 13.75]], [[2, 5, 0, 0]], [[2, 5, 2.5, 1.25]]],
    # 6 of 8;  the mean of 3/4 and 0
    "ex-reviews-metric": [0.75, 0.375],
    # 1.8 / 2;  tanh(1.8);  c = 0.5*2 + 0.75*0.6 = 1.45, tanh(1.45) / 2
    "ex-memory-step": [0.9, 0.946806, 0.447846],
    # the gate;  ln 40;  ln(0.0125 / 0.9875)
    "ex-memory-bias": [0.982821, 3.688879, -4.369448],
    # 45 + 81 + 9;  540 + 36;  3 * 135
    "ex-memory-count": [135, 576, 405],
    # o = s(0.5) = 0.622459, candidate tanh(0) = 0: c = 1.761594, h = 0.622459*0.942671
    "ex-memory-bug": [[[0.586780, 1.761594]]],
    "ex-memory-code": [
        [[0.464346, 0.538000]],  # new = tanh(0.7 - s, 0.9 - s), s = (0.450166 + 0.5) / 4 = 0.237542
        [[0.469637, 0.534045]],  # new = tanh(0.7 - 0.5*0.450166, 0.9 - 0.5*0.5)
        [[0.428541, 0.500273]],  # 0.5 (1 - z) + z new
    ],
    "ex-memory-z": [[2, -0.5, 1], [-1, 1.5, 0]],
}

each_exercise = pytest.mark.parametrize("name", EXERCISES)
NUMBERS = [name for name, answer in BY_HAND.items() if not isinstance(answer, tuple | list)]
SHAPES = [name for name in BY_HAND if name.endswith(("-shape", "-shapes"))]
ARRAYS = [name for name in BY_HAND if name not in NUMBERS + SHAPES]


def text(name, answer):
    """What `check` says of a wrong answer, less the label."""
    verdict = check(name, answer)
    assert not verdict
    assert repr(verdict) == verdict.text
    return verdict.text.removeprefix(f"{name}: not yet. ")


def test_the_tables_above_leave_no_exercise_out():
    assert list(BY_HAND) == list(SLIPS_BY_HAND) == list(EXERCISES)


@needs_the_book
def test_the_book_checks_every_exercise_and_no_other():
    sources = "".join(path.read_text(encoding="utf-8") for path in BOOK.glob("**/[!.]*.ipynb"))
    assert set(re.findall(r'exercises\.check\(\\"([^"\\]+)\\"', sources)) == set(EXERCISES)


@each_exercise
def test_what_is_expected_is_what_comes_out_by_hand(name):
    expected = EXERCISES[name].expected()
    if name in SHAPES:
        assert expected == BY_HAND[name]
    else:
        assert np.shape(expected) == np.shape(BY_HAND[name])
        assert_allclose(expected, BY_HAND[name], rtol=0, atol=1e-6)


@each_exercise
def test_the_right_answer_is_right(name):
    right = [EXERCISES[name].expected(), BY_HAND[name]]
    if name in ARRAYS:
        right += [np.array(BY_HAND[name]), np.array(BY_HAND[name], np.float32)]
    for answer in right:
        verdict = check(name, answer)
        assert verdict
        assert verdict.correct is True
        assert repr(verdict) == f"{name}: right."


@each_exercise
def test_dots_are_no_answer_yet(name):
    verdict = check(name, ...)
    assert not verdict
    assert repr(verdict).startswith(f"{name}: not answered yet.")


@each_exercise
def test_every_slip_is_recognised_and_explained(name):
    slips = EXERCISES[name].slips
    assert len(slips) == len(SLIPS_BY_HAND[name])
    for (slip, meaning), by_hand in zip(slips, SLIPS_BY_HAND[name]):
        assert text(name, slip()) == text(name, by_hand) == f"This is {meaning}"


# "This is" comes before each, and one sentence after it.
OPENINGS = (
    r"(what|the|a|all of|each of|half of|only|still (what|the|half)|where it would|right but"
    r"|S without|minus|W_h times|a tenth of|a thirtieth of|1 (divided by|minus)|0, which is"
    r"|one too few|PyTorch's count|y − p|still temperature)\b"
)


@each_exercise
def test_a_verdict_goes_on_from_this_is_and_ends_a_sentence(name):
    for _, meaning in EXERCISES[name].slips:
        assert re.match(OPENINGS, meaning), meaning
        assert re.search(r"[.?]$", meaning), meaning


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        # all three have the weight, 2, as a factor: 2 (1 - 0.6), 2 * 0.6 * 0.4, 2 (1 - tanh²(0.6))
        ("ex-act-slope", 0.8, "W_h times 1 − h."),
        ("ex-act-slope", 0.48, "W_h times the slope of sigmoid, h (1 − h)."),
        ("ex-act-slope", 1.423155, "W_h times the slope at z = 0.6."),
        # a 0 that was typed is described as well as one that was computed
        ("ex-states-halflife", 0, "0, which is 0.01^10 to three decimals."),
        ("ex-gradients-thirty", 0, "0, which is 0.3^30 to three decimals."),
        # the sums of the right recurrence are what tanh before the product gives
        ("ex-act-bug", [0.591861, -0.601574, -0.133254], "the last sum without its tanh."),
        ("ex-memory-count", 3 * 135, "the count for three parts, as in a GRU with one bias."),
    ],
)
def test_a_verdict_says_what_was_computed(name, answer, said):
    assert text(name, answer).startswith(f"This is {said}")


@each_exercise
def test_no_two_of_an_exercises_answers_are_alike(name):
    exercise = EXERCISES[name]
    answers = [exercise.expected(), *(slip() for slip, _ in exercise.slips)]
    for one, other in combinations(answers, 2):
        assert not same(one, other)
    assert len({meaning for _, meaning in exercise.slips}) == len(exercise.slips)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("off", [-0.01, -0.001, 0.001, 1])
def test_a_number_that_is_off_is_wrong_however_large_it_is(name, off):
    # one bias forgotten among 109386 numbers is a mistake
    assert text(name, BY_HAND[name] + off) == "The number differs."


@pytest.mark.parametrize("off", [-4e-4, 4e-4])
def test_three_decimals_are_enough(off):
    assert check("ex-states-halflife", BY_HAND["ex-states-halflife"] + off)


@pytest.mark.parametrize("name", ARRAYS)
def test_entries_that_differ_are_counted(name):
    answer = np.array(BY_HAND[name], float)
    answer.flat[-1] += 7
    assert text(name, answer) == f"1 of {answer.size} numbers differs."
    answer.flat[0] = np.nan
    assert text(name, answer) == f"2 of {answer.size} numbers differ."


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("shape", [(), (1,), (9, 9), (4, 3, 3)])
def test_another_shape_is_said_to_be_one(name, shape):
    asked = np.shape(BY_HAND[name])
    assert (
        text(name, np.ones(shape)) == f"The answer has shape {asked}, but yours has shape {shape}."
    )


@pytest.mark.parametrize("name", NUMBERS)
def test_one_number_is_asked_for(name):
    assert text(name, [1, 2]) == "The answer is one number, but yours has shape (2,)."


NO_NUMBERS = [
    None,
    True,
    [True, False],
    [None, 1],
    [[1, 2], [3]],
    [..., 1],
    1j,
    [1j],
    np.array([1j]),
    {"a": 1},
    {1, 2},
    print,
]


@each_exercise
def test_what_is_no_answer_is_said_to_be_none(name):
    for answer in NO_NUMBERS:
        said = text(name, answer)
        if name in SHAPES:
            words = r"The answer is a |The right answer has (more|fewer) |\d of \d entries"
            assert re.match(words, said), answer
        else:
            assert said.endswith("but yours is not made of numbers."), answer
        assert as_numbers(answer) is None


TEXTS = [
    "1.28",
    "0,5",
    b"1",
    ["0", "2"],
    [[0, "2"]],
    ("16", 41),
    np.array(["1", "2"]),
    np.str_("1"),
]


@each_exercise
def test_nothing_is_read_from_text(name):
    kinds = r"(is one number|is a shape|is a list of shapes|has shape \(.*\))"
    yours = r"but yours is text\. Write it without quotation marks\."
    for answer in TEXTS:
        assert re.fullmatch(rf"The answer {kinds}, {yours}", text(name, answer)), answer


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("ex-states-shape", 16, "The answer is a shape."),
        ("ex-states-shape", (16, 41), "The right answer has more entries."),
        ("ex-states-shape", (16, 41, 12, 1), "The right answer has fewer entries."),
        ("ex-states-shape", (16, 42, 13), "2 of 3 entries differ."),
        ("ex-states-shape", (None, 41, 12), "1 of 3 entries differs."),
        ("ex-mlp-shapes", 4, "The answer is a list of shapes."),
        ("ex-mlp-shapes", [], "The right answer has more entries."),
        ("ex-mlp-shapes", [784, 128, 64, 10], "4 of 4 entries differ."),
        ("ex-mlp-shapes", [(32, 784), (32, 128), (32, 64), (10,)], "1 of 4 entries differs."),
    ],
)
def test_what_is_wrong_with_a_shape(name, answer, said):
    assert text(name, answer) == said


def test_lists_serve_for_shapes_as_tuples_do():
    assert check("ex-states-shape", [16, 41, 12])
    assert check("ex-mlp-shapes", ([32, 784], [32, 128], [32, 64], [32, 10]))


@pytest.mark.parametrize("name", ["ex-unknown", "", None, "EX-MLP-BIAS"])
def test_an_unknown_label_is_refused_with_those_that_are_known(name):
    message = f"name must be one of {', '.join(EXERCISES)}, got {name!r}."
    with pytest.raises(ValueError, match=rf"\A{re.escape(message)}\Z"):
        check(name, 1)
