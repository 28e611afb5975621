import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCode } from "../../src/base/error.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { startOpenMeteo } from "../stand-ins/open-meteo.ts";
import { startOsm } from "../stand-ins/osm.ts";
import { builtIn, callerOf } from "./caller.ts";

test("every action of open-meteo@1.0.4 does what it says", async () => {
  await using openMeteo = await startOpenMeteo();
  await using weather = callerOf("open-meteo", { url: openMeteo.url, api_key: "om-secret" });
  const now = (await weather.call("current", { city: "Zurich" })).output as JsonObject;
  assert.deepEqual(
    [now["country"], now["time"], now["summary"], now["temperature"], now["is_day"]],
    ["CH", "2026-03-01T10:30:00+01:00", "light rain", 4.2, true],
    "the most populous of the name",
  );
  const dutch = (await weather.call("current", { city: "Zurich", country: "NL" })).output as JsonObject;
  assert.deepEqual([dutch["latitude"], dutch["time"]], [53.1, "2026-03-01T10:30:00-03:30"]);
  const { days } = (await weather.call("forecast", { city: "Zurich", days: 16 })).output as {
    days: readonly JsonObject[];
  };
  assert.deepEqual([days.length, days[1]?.["date"], days[1]?.["temperature_max"]], [16, "2026-03-02", 6.5]);
  const { hours } = (await weather.call("hourly", { city: "Zurich", hours: 384 })).output as {
    hours: readonly JsonObject[];
  };
  assert.deepEqual([hours.length, hours[1]?.["time"], hours[1]?.["summary"]], [384, "2026-03-01T01:00", "light rain"]);
  const past = await weather.call("history", { city: "Zurich", start: "2026-03-01", end: "2026-03-02" });
  assert.deepEqual((past.output as JsonObject)["days"], [
    { date: "2026-03-01", temperature_min: 1.5, temperature_max: 6.5, precipitation: 2.5 },
    { date: "2026-03-02", temperature_min: 1.5, temperature_max: 6.5, precipitation: 2.5 },
  ]);
  const air = (await weather.call("air_quality", { city: "Zurich" })).output as JsonObject;
  assert.deepEqual([air["european_aqi"], air["nitrogen_dioxide"]], [31, null]);
  const { locations } = (await weather.call("locations", { name: "Zurich", max: 2 })).output as {
    locations: readonly JsonObject[];
  };
  assert.deepEqual([locations.length, locations[1]?.["population"]], [2, 341_730]);
  await assert.rejects(weather.call("current", { city: "Nowhere" }), {
    code: "tool.failed",
    message: /There is no place named Nowhere/,
  });
  assert.ok(openMeteo.asked.every(({ query }) => query.get("apikey") === "om-secret"));
  assert.deepEqual([...weather.called].toSorted(), Object.keys(builtIn("open-meteo").actions).toSorted());
});

test("without its key, which it can do without, open-meteo is asked without one", async () => {
  await using openMeteo = await startOpenMeteo();
  await using weather = callerOf("open-meteo", { url: openMeteo.url });
  await weather.call("locations", { name: "Zurich" });
  assert.equal(openMeteo.asked[0]?.query.has("apikey"), false);
});

test("every action of osm-places@0.9.1 does what it says", async () => {
  await using osm = await startOsm();
  const settings = { nominatim_url: osm.url, overpass_url: osm.url, user_agent: "shop (ada@example.com)" };
  await using places = callerOf("osm-places", settings);
  const landesmuseum = {
    id: "way/22",
    name: "Landesmuseum",
    kind: "museum",
    address: "Museumstrasse 2, Zürich",
    latitude: 47.379,
    longitude: 8.54,
    website: "https://museum.example",
  };
  const indoor = await places.call("search", { city: "Zürich", kind: "indoor" });
  assert.deepEqual(indoor.output, { city: "Zürich", kind: "indoor", places: [landesmuseum] });
  assert.match(JSON.stringify(osm.asked[1]?.body), /\(47\.32,8\.44,47\.43,8\.62\)/);
  const near = (await places.call("nearby", { latitude: 47.36, longitude: 8.54, kind: "park" })).output as JsonObject;
  assert.deepEqual(near["places"], [
    { id: "node/33", name: "Arboretum", kind: "park", latitude: 47.36, longitude: 8.54 },
  ]);
  const address = "Landesmuseum, Museumstrasse 2, Zürich, Schweiz";
  assert.deepEqual((await places.call("geocode", { query: "Landesmuseum" })).output, {
    results: [{ id: "way/22", name: "Landesmuseum", address, latitude: 47.379, longitude: 8.54 }],
  });
  assert.deepEqual((await places.call("reverse", { latitude: 47.379, longitude: 8.54 })).output, {
    id: "way/22",
    address,
    city: "Zürich",
    country: "Schweiz",
  });
  const details = (await places.call("details", { id: "way/22" })).output as JsonObject;
  assert.deepEqual([details["name"], details["opening_hours"]], ["Landesmuseum", "Tu-Su 10:00-17:00"]);
  for (const [action, input] of [
    ["details", { id: "node/1" }],
    ["search", { city: "Nowhere", kind: "zoo" }],
    ["reverse", { latitude: 0, longitude: 0 }],
  ] as const)
    await assert.rejects(places.call(action, input), (error) => hasCode(error, "tool.failed"));
  assert.deepEqual([...places.called].toSorted(), Object.keys(builtIn("osm-places").actions).toSorted());
});
