import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { scripts } from '../package.json';
import type { Called, Ended } from '../checks/called';
import { environmentNames, targetNames } from '../lib/config';

const ROOT = join(__dirname, '..');

/** The programs of this project; others say themselves what they take. */
const OWN = Object.entries(scripts).flatMap(([script, run]) =>
  /^node -r \.\/typescript\.cjs \S+$/.test(run) ? [script as keyof typeof scripts] : [],
);

/** Those that need an argument. */
const NEEDING = [
  'doctor',
  'verify',
  'test:smoke',
  'test:health',
  'deploy',
  'images',
  'render',
  'review',
  'compare',
  'logical-ids',
  'timeline',
  'bench',
  'execution-policy',
  'gate',
] as const;

const ONE_OF = `ENVIRONMENT is "production": choose ${environmentNames.join(', ')}`;

/** Calls with an argument or a value that is wrong, and the problem that they tell. */
const WRONG: readonly (readonly [call: string, told: string])[] = [
  ['doctor production', ONE_OF],
  ['doctor dev --app nowhere', '--app is "nowhere": choose a cloud assembly, which has a manifest.json'],
  ['doctor dev --name-server nowhere', '--name-server is "nowhere": write an IP address, with or without a port'],
  ['verify nowhere', ONE_OF.replace('production', 'nowhere')],
  ['verify dev --env dev', 'ENVIRONMENT and --env exclude each other: remove one'],
  ['verify dev --only nothing', '--only is "nothing": choose sites, cluster, account'],
  ['verify dev --connect-to nowhere', '--connect-to is "nowhere": write HOST:PORT:HOST:PORT, as for curl'],
  ['verify dev --ca nowhere', expect.stringMatching(/^--ca is "nowhere": choose a file of certificates in PEM/)],
  ['verify dev --timeout 0', '--timeout is "0": write a whole number, 1 or more'],
  ['verify dev --wait long', '--wait is "long": write a whole number'],
  ['verify dev --app nowhere', '--app is "nowhere": choose a cloud assembly, which has a manifest.json'],
  ['test:smoke --env=nowhere', `--env is "nowhere": choose ${environmentNames.join(', ')}`],
  ['deploy production', ONE_OF],
  ['check:verify nothing', expect.stringMatching(/^no fault is called "nothing": choose "/)],
  ['images production', ONE_OF],
  ['images dev prod', '"prod" is one argument too many: remove it'],
  ['render production', ONE_OF],
  ['review nowhere', '"nowhere" is not a commit of this repository: fetch it, or choose one that git log shows'],
  ['review HEAD --env production', `--env is "production": choose ${targetNames.join(', ')}`],
  ['timeline nowhere.json', 'FILE is "nowhere.json": it cannot be read (ENOENT)'],
  ['timeline package.json', 'FILE is "package.json": choose a file that a rehearsal wrote with --timeline FILE'],
  ['timeline README.md', 'FILE is "README.md": choose a file that a rehearsal wrote with --timeline FILE'],
  ['bench nowhere', 'COMMIT is "nowhere": choose one that git log shows'],
  ['bench HEAD nothing', expect.stringMatching(/^ROW is "nothing": choose \w+/)],
  ['bench HEAD --runs 0', '--runs is "0": write a whole number, 1 or more'],
  ['rehearse dev --seed 1.5', '--seed is "1.5": write a whole number'],
  ['rehearse dev --seed', "Option '--seed <value>' argument missing"],
  ['rehearse', 'ENVIRONMENT is missing: name one, or the folder of an app (--app)'],
  ['rehearse --app bin', '--app is "bin": choose the folder of a CDK app, because this one has no cdk.json'],
  [
    'rehearse dev --context a=b',
    '--context needs --app: add it, because the environment is the only context of this app',
  ],
  ['rehearse dev --update bin', '--update is "bin": choose the folder of a CDK app, because this one has no cdk.json'],
  [
    'rehearse dev --after-failure bin',
    '--after-failure is "bin": choose the folder of a CDK app, because this one has no cdk.json',
  ],
  [
    'rehearse dev --update a --after-failure b',
    expect.stringMatching(/exclude each other: remove one, because only one app can be deployed first$/),
  ],
  [
    'rehearse dev --timeline nowhere/t.json',
    '--timeline is "nowhere/t.json": create its folder first, because it does not exist',
  ],
  ['check:configuration --inputs many', '--inputs is "many": write a whole number, 1 or more'],
  ['check:metrics production', ONE_OF],
  ['check:slowness production', ONE_OF],
  ['check:tenants --seed x', '--seed is "x": write a whole number'],
  ['check:doctor nothing', expect.stringMatching(/^no check is called "nothing": choose "/)],
  ['check:updates nothing', expect.stringMatching(/^no update is called "nothing": choose "/)],
  ['check:faults nothing', expect.stringMatching(/^no fault is called "nothing": choose "/)],
];

const line = ([script, ...args]: Called): string => [script, ...args].join(' ');

/** Every call that is looked at, and how each ended: one program runs them all. */
const CALLS: readonly Called[] = [
  ...OWN.flatMap((script): readonly Called[] => [
    [script, '--help'],
    [script, '--nonsense'],
  ]),
  ...NEEDING.map((script): Called => [script]),
  ...WRONG.map(([words]) => words.split(' ') as unknown as Called),
  ['execution-policy', 'production'],
];
const TYPESCRIPT = ['-r', './typescript.cjs'];
let ended: ReadonlyMap<string, Ended>;

beforeAll(async () => {
  const child = spawn(process.execPath, [...TYPESCRIPT, 'checks/called.ts'], { cwd: ROOT });
  child.stdin.end(JSON.stringify(CALLS));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (!out.startsWith('[')) throw new Error(err);
  const all: readonly Ended[] = JSON.parse(out);
  ended = new Map(CALLS.map((each, at) => [line(each), all[at]!]));
});

const of = (...words: readonly string[]): Ended => ended.get(words.join(' '))!;

describe('every command', () => {
  test.each(OWN)('%s says how it is used when it is asked', (script) => {
    const { out, err, code } = of(script, '--help');
    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out[0]).toMatch(new RegExp(`^usage: npm run (--silent )?${script}( -- .*)?$`));
  });

  test.each(OWN)('%s refuses an option that it does not take, and says how it is used', (script) => {
    const { out, err, code } = of(script, '--nonsense');
    expect({ code, out, first: err[0] }).toEqual({ code: 2, out: [], first: "Unknown option '--nonsense'" });
    expect(err[1]).toMatch(/^usage: npm run /);
  });

  test.each(NEEDING)('%s says how it is used when its argument is missing', (script) => {
    const { out, err, code } = of(script);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(err[0]).toMatch(/^usage: npm run /);
  });

  test.each(WRONG)('%s: says what is wrong with it', (words, told) => {
    const { out, err, code } = of(words);
    expect({ code, out, told: err[0] }).toEqual({ code: 2, out: [], told });
    expect(err[1]).toMatch(/^usage: npm run /);
    expect(err.filter((each) => /^ +at .*:\d+/.test(each))).toEqual([]);
  });

  test('the rehearsal leaves it to the app to refuse an environment', () => {
    const { err, code } = of('execution-policy', 'production');
    expect(code).toBe(1);
    expect(err.join('\n')).toContain(`-c env is "production": choose ${environmentNames.join(', ')}`);
  });

  test.each([
    ['--help', 0, /^usage: /, /^$/],
    ['--nonsense', 2, /^$/, /^Unknown option '--nonsense'\nusage: /],
    ['production', 2, /^$/, /^ENVIRONMENT is "production": .*\nusage: /],
  ])('ends so as a process of its own: %s', (argument, status, out, err) => {
    const run = spawnSync(process.execPath, [...TYPESCRIPT, 'images/cli.ts', argument], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(run.status).toBe(status);
    expect(run.stdout).toMatch(out);
    expect(run.stderr).toMatch(err);
  });
});
