import { trace } from "../../../rnncore/widgets/break_the_gradient/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("break_the_gradient", trace);
