import cases from "./cases.json";
import errors from "./errors.json";
import filing from "./filing.json";
import frame from "./frame.json";

export default { ...frame, ...filing, ...cases, ...errors };
