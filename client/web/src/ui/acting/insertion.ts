/** Where a text goes among the words that are there already: at the cursor, with a line apart from what stands around it;
 * nothing that was typed is replaced. */

export interface Insertion {
  /** What is put in, with the line breaks that part it from its neighbours. */
  words: string;
  /** Where, in letters from the beginning. */
  at: number;
}

/** `cursor`: the end of what is selected. */
export function insertion(typed: string, cursor: number, text: string): Insertion {
  const at = Math.min(Math.max(cursor, 0), typed.length);
  const before = typed.slice(0, at);
  const after = typed.slice(at);
  const apart = before.trim() === "" || before.endsWith("\n") ? "" : "\n";
  const behind = after.trim() === "" || after.startsWith("\n") ? "" : "\n";
  return { words: `${apart}${text}${behind}`, at };
}
