import { confirm } from "@clack/prompts";

/** Asks the person at the terminal; anything but a yes is none. */
export async function askYes(question: string): Promise<boolean> {
  return (await confirm({ message: question, initialValue: false, output: process.stderr })) === true;
}
