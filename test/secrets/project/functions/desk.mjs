// Never called: the process under test carries this function out itself, as a connector would be. The checker wants to see that it is there.
export default async function run() {
  throw new Error("It was called in a process that has no secrets.");
}
