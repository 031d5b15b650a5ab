/** One line to write in, with its label, hint and problem tied to it. */

interface Props {
  id: string;
  label: string;
  hint?: string;
  problem?: string | undefined;
  type?: "text" | "password";
  autocomplete: "username" | "current-password" | "new-password" | "name" | "off";
  /** Which keys a screen keyboard shows. */
  keys?: "numeric" | "url" | undefined;
  value: string;
  onInput: (value: string) => void;
}

export function TextField({ id, label, hint, problem, type = "text", autocomplete, keys, value, onInput }: Props) {
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  const plain = ["username", "off"].includes(autocomplete)
    ? { autocapitalize: "none" as const, spellcheck: false }
    : {};
  return (
    <div class={problem ? "field bad" : "field"}>
      <label class="label" for={id}>
        {label}
      </label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p class="error-text" id={`${id}-problem`}>
          {problem}
        </p>
      )}
      <input
        {...plain}
        id={id}
        name={id}
        type={type}
        autocomplete={autocomplete}
        inputMode={keys}
        required
        value={value}
        aria-invalid={problem ? "true" : undefined}
        aria-describedby={described || undefined}
        onInput={event => onInput(event.currentTarget.value)}
      />
    </div>
  );
}
