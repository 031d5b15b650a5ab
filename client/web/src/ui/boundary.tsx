/** A fault of ours in one screen does not take the others along, and what was typed is on the disk. */

import { Component, type ComponentChildren } from "preact";
import { Screen } from "./screen.tsx";
import { say } from "./words.ts";

interface Props {
  children: ComponentChildren;
}

export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  override componentDidCatch(error: Error): void {
    console.error(error);
    this.setState({ error });
  }

  render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Screen title={say("fault")}>
        <p>{say("fault_what")}</p>
        <details class="why">
          <summary>{say("fault_detail")}</summary>
          <div>{String(error.message)}</div>
        </details>
        <div class="buttons">
          <button type="button" class="button" onClick={() => location.reload()}>
            {say("try_again")}
          </button>
        </div>
      </Screen>
    );
  }
}
