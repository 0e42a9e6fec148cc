import { trace } from "../../../rnncore/widgets/gate_stepper/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("gate_stepper", trace);
