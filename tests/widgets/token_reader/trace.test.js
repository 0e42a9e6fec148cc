import { trace } from "../../../rnncore/widgets/token_reader/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("token_reader", (values, limits) => {
  const { weights } = limits;
  const run = trace({ ...values, weights }, limits);
  return Object.fromEntries(Object.entries(run).filter(([name]) => !(name in weights)));
});
