"""One step of an LSTM or a GRU with any of the slips: what each of them computes."""

from itertools import permutations
from typing import ClassVar

import numpy as np

from rnncore.activations import hard_sigmoid, sigmoid, tanh
from rnncore.diagnose.slips import Slip

BIAS = "db += dz.sum(axis=0)"
PLACE = "08_memory.ipynb"


class LSTM:
    """What an LSTM computes in one step, and the ways to arrange it.

    A setup is (order of the gates, extra bias of the forget gate, recurrent activation).
    """

    name, gates, arguments = "lstm", 4, ("X", "h0", "c0", "W_x", "W_h", "b")
    results = ("h", "c")
    forward_slips: ClassVar = {
        "no_input_gate": Slip("without the input gate", "c = f * c_prev + i * g", PLACE),
        "no_forget_gate": Slip("without the forget gate", "c = f * c_prev + i * g", PLACE),
        "no_output_gate": Slip("without the output gate", "h = o * np.tanh(c)", PLACE),
        "no_output_tanh": Slip(
            "when h is o * c, without tanh of the cell state",
            "h = o * np.tanh(c)",
            PLACE,
        ),
        "old_cell": Slip(
            "when h is computed from c_t−1, before the cell state is updated",
            "h = o * np.tanh(c)  # of the new c",
            PLACE,
        ),
        "candidate_sigmoid": Slip(
            "with sigmoid in place of tanh in the candidate", "g = np.tanh(z_g)", PLACE
        ),
        "forget_turned": Slip("with 1 − f in place of f", "c = f * c_prev + i * g", PLACE),
        "gates_ignore_h": Slip(
            "when the gates do not read h_t−1", "z = x @ W_x + h_prev @ W_h + b", PLACE
        ),
        "no_bias": Slip("without the bias", "z = x @ W_x + h_prev @ W_h + b", PLACE),
    }
    backward_slips: ClassVar = {
        "no_dc": Slip(
            "when the gradient that arrives at c_t from later steps is dropped",
            "dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)",
            PLACE,
        ),
        "no_dh": Slip(
            "when the cell state gets no gradient from h_t",
            "dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)",
            PLACE,
        ),
        "no_tanh_slope": Slip(
            "without the slope of the tanh between c_t and h_t",
            "dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)",
            PLACE,
        ),
        "tanh_slope_of_c": Slip(
            "with 1 − c² in place of 1 − tanh(c)²",
            "dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)",
            "mistakes.ipynb#mistake-slope",
        ),
        "new_cell": Slip(
            "with c_t in place of c_t−1 in the gradient of the forget gate",
            "df = dc * c_prev",
            "mistakes.ipynb#mistake-state",
        ),
        "output_cell": Slip(
            "with c in place of tanh(c) in the gradient of the output gate",
            "do = dh * np.tanh(c)",
            PLACE,
        ),
        "no_gate_slopes": Slip(
            "without the slopes of the gates",
            "dz_f = df * f * (1 - f)  # and so for i and o",
            "mistakes.ipynb#mistake-slope",
        ),
        "no_candidate_slope": Slip(
            "without the slope of the candidate",
            "dz_g = dg * (1 - g ** 2)",
            "mistakes.ipynb#mistake-slope",
        ),
        "no_forget_back": Slip(
            "when dc goes back to c_t−1 without the forget gate",
            "dc_prev = dc * f",
            PLACE,
        ),
        "only_next_back": Slip(
            "when only dc_next goes back to c_t−1, without what came through h_t",
            "dc_prev = dc * f  # dc holds both",
            "mistakes.ipynb#mistake-future",
        ),
        "same_state": Slip(
            "with h_t in place of h_t−1 in the gradient of W_h",
            "dW_h += h_prev.T @ dz",
            "mistakes.ipynb#mistake-state",
        ),
        "bias_mean": Slip("when db is averaged over the batch", BIAS, "01_mlp.ipynb"),
        "bias_no_batch": Slip("without the sum over the batch", BIAS, "01_mlp.ipynb"),
        "negative": Slip("with the opposite sign", "W -= learning_rate * dW", "06_learning.ipynb"),
    }
    setups: ClassVar = [
        (order, extra, gate)
        for gate in (sigmoid, hard_sigmoid)
        for extra in (0.0, 1.0)
        for order in sorted(permutations("ifgo"), key=lambda o: o != tuple("ifgo"))
    ]

    @staticmethod
    def words(setup):
        """Say how a setup is arranged, in the names of its conventions."""
        order, extra, gate = setup
        orders = {"ifgo": "as in Keras and PyTorch", "ifog": "as in CS231n", "igfo": "as in TF 1"}
        said = {"order " + " ".join(order): orders.get("".join(order), "an order of your own")}
        if extra:
            said["forget bias 1"] = "added when the network runs, as in TF 1"
        if gate is hard_sigmoid:
            said["hard_sigmoid"] = "in the gates, as in old Keras"
        return said

    @staticmethod
    def forward(p, setup, slips=()):
        """Return h, c and what the backward pass needs."""
        order, extra, gate = setup
        h_prev = np.zeros(p["h0"].shape) if "gates_ignore_h" in slips else p["h0"]
        b = 0.0 if "no_bias" in slips else p["b"] + p.get("b2", 0.0)
        z = dict(zip(order, np.split(p["X"][:, 0] @ p["W_x"] + h_prev @ p["W_h"] + b, 4, axis=1)))
        i, f, o = gate.value(z["i"]), gate.value(z["f"] + extra), gate.value(z["o"])
        g = gate.value(z["g"]) if "candidate_sigmoid" in slips else tanh.value(z["g"])
        keep = 1.0 if "no_forget_gate" in slips else 1 - f if "forget_turned" in slips else f
        c = keep * p["c0"] + (1.0 if "no_input_gate" in slips else i) * g
        inner = p["c0"] if "old_cell" in slips else c
        inner = inner if "no_output_tanh" in slips else np.tanh(inner)
        h = (1.0 if "no_output_gate" in slips else o) * inner
        return {"h": h, "c": c}, (i, f, g, o, c, h)

    @classmethod
    def backward(cls, p, setup, slips=()):
        """Return the gradients of one step, right or with slips."""
        order, _, gate = setup
        _, (i, f, g, o, c, h) = cls.forward(p, setup)
        slope = np.ones_like if "no_gate_slopes" in slips else gate.slope
        bend = 1.0 if "no_tanh_slope" in slips else 1 - np.tanh(c) ** 2
        bend = 1 - c**2 if "tanh_slope_of_c" in slips else bend
        dh, dc = p["dh"], 0.0 if "no_dc" in slips else p["dc"]
        total = dc + (0.0 if "no_dh" in slips else dh * o * bend)
        dz = {
            "i": total * g * slope(i),
            "f": total * (c if "new_cell" in slips else p["c0"]) * slope(f),
            "g": total * i * (1.0 if "no_candidate_slope" in slips else 1 - g**2),
            "o": dh * (c if "output_cell" in slips else np.tanh(c)) * slope(o),
        }
        back = p["dc"] if "only_next_back" in slips else total
        dc0 = back * (1.0 if "no_forget_back" in slips else f)
        dz = np.concatenate([dz[kind] for kind in order], axis=1)
        return weights(p, dz, h, slips) | {"dc0": sign(slips) * dc0 * np.ones(f.shape)}


