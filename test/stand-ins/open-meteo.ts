import type { Json, JsonObject } from "../../src/base/json.ts";
import { type StandIn, startStandIn, type Told } from "./stand-in.ts";

const zurich = {
  name: "Zurich",
  latitude: 47.37,
  longitude: 8.55,
  country_code: "CH",
  timezone: "Europe/Zurich",
} as const;
const places: readonly JsonObject[] = [
  {
    ...zurich,
    id: 1,
    country_code: "NL",
    latitude: 53.1,
    longitude: 5.3,
    timezone: "Europe/Amsterdam",
    population: 200,
  },
  { ...zurich, id: 2, admin1: "Zurich", population: 341_730 },
  { ...zurich, id: 3, country_code: "US", latitude: 39.2, longitude: -99.4 },
];

/** Numbers in columns, as the real one gives them: one list for each variable that was asked for. */
const samples: Readonly<Record<string, Json>> = {
  temperature_2m: 4.2,
  apparent_temperature: 1.5,
  relative_humidity_2m: 81,
  precipitation: 0.1,
  weather_code: 61,
  cloud_cover: 100,
  wind_speed_10m: 11.2,
  wind_direction_10m: 230,
  is_day: 1,
  temperature_2m_min: 1.5,
  temperature_2m_max: 6.5,
  precipitation_sum: 2.5,
  precipitation_probability_max: 80,
  precipitation_probability: 70,
  wind_speed_10m_max: 20.5,
  sunrise: "2026-03-01T07:05",
  sunset: "2026-03-01T18:10",
  european_aqi: 31,
  pm2_5: 8.1,
  pm10: 12.5,
  ozone: 60,
  nitrogen_dioxide: null,
};

/** Starts one that knows three places named Zurich. */
export async function startOpenMeteo(): Promise<StandIn> {
  return await startStandIn(({ path, query }) => {
    switch (path) {
      case "/v1/search": {
        const found = places.filter(({ name }) => name === query.get("name")).slice(0, Number(query.get("count")));
        // Where nothing is found, the list is left out.
        return { status: 200, body: found.length === 0 ? { generationtime_ms: 1 } : { results: found } };
      }
      case "/v1/forecast":
      case "/v1/archive":
      case "/v1/air-quality":
        return weather(query);
      default:
        return { status: 404, body: { error: true, reason: "Not Found" } };
    }
  });
}

function weather(query: URLSearchParams): Told {
  if (query.get("latitude") === null)
    return { status: 400, body: { error: true, reason: "Parameter latitude is needed" } };
  const rows = { daily: Number(query.get("forecast_days") ?? 2), hourly: Number(query.get("forecast_hours") ?? 2) };
  return {
    status: 200,
    body: {
      latitude: Number(query.get("latitude")),
      longitude: Number(query.get("longitude")),
      timezone: query.get("timezone"),
      utc_offset_seconds: query.get("timezone") === "Europe/Zurich" ? 3600 : -12_600,
      ...(query.has("current") && { current: { time: "2026-03-01T10:30", ...one(query.get("current")) } }),
      ...(query.has("daily") && { daily: columns(query.get("daily"), rows.daily, 10) }),
      ...(query.has("hourly") && { hourly: columns(query.get("hourly"), rows.hourly, 16) }),
    },
  };
}

function one(asked: string | null): JsonObject {
  return Object.fromEntries((asked ?? "").split(",").map((name) => [name, samples[name] ?? null]));
}

function columns(asked: string | null, rows: number, chars: number): JsonObject {
  const start = Date.parse("2026-03-01T00:00:00Z");
  const times = Array.from({ length: rows }, (_, row) =>
    new Date(start + row * (chars === 10 ? 86_400_000 : 3_600_000)).toISOString().slice(0, chars),
  );
  const lists = Object.entries(one(asked)).map(([name, value]) => [name, times.map(() => value)] as const);
  return { time: times, ...Object.fromEntries(lists) };
}
