import { trace } from "../../../rnncore/widgets/layer_reader/trace.js";
import { agreesWithPython } from "../../support/cases.js";

agreesWithPython("layer_reader", trace, { least: 2000 });
