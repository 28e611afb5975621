import type { ConnectorDescriptor } from "../language/connector.ts";
import githubIssues from "./github-issues.json" with { type: "json" };
import files from "./files.json" with { type: "json" };
import googleCalendar from "./google-calendar.json" with { type: "json" };
import http from "./http.json" with { type: "json" };
import openMeteo from "./open-meteo.json" with { type: "json" };
import osmPlaces from "./osm-places.json" with { type: "json" };
import servicenow from "./servicenow.json" with { type: "json" };
import slack from "./slack.json" with { type: "json" };
import shell from "./shell.json" with { type: "json" };
import smtp from "./smtp.json" with { type: "json" };
import zendesk from "./zendesk.json" with { type: "json" };

/** The connectors that Runwright brings along, as data. A test reads each of them with the reader for those of a project. */
export const builtInConnectors: readonly ConnectorDescriptor[] = [
  zendesk,
  openMeteo,
  osmPlaces,
  googleCalendar,
  smtp,
  servicenow,
  githubIssues,
  slack,
  http,
  files,
  shell,
] as unknown as readonly ConnectorDescriptor[];
