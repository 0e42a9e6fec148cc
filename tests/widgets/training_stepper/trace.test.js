import { trace } from "../../../rnncore/widgets/training_stepper/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("training_stepper", trace);
