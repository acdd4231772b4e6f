/** The line that the CLI prints when it has compared every stack. */
const COMPARED = /Number of stacks with differences:/;
/** Lines that `--verbose` adds, with a time before them. */
const DETAIL = /^\[\d\d:\d\d:\d\d\] /;
/** The only line of the CLI (2.1148.1) that says of which stack it asks for a change set. */
const ASKED = /Attempting to create ChangeSet with name \S+ for stack (\S+)$/;
const SAME = 'There were no differences';

/** Why a command of the CDK CLI failed, in lines: differences, failed resources, the conclusion of the CLI. */
export const failure = (args: readonly string[], output: readonly string[]): string => {
  const telling =
    args[0] === 'diff'
      ? [...brokenOff(output), ...differing(output)]
      : output.filter((line) => /_FAILED|❌|\bError\b|^ERROR|Unrecognized/.test(line));
  const lines = telling.length > 0 ? telling : output.slice(-20);
  const short = lines.map((line) => line.trim().slice(0, 2000));
  return [`cdk ${args.slice(0, 2).join(' ')} fails:`, ...new Set(short)].join('\n  ');
};

/** Lines of `cdk diff` that belong together: a stack that it has compared, or what it says before it has. */
const parts = (output: readonly string[]): readonly (readonly string[])[] => {
  const found: string[][] = [[]];
  for (const line of output) {
    if (line.startsWith('Stack ') || line.startsWith('Hold on while ')) found.push([]);
    if (line.trim() !== '' && !/^(start|success): /.test(line) && !DETAIL.test(line)) found.at(-1)!.push(line);
    if (line.includes(SAME) || COMPARED.test(line)) found.push([]);
  }
  return found.filter((part) => part.length > 0);
};

/** The stacks that differ, as the CLI shows them. */
const differing = (output: readonly string[]): readonly string[] =>
  parts(output)
    .filter(([first, ...rest]) => first!.startsWith('Stack ') && !rest.some((line) => line.includes(SAME)))
    .flat();

/** Why the CLI did not get to the end of the stacks, and at which it stopped. */
const brokenOff = (output: readonly string[]): readonly string[] => {
  if (output.some((line) => COMPARED.test(line))) return [];
  const asked = output.findLastIndex((line) => ASKED.test(line));
  const shown = output.findLastIndex((line) => line.startsWith('Stack '));
  const [, stack] = (asked > shown && ASKED.exec(output[asked]!)) || [];
  const said = (parts(output).at(-1) ?? []).filter((line) => !line.startsWith('Hold on while '));
  const conclusion = said.slice(said.lastIndexOf('}') + 1); // before it, the same with a stack trace
  return [
    stack === undefined ? 'not every stack was compared:' : `the stack ${stack} was not compared:`,
    ...conclusion,
  ];
};
