import type { SendMailOptions } from "nodemailer";
import { digestText } from "../../base/digest.ts";
import { RunwrightError } from "../../base/error.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import { withoutValues } from "../without-values.ts";
import type { BuiltInAction } from "./built-in-action.ts";
import { builtInLimits } from "./limits.ts";
import { overSmtp, type SmtpOptions } from "./smtp-session.ts";

/** Sends mail. Each call has a connection of its own: a mail that was handed over must not wait for others. */
export function smtpActions(options: SmtpOptions): Readonly<Record<string, BuiltInAction>> {
  return {
    send: {
      async call(input, { settings, signal }, { key }) {
        const mail = mailOf(input, settings, key);
        const info = await overSmtp(options, settings, signal, (transport) => transport.sendMail(mail));
        return {
          output: {
            message_id: info.messageId,
            accepted: (info.accepted ?? []).map(addressIn),
            rejected: (info.rejected ?? []).map(addressIn),
          },
          receipt: { remote_id: info.messageId, url: null, before: null },
        };
      },
    },
    verify: {
      async call(_input, { settings, signal }) {
        try {
          await overSmtp(options, settings, signal, (transport) => transport.verify());
          return { output: { ok: true, message: "The server lets us in." } };
        } catch (error) {
          // Its words become an output, which is kept: what a server repeats of the password must not be in it.
          const said = withoutValues(error, { password: settings["password"] ?? "" });
          if (
            said instanceof RunwrightError &&
            said.code !== "call.aborted" &&
            said.code !== "connector.address-refused"
          )
            return { output: { ok: false, message: said.message } };
          throw error;
        }
      },
    },
  };
}

/** The mail of a step. Its Message-ID is made of the operation's key: a second copy of it would have the same, and people and servers can tell. */
function mailOf(input: JsonObject, settings: JsonObject, key: string): SendMailOptions {
  const { from } = settings;
  if (typeof from !== "string" || from === "")
    throw new RunwrightError(
      "connector.not-configured",
      "smtp has no sender: give connectors.<alias>.with: { from: … }.",
    );
  const domain = /@([\w.-]+)>?\s*$/.exec(from)?.[1] ?? "runwright.invalid";
  const attachments = Array.isArray(input["attachments"]) ? (input["attachments"] as readonly JsonObject[]) : [];
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > builtInLimits.mailBytesMax)
    throw new RunwrightError(
      "tool.input-invalid",
      `The mail has ${bytes} bytes; at most ${builtInLimits.mailBytesMax} are sent.`,
    );
  return {
    from,
    to: addresses(input["to"]),
    cc: addresses(input["cc"]),
    bcc: addresses(input["bcc"]),
    replyTo: addresses(input["reply_to"]),
    subject: textOf(input["subject"]),
    text: textOf(input["text"]),
    ...(typeof input["html"] === "string" && { html: input["html"] }),
    messageId: `<${digestText(key).slice(0, 32)}@${domain}>`,
    attachments: attachments.map(({ name, content, media_type: type }) => ({
      filename: textOf(name),
      content: textOf(content),
      contentType: typeof type === "string" ? type : "text/plain",
    })),
  };
}

function addresses(value: Json | undefined): string[] | undefined {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : undefined;
}

function addressIn(address: string | { readonly address: string }): string {
  return typeof address === "string" ? address : address.address;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
