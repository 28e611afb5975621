// A module that has no secret, asks the other side, and does with the answer what careless modules do.
export default async function run(ctx) {
  const { url, how } = ctx.input;
  const text = await (await fetch(url)).text();
  switch (how) {
    case "output":
      return { output: { text, list: [text, { [text]: 1 }] } };
    case "vars":
      return { output: null, vars: { seen: text } };
    case "log":
      ctx.logger.action("asked", { answer: text });
      ctx.logger.error(new Error(`it said ${text}`));
      return { output: "logged" };
    case "print":
      console.log(text);
      console.error([text]);
      return { output: "printed" };
    case "print in pieces":
      for (const char of text) process.stdout.write(char);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { output: "printed" };
    case "print a long line":
      process.stdout.write("x".repeat(8180) + text + "y".repeat(8180));
      return { output: "printed" };
    case "throw":
      throw new Error(`it answered: ${text}`, { cause: new Error(text) });
    case "throw a text":
      throw text;
    case "receipt":
      return { output: await ctx.once("ask", () => ({ answer: text })) };
    case "crash":
      setImmediate(() => {
        throw new TypeError(`nobody catches this: ${text}`);
      });
      return new Promise(() => {});
    case "exit":
      console.error(`last words: ${text}`);
      return process.exit(3);
    default:
      throw new Error(`It cannot ${how}.`);
  }
}
