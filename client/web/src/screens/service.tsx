/** Before a form: what one gets, by when, and what to have at hand. */

import { useLocation } from "wouter-preact";
import { newId } from "../device/ids.ts";
import type { Service } from "../schemas/catalogue.ts";
import { serviceOf } from "../schemas/catalogue.ts";
import { Refused } from "../ui/banner.tsx";
import { cityToday } from "../ui/moments.ts";
import { promised } from "../ui/promised.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { useDeed, useDesk, useLive } from "../ui/use_desk.ts";
import { say, tell } from "../ui/words.ts";

export function ServiceScreen({ code }: { code: string }) {
  const desk = useDesk();
  const [, go] = useLocation();
  const found = useLive(
    async desk => {
      const asked = [desk.city(), desk.person(), desk.promises(), desk.status()] as const;
      const [city, person, promises, { skew }] = await Promise.all(asked);
      return { city, person, promises, skew };
    },
    [code],
  ).value;
  const { run, running, error } = useDeed();
  if (!found) return <Waiting />;
  const { city, person, promises, skew } = found;
  const service = city && serviceOf(city, code);
  if (!city || !service) {
    return (
      <Screen title={say("service_gone")} back="/">
        <p>{say("service_gone_what")}</p>
      </Screen>
    );
  }
  const start = () =>
    run(async () => {
      const id = newId();
      await desk.edit(id, {}, service.code);
      go(`/case/${id}/form`);
    });
  return (
    <Screen title={tell(service.name)} back="/">
      <p class="lead">{tell(service.summary)}</p>
      <h2>{say("service_when")}</h2>
      <p>{promised(service, promises, cityToday(city, skew))}</p>
      <Prepare service={service} />
      <Refused error={error} />
      <p>{say("service_asks", { n: service.fields.filter(field => field.when === null).length })}</p>
      <div class="buttons">
        <button type="button" class="button" onClick={start} disabled={running}>
          {say("service_start")}
        </button>
      </div>
      {person === null && <p class="hint saved">{say("service_no_login")}</p>}
    </Screen>
  );
}

function Prepare({ service }: { service: Service }) {
  const documents = service.documents.filter(document => !document.form);
  if (!documents.length) return null;
  return (
    <>
      <h2>{say("service_prepare")}</h2>
      <ul>
        {documents.map(document => (
          <li key={document.code}>
            {tell(document.label)}
            {(!document.required || document.when) && ` ${say("optional_document")}`}
          </li>
        ))}
      </ul>
      <p class="hint">{say("service_prepare_how")}</p>
    </>
  );
}
