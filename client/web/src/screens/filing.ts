/** The screens of filling in a form, loaded together. */

export { CheckScreen } from "./check.tsx";
export { QuestionScreen } from "./question.tsx";
export { TasksScreen } from "./tasks.tsx";
