import { trace } from "../../../rnncore/widgets/mlp_stepper/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("mlp_stepper", trace);
