/** The map: the point is what stands under the mark in its middle, so it works with one thumb and with the arrow keys.
 * A part of its own, since most people answer in words and need not pay for it. */

import {
  control,
  type Map as LeafletMap,
  map as makeMap,
  polygon as makePolygon,
  type Polygon,
  tileLayer,
} from "leaflet";
import leafletStyle from "leaflet/dist/leaflet.css?address";
import { useEffect, useRef, useState } from "preact/hooks";
import type { City } from "../../schemas/catalogue.ts";
import { say, tell } from "../words.ts";
import type { Point } from "./place.tsx";

export interface MapProps {
  city: City;
  point: Point | null;
  /** Corners of an outline, or null where one point is asked for. */
  corners: [number, number][] | null;
  onPoint: (point: Point) => void;
  onCorners: (corners: [number, number][]) => void;
  onClose: () => void;
}

const DEGREES = 1e6;
/** Where the map shows single houses. */
const CLOSE = 18;

function style(): void {
  if (document.querySelector(`link[href="${leafletStyle}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: leafletStyle }));
}

export function MapPicker({ city, point, corners, onPoint, onCorners, onClose }: MapProps) {
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<LeafletMap | null>(null);
  const drawn = useRef<Polygon | null>(null);
  const [blank, setBlank] = useState(false);
  useEffect(() => {
    if (!place.current || !city.map) return;
    style();
    const first = corners?.[0];
    const held: [number, number] | null = point ? [point.lat, point.lon] : (first ?? null);
    const made = makeMap(place.current, { zoomControl: false, keyboard: true });
    control.zoom({ zoomInTitle: say("map_in"), zoomOutTitle: say("map_out") }).addTo(made);
    made.setView(held ?? [city.map.lat, city.map.lon], held ? CLOSE : city.map.zoom);
    tileLayer(city.map.tiles, { maxZoom: 19, attribution: tell(city.map.attribution) })
      .on("tileerror", () => setBlank(true))
      .on("tileload", () => setBlank(false))
      .addTo(made);
    if (corners) drawn.current = makePolygon(corners).addTo(made);
    map.current = made;
    place.current.focus();
    return () => void made.remove();
    // Made once: afterwards the map itself knows where it is.
  }, []);
  useEffect(() => void drawn.current?.setLatLngs(corners ?? []), [corners]);
  const middle = (): [number, number] => {
    const centre = map.current?.getCenter();
    const exact = (degrees: number) => Math.round(degrees * DEGREES) / DEGREES;
    return [exact(centre?.lat ?? 0), exact(centre?.lng ?? 0)];
  };
  const use = () => {
    const [lat, lon] = middle();
    onPoint({ lat, lon });
  };
  return (
    <div>
      <p class="hint" id="map-how">
        {say(corners ? "map_how_outline" : "map_how")}
      </p>
      {blank && <p role="status">{say("map_blank")}</p>}
      <div class="map-frame">
        <div
          ref={place}
          style={{ height: "100%" }}
          role="application"
          aria-label={say("map")}
          aria-describedby="map-how"
        />
        <svg class="map-cross" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 23C8 17 5 13.5 5 10a7 7 0 0 1 14 0c0 3.5-3 7-7 13z" />
        </svg>
      </div>
      <div class="buttons">
        {corners ? (
          <>
            <button type="button" class="button" onClick={() => onCorners([...corners, middle()])}>
              {say("outline_add")}
            </button>
            <button
              type="button"
              class="button secondary"
              disabled={!corners.length}
              onClick={() => onCorners(corners.slice(0, -1))}
            >
              {say("outline_undo")}
            </button>
          </>
        ) : (
          <button type="button" class="button" onClick={use}>
            {say("map_use")}
          </button>
        )}
        <button type="button" class="button secondary" onClick={onClose}>
          {say("map_close")}
        </button>
      </div>
    </div>
  );
}
