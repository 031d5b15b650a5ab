/** Who this device speaks for, how the app looks and speaks, and what it is made of. */

import { Installing } from "../ui/account/installing.tsx";
import { Liking } from "../ui/account/liking.tsx";
import { Who } from "../ui/account/who.tsx";
import { Refused } from "../ui/banner.tsx";
import { useParts } from "../ui/parts.ts";
import { Screen, Waiting } from "../ui/screen.tsx";
import { useDesk, useLive } from "../ui/use_desk.ts";
import { say, tell } from "../ui/words.ts";

export function MeScreen() {
  const desk = useDesk();
  const { me: Besides } = useParts();
  const { value, error } = useLive(async desk => {
    const [city, person, status] = await Promise.all([desk.city(), desk.person(), desk.status()]);
    return { city, person, status };
  }, []);
  if (!value && !error) return <Waiting />;
  return (
    <Screen title={say("me_title")}>
      <Refused error={error} />
      {value && <Who person={value.person} status={value.status} city={value.city} />}
      {Besides && <Besides />}
      <Liking />
      {desk.kind === "browser" && <Installing />}
      {desk.kind === "browser" && <Tracking />}
      <section>
        <h2>{say("about_head")}</h2>
        <p>{say("about_what")}</p>
        <dl class="facts">
          <dt>{say("about_version")}</dt>
          <dd>{value?.status.version || "–"}</dd>
          <dt>{say("about_areas")}</dt>
          <dd>idn-area-data, Open Database License 1.0</dd>
          {value?.city?.map && (
            <>
              <dt>{say("about_map")}</dt>
              <dd>{tell(value.city.map.attribution)}</dd>
            </>
          )}
        </dl>
      </section>
    </Screen>
  );
}

/** A page of the server, for cases that are not on this device. */
function Tracking() {
  return (
    <section>
      <h2>{say("me_track")}</h2>
      <p>{say("me_track_what")}</p>
      <a class="button secondary" href="/lacak">
        {say("me_track_do")}
      </a>
    </section>
  );
}
