/** A command of a buildspec that cannot run here as it is. */
export interface StandIn {
  readonly command: RegExp;
  /** The command in its place. @default - nothing: the command is only recorded */
  readonly instead?: string;
  readonly because: string;
}

/** As short as possible: every other command of every buildspec runs as the template has it. */
export const STAND_INS: readonly StandIn[] = [
  {
    command: /^npm ci( --ignore-scripts)?$/,
    instead: 'cmp package-lock.json "$PROJECT/package-lock.json" && ln -s "$PROJECT/node_modules" node_modules',
    because: 'an installation takes a minute, and the lock file is the same',
  },
  {
    command: /^npm run lint$/,
    instead: 'npx oxlint --deny-warnings',
    because: 'CI lints everything',
  },
  {
    command: /^npm test$/,
    instead: 'npx jest test/lock-file.test.ts',
    because: 'CI runs all tests, which takes minutes',
  },
  {
    command: /^npm audit /,
    because: 'the registry answers for the day, not for the commit',
  },
  {
    command: /^(curl|echo "[0-9a-f]{64} |tar|trivy) ?/,
    because: 'Trivy and its database come from the internet; check:builds tries what it stops',
  },
  {
    command: /^npm run --silent verify -- /,
    because: 'the sites are not deployed here; check:verify runs it',
  },
];

/** The commands that run in place of those of a buildspec. Each that is another one is noted, with the reason. */
export const standIn = (
  commands: readonly string[],
  standIns: readonly StandIn[],
  note: (line: string) => void,
): readonly string[] =>
  commands.map((command) => {
    const found = standIns.find((each) => each.command.test(command));
    if (!found) return command;
    note(`${command}: ${found.instead ?? 'did not run'}, because ${found.because}`);
    return found.instead ?? ':';
  });
