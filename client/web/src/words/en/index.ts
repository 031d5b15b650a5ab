import cases from "./cases.json";
import enrolment from "./enrolment.json";
import errors from "./errors.json";
import files from "./files.json";
import filing from "./filing.json";
import frame from "./frame.json";
import syncing from "./syncing.json";
import work from "./work.json";

export default { ...frame, ...filing, ...cases, ...work, ...syncing, ...files, ...enrolment, ...errors };
