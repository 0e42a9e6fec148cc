import { agreesWithPython } from "../../support/cases.js";
import { trace } from "./trace.js";

agreesWithPython("layer_reader", trace, { least: 2000 });
