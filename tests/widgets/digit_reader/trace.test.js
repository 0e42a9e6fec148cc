import { trace } from "../../../rnncore/widgets/digit_reader/trace.js";
import { agreesWithPython } from "../../support/cases.js";

const whole = (values, limits) => trace({ ...values, weights: limits.weights });

function answers(values, limits) {
  const { h, logits, p, says } = whole(values, limits);
  return { h, logits, p, says };
}

agreesWithPython("digit_reader", answers);
agreesWithPython("digit_reader_whole", whole, { least: 30 });
