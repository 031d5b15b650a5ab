/** Opens the device's store, then shows the screen that the address names. */

import { useEffect, useState } from "preact/hooks";
import { Redirect, Route, Router, Switch } from "wouter-preact";
import { useHashLocation } from "wouter-preact/use-hash-location";
import type { Desk } from "../desk.ts";
import { HomeScreen } from "../screens/home.tsx";
import { ServiceScreen } from "../screens/service.tsx";
import { register } from "../update.ts";
import { Boundary } from "./boundary.tsx";
import { explained } from "./errors.ts";
import { Frame } from "./frame.tsx";
import { lazy, loadAhead } from "./lazy.tsx";
import { usePreferences } from "./preferences.ts";
import { Screen } from "./screen.tsx";
import { DeskProvider } from "./use_desk.ts";
import { say } from "./words.ts";

const TasksScreen = lazy(async () => (await import("../screens/filing.ts")).TasksScreen);
const QuestionScreen = lazy(async () => (await import("../screens/filing.ts")).QuestionScreen);
const DocumentScreen = lazy(async () => (await import("../screens/filing.ts")).DocumentScreen);
const CheckScreen = lazy(async () => (await import("../screens/filing.ts")).CheckScreen);
const CaseScreen = lazy(async () => (await import("../screens/cases.ts")).CaseScreen);
const ActScreen = lazy(async () => (await import("../screens/cases.ts")).ActScreen);
const ChooseScreen = lazy(async () => (await import("../screens/cases.ts")).ChooseScreen);
const WorkScreen = lazy(async () => (await import("../screens/cases.ts")).WorkScreen);
const SyncScreen = lazy(async () => (await import("../screens/device.ts")).SyncScreen);
const EnrolScreen = lazy(async () => (await import("../screens/device.ts")).EnrolScreen);
const MeScreen = lazy(async () => (await import("../screens/device.ts")).MeScreen);

export function App({ desk }: { desk: Desk }) {
  const { language } = usePreferences();
  const [broken, setBroken] = useState<{ error: unknown } | null>(null);
  useEffect(() => {
    desk.start().catch((error: unknown) => setBroken({ error }));
    // One after the other: on a slow line, what is likeliest to be asked for next must not wait for the rest.
    void loadAhead().then(() => (desk.kind === "browser" ? register() : undefined));
  }, [desk]);
  if (broken) return <Closed error={broken.error} kind={desk.kind} />;
  return (
    <DeskProvider value={desk}>
      <Router hook={useHashLocation} key={language}>
        <Frame>
          <Boundary>
            <Screens />
          </Boundary>
        </Frame>
      </Router>
    </DeskProvider>
  );
}

function Screens() {
  return (
    <Switch>
      <Route path="/" component={HomeScreen} />
      <Route path="/new/:service">{({ service }) => <ServiceScreen code={service} />}</Route>
      <Route path="/case/:id/form">{({ id }) => <TasksScreen id={id} />}</Route>
      <Route path="/case/:id/form/check">{({ id }) => <CheckScreen id={id} />}</Route>
      <Route path="/case/:id/form/file/:document">
        {({ id, document }) => <DocumentScreen id={id} code={document} />}
      </Route>
      <Route path="/case/:id/form/:field">{({ id, field }) => <QuestionScreen id={id} name={field} />}</Route>
      <Route path="/case/:id/act/:action">{({ id, action }) => <ActScreen id={id} code={action} />}</Route>
      <Route path="/case/:id/choose">{({ id }) => <ChooseScreen id={id} />}</Route>
      <Route path="/case/:id">{({ id }) => <CaseScreen id={id} />}</Route>
      <Route path="/work/:id?">{({ id }) => <WorkScreen open={id} />}</Route>
      <Route path="/sync">
        <SyncScreen />
      </Route>
      <Route path="/gabung/:code?/:fingerprint?">{({ code }) => <EnrolScreen key={code} code={code ?? null} />}</Route>
      <Route path="/me">
        <MeScreen />
      </Route>
      <Route>
        <Redirect to="/" />
      </Route>
    </Switch>
  );
}

/** The store cannot be opened: nothing may be typed that would not be kept. */
function Closed({ error, kind }: { error: unknown; kind: Desk["kind"] }) {
  return (
    <main>
      <Screen title={say("closed")}>
        <p role="alert">{explained(error)}</p>
        <div class="buttons">
          <button type="button" class="button" onClick={() => location.reload()}>
            {say("try_again")}
          </button>
          {kind === "browser" && (
            <a class="button secondary" href="/lapor">
              {say("closed_without")}
            </a>
          )}
        </div>
      </Screen>
    </main>
  );
}
