import type { JsonObject } from "../../src/base/json.ts";
import { type Asked, objectAt, type StandIn, startStandIn, type Told } from "./stand-in.ts";

const museum = {
  type: "way",
  id: 22,
  center: { lat: 47.379, lon: 8.54 },
  tags: {
    name: "Landesmuseum",
    tourism: "museum",
    "addr:street": "Museumstrasse",
    "addr:housenumber": "2",
    "addr:city": "Zürich",
    website: "https://museum.example",
  },
} as const;
const park = { type: "node", id: 33, lat: 47.36, lon: 8.54, tags: { name: "Arboretum", leisure: "park" } } as const;
const elements: readonly JsonObject[] = [museum, park];

/** Nominatim and Overpass as one server; it asks who is there, as their terms do. */
export async function startOsm(): Promise<StandIn> {
  return await startStandIn((asked) => {
    if (!(asked.headers["user-agent"] ?? "").includes("@")) return { status: 403, body: { error: "Say who you are" } };
    switch (asked.path) {
      case "/search":
        return search(asked.query);
      case "/reverse":
        return reverse(asked.query);
      case "/lookup":
        return { status: 200, body: asked.query.get("osm_ids") === "W22" ? [found] : [] };
      case "/api/interpreter":
        return overpass(asked);
      default:
        return { status: 404, body: { error: "Not Found" } };
    }
  });
}

const found = {
  osm_type: "way",
  osm_id: 22,
  lat: "47.379",
  lon: "8.54",
  name: "Landesmuseum",
  type: "museum",
  display_name: "Landesmuseum, Museumstrasse 2, Zürich, Schweiz",
  extratags: { opening_hours: "Tu-Su 10:00-17:00" },
  address: { city: "Zürich", country: "Schweiz" },
} as const;

function search(query: URLSearchParams): Told {
  const isCity = query.get("featureType") === "city";
  if (query.get("q") === "Nowhere") return { status: 200, body: [] };
  return { status: 200, body: isCity ? [{ ...found, boundingbox: ["47.32", "47.43", "8.44", "8.62"] }] : [found] };
}

function reverse(query: URLSearchParams): Told {
  return { status: 200, body: query.get("lat") === "0" ? { error: "Unable to geocode" } : found };
}

/** Overpass has a language of its own: what stands for a query here is just what the connector says in it. */
function overpass({ body }: Asked): Told {
  const data = objectAt(body)["data"] as string;
  const [, union = "", max = ""] =
    /^\[out:json\]\[timeout:25\];\(((?:nwr\["name"\]\["\w+"(?:=|~)"[^"]+"\]\([^)]+\);)+)\);out center tags (\d+);$/.exec(
      data,
    ) ?? [];
  if (union === "") return { status: 400, body: { error: "parse error" } };
  const wanted = elements.filter(({ tags }) =>
    Object.entries(objectAt(tags)).some(
      ([key, value]) => union.includes(`["${key}"`) && union.includes(value as string),
    ),
  );
  return { status: 200, body: { version: 0.6, elements: wanted.slice(0, Number(max)) } };
}
