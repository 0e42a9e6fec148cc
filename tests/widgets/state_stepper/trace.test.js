import { trace } from "../../../rnncore/widgets/state_stepper/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("state_stepper", trace);