def sign(slips):
    return -1.0 if "negative" in slips else 1.0


def weights(p, dz, h, slips):
    """Return what follows from the gradient of the sums, dz (batch, gates · units)."""
    before = h if "same_state" in slips else p["h0"]
    db = dz if "bias_no_batch" in slips else dz.sum(axis=0)
    found = {
        "dX": (dz @ p["W_x"].T)[:, np.newaxis],
        "dh0": dz @ p["W_h"].T,
        "dW_x": p["X"][:, 0].T @ dz,
        "dW_h": before.T @ dz,
        "db": dz.mean(axis=0) if "bias_mean" in slips else db,
    }
    return {name: sign(slips) * array for name, array in found.items()}


class GRU:
    """What a GRU computes in one step, and the ways to arrange it.

    A setup is (order of the gates, whether r multiplies after the product, whether z is the
    share of the old state, recurrent activation).
    """

    name, gates, arguments = "gru", 3, ("X", "h0", "W_x", "W_h", "b")
    results = ("h",)
    forward_slips: ClassVar = {
        "no_reset": Slip(
            "without the reset gate",
            "n = np.tanh(x @ W_n + (r * h_prev) @ U_n + b_n)",
            PLACE,
        ),
        "candidate_sigmoid": Slip(
            "with sigmoid in place of tanh in the candidate", "n = np.tanh(z_n)", PLACE
        ),
        "no_old": Slip(
            "when the old state is left out of the new one",
            "h = z * h_prev + (1 - z) * n",
            PLACE,
        ),
        "no_share": Slip(
            "when the candidate is added whole", "h = z * h_prev + (1 - z) * n", PLACE
        ),
        "gates_ignore_h": Slip(
            "when the gates do not read h_t−1", "z = x @ W_x + h_prev @ W_h + b", PLACE
        ),
        "no_bias": Slip("without the bias", "z = x @ W_x + h_prev @ W_h + b", PLACE),
    }
    backward_slips: ClassVar = {
        "no_old_back": Slip(
            "when what the update gate keeps brings no gradient back",
            "dh_prev = dh * z + …",
            PLACE,
        ),
        "only_old_back": Slip(
            "when only what the update gate keeps brings a gradient back",
            "dh_prev = dh * z + dz @ W_h.T …",
            PLACE,
        ),
        "no_reset_path": Slip(
            "without the path through the reset gate",
            "dr = …  # r was computed from h_prev, too",
            PLACE,
        ),
        "update_new_only": Slip(
            "when the gradient of the update gate forgets the old state",
            "dz = dh * (h_prev - n)",
            PLACE,
        ),
        "update_sign": Slip(
            "with the sign of the update gate's gradient turned round",
            "dz = dh * (h_prev - n)",
            PLACE,
        ),
        "no_gate_slopes": Slip(
            "without the slopes of the gates",
            "dz = dz * z * (1 - z)",
            "mistakes.ipynb#mistake-slope",
        ),
        "no_candidate_slope": Slip(
            "without the slope of the candidate",
            "dn = dn * (1 - n ** 2)",
            "mistakes.ipynb#mistake-slope",
        ),
        "bias_mean": Slip("when db is averaged over the batch", BIAS, "01_mlp.ipynb"),
        "bias_no_batch": Slip("without the sum over the batch", BIAS, "01_mlp.ipynb"),
        "negative": Slip("with the opposite sign", "W -= learning_rate * dW", "06_learning.ipynb"),
    }
    setups: ClassVar = [
        (order, after, keeps, gate)
        for gate in (sigmoid, hard_sigmoid)
        for keeps in (True, False)
        for after in (True, False)
        for order in sorted(permutations("zrn"), key=lambda o: o != tuple("zrn"))
    ]

    @staticmethod
    def words(setup):
        """Say how a setup is arranged, in the names of its conventions."""
        order, after, keeps, gate = setup
        orders = {"zrn": "as in Keras", "rzn": "as in PyTorch"}
        said = {"order " + " ".join(order): orders.get("".join(order), "an order of your own")}
        said["reset after" if after else "reset before"] = (
            "the product, as in Keras and PyTorch" if after else "the product with the state"
        )
        if not keeps:
            said["z is the new share"] = "h = (1 − z) h_prev + z n"
        if gate is hard_sigmoid:
            said["hard_sigmoid"] = "in the gates, as in old Keras"
        return said

    @staticmethod
    def forward(p, setup, slips=()):
        """Return h and what the backward pass needs."""
        order, after, keeps, gate = setup
        b = 0.0 if "no_bias" in slips else p["b"]
        of_x = dict(zip(order, np.split(p["X"][:, 0] @ p["W_x"] + b, 3, axis=1)))
        b2 = np.split(np.broadcast_to(p.get("b2", 0.0), p["b"].shape), 3)
        U, b2 = dict(zip(order, np.split(p["W_h"], 3, axis=1))), dict(zip(order, b2))
        h = p["h0"]
        seen = np.zeros(h.shape) if "gates_ignore_h" in slips else h
        z, r = (gate.value(of_x[kind] + seen @ U[kind] + b2[kind]) for kind in "zr")
        r = np.ones(r.shape) if "no_reset" in slips else r
        inner = h @ U["n"] + b2["n"]
        sums = of_x["n"] + (r * inner if after else (r * h) @ U["n"] + b2["n"])
        n = gate.value(sums) if "candidate_sigmoid" in slips else np.tanh(sums)
        share = z if keeps else 1 - z
        new = (1.0 if "no_share" in slips else 1 - share) * n
        h_t = (0.0 if "no_old" in slips else share * h) + new
        return {"h": h_t}, (z, r, n, inner, U, share)

    @classmethod
    def backward(cls, p, setup, slips=()):
        """Return the gradients of one step, right or with slips."""
        order, after, keeps, gate = setup
        _, (z, r, n, inner, U, share) = cls.forward(p, setup)
        h, dh = p["h0"], p["dh"]
        slope = np.ones_like if "no_gate_slopes" in slips else gate.slope
        dn = dh * (1 - share) * (1.0 if "no_candidate_slope" in slips else 1 - n**2)
        old = 0.0 if "update_new_only" in slips else h
        turned = (1.0 if keeps else -1.0) * (-1.0 if "update_sign" in slips else 1.0)
        dz = turned * dh * (old - n) * slope(z)
        back = dn @ U["n"].T
        dr = (dn * inner if after else back * h) * slope(r)
        dr = 0.0 * dr if "no_reset_path" in slips else dr
        ds = {"z": dz, "r": dr, "n": dn}
        through = (dn * r) @ U["n"].T if after else back * r
        through = through + dz @ U["z"].T + dr @ U["r"].T
        kept = 0.0 if "no_old_back" in slips else dh * share
        through = 0.0 * through if "only_old_back" in slips else through
        d = np.concatenate([ds[kind] for kind in order], axis=1)
        of_h = {"z": h.T @ dz, "r": h.T @ dr, "n": h.T @ (dn * r) if after else (r * h).T @ dn}
        d_state = np.concatenate([{**ds, "n": dn * r if after else dn}[k] for k in order], axis=1)
        found = weights(p, d, h, [s for s in slips if s != "same_state"])
        found["dh0"] = sign(slips) * (kept + through)
        found["dW_h"] = sign(slips) * np.concatenate([of_h[kind] for kind in order], axis=1)
        found["db2"] = sign(slips) * d_state.sum(axis=0)
        return found


FORMS = {"lstm": LSTM, "gru": GRU}
