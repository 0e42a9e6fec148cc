import { trace } from "../../../rnncore/widgets/activation_explorer/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("activation_explorer", trace);
