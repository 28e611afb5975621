/** The mistake behind a code, in a whole small file, and how it is mended. */
export interface CodeExample {
  /** A workflow file with this one mistake. */
  readonly file: string;
  /** What is wrong in it; stands there once. */
  readonly wrong: string;
  /** What has to stand there instead. */
  readonly right: string;
}

/** An example with the first line that all of them have. */
export function example(text: string, wrong: string, right: string): CodeExample {
  return { file: `workflow: example\n${text}`, wrong, right };
}

/** The file of an example without its mistake. */
export function mended({ file, wrong, right }: CodeExample): string {
  return file.replace(wrong, () => right);
}
