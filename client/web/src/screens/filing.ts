/** The screens of filling in a form, loaded together. */

import "../words/later.ts";

export { CheckScreen } from "./check.tsx";
export { DocumentScreen } from "./document.tsx";
export { QuestionScreen } from "./question.tsx";
export { TasksScreen } from "./tasks.tsx";
