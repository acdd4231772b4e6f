import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { PROJECT } from '../../rehearsal/src/folders';
import type { Definition } from '../pipeline/definition';
import { goOn, started } from '../pipeline/execution';
import type { StandIn } from '../pipeline/stand-ins';
import { DIGEST, GOOD, startRegistries, type Answers } from './answers';
import { programsIn } from './programs';
import type { Scenario } from './scenarios';

/** The service whose build is tried. The others have the same definition: a test of the templates holds that. */
export const SERVICE = 'auth-service';
const COMMIT = 'c0ffee'.repeat(7).slice(0, 40);
const TAG = `main-${COMMIT.slice(0, 12)}`;
const RELEASES = 'lib/config/releases/staging.json';

/** The checksum of the real archive is real. In place of the archive comes the stand-in of Trivy, except where that is tried. */
const STAND_INS: readonly StandIn[] = [
  {
    command: /sha256sum --check --strict$/,
    because: 'the archive has the stand-in of Trivy, with a checksum of its own',
  },
];

export interface Surroundings {
  readonly definition: Definition;
  /** The programs of the AWS CLI. */
  readonly aws: string;
  /** A folder for the files of each try. */
  readonly folder: string;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

const git = (cwd: string, ...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=check', '-c', 'user.email=check@example.com', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** The example, as a repository of this project has it. */
const sourceIn = (folder: string, { edit = () => {} }: Scenario): string => {
  const files = git(PROJECT, 'ls-files', 'examples/service', '.npmrc').split('\n');
  for (const file of files) cpSync(join(PROJECT, file), join(folder, file));
  edit(join(folder, 'examples', 'service'));
  return folder;
};

/** A repository of the platform that has nothing but the releases, which people push to. */
const platformIn = (folder: string, { isReleased, isColored }: Answers): string => {
  const [work, bare] = [join(folder, 'work'), join(folder, 'platform.git')];
  mkdirSync(dirname(join(work, RELEASES)), { recursive: true });
  const releases = JSON.parse(readFileSync(join(PROJECT, RELEASES), 'utf8'));
  if (isColored) releases[SERVICE] = { live: 'green', green: releases[SERVICE] };
  if (!isReleased) delete releases[SERVICE];
  writeFileSync(join(work, RELEASES), `${JSON.stringify(releases, undefined, 2)}\n`);
  git(work, 'init', '--quiet', '--initial-branch', 'main');
  git(work, 'add', '--all');
  git(work, 'commit', '--quiet', '--message', 'The platform');
  git(folder, 'clone', '--quiet', '--bare', work, bare);
  return bare;
};

/**
 * Faults of a proposal, which changes the release of its service in the file that has it, and nothing else. A service with colors gets
 * the image as the color that users do not meet.
 */
const proposed = (platform: string): readonly string[] => {
  const branch = `image/${SERVICE}/${TAG}`;
  if (git(platform, 'branch', '--list', branch) === '') return ['proposes nothing'];
  const [before, after] = ['main', branch].map((at) => git(platform, 'show', `${at}:${RELEASES}`));
  const releases = JSON.parse(before!);
  const image = { tag: TAG, digest: DIGEST };
  const own = 'live' in releases[SERVICE] ? { ...releases[SERVICE], blue: image } : image;
  const expected = { ...releases, [SERVICE]: own };
  const changed = git(platform, 'diff', '--name-only', 'main', branch);
  const count = git(platform, 'rev-list', '--count', `main..${branch}`);
  return [
    ...(changed === RELEASES && count === '1' ? [] : [`changes ${changed} in ${count} commits`]),
    ...(after === JSON.stringify(expected, undefined, 2) ? [] : [`writes ${after}`]),
  ];
};

/** Calls of a build that passes, in this order. */
const ORDER = [
  /^docker buildx build .*--platform linux\/amd64,linux\/arm64 .*type=provenance.*type=sbom.*push-by-digest=true/,
  new RegExp(`^trivy image .*--platform linux/amd64 .*@${DIGEST}$`),
  new RegExp(`^trivy image .*--platform linux/arm64 .*@${DIGEST}$`),
  /^ecr DescribeImageSigningStatus$/,
  /^ecr PutImage$/,
];

const ordered = (called: readonly string[]): readonly string[] => {
  const places = ORDER.map((call) => called.findIndex((line) => call.test(line)));
  const right = places.every((place, at) => place >= 0 && place > (places[at - 1] ?? -1));
  return right ? [] : [`calls in another order: ${places.join(', ')}`];
};

export interface Trial {
  readonly faults: readonly string[];
  /** Output of the last step. */
  readonly output: string;
}

/** Lets the build of a service run on a commit. */
export const tried = async (
  { definition, aws, folder, note, signal }: Surroundings,
  scenario: Scenario,
): Promise<Trial> => {
  const own = mkdtempSync(join(folder, 'try-'));
  const [source, machine] = ['source', 'machine'].map((name) => join(own, name)) as [string, string];
  mkdirSync(machine);
  const answers = { ...GOOD, ...scenario.answers };
  const platform = platformIn(own, answers);
  const { PATH, ...programs } = programsIn(own, answers);
  const registries = await startRegistries(answers, TAG, programs.CALLED!);
  const config = join(own, 'gitconfig');
  writeFileSync(config, `[url "${platform}"]\n  insteadOf = ${urlIn(definition)}\n`);
  try {
    const execution = started({ id: COMMIT, message: scenario.title, folder: sourceIn(source, scenario) });
    const { ran, status } = await goOn(execution, {
      folder: machine,
      env: {
        ...programs,
        PATH: [PATH!.split(':')[0], aws, process.env.PATH].join(':'),
        HOME: process.env.HOME,
        REGISTRIES: registries.endpoint,
        AWS_ENDPOINT_URL_ECR: registries.endpoint,
        AWS_ACCESS_KEY_ID: 'recorded',
        AWS_SECRET_ACCESS_KEY: 'recorded',
        AWS_DEFAULT_REGION: 'ap-southeast-1',
        AWS_PAGER: '',
        GIT_CONFIG_GLOBAL: config,
        npm_config_prefer_offline: 'true',
      },
      standIns: answers.archive === 'pinned' ? STAND_INS : [],
      note,
      signal,
      region: 'ap-southeast-1',
      definition: async () => definition,
      decide: () => true,
      isDeployed: () => false,
    });
    const last = ran.at(-1)!;
    const [step, says] = scenario.stops ?? ['Propose', /(?:)/];
    const stopped = scenario.stops !== undefined;
    const called = readFileSync(programs.CALLED!, 'utf8').split('\n');
    const tags = Object.fromEntries(registries.tags);
    const before = answers.isTagged ? { [TAG]: `sha256:${'0'.repeat(64)}` } : {};
    // A build that stops at the last step has its tag: only the proposal is missing.
    const expected = step === 'Propose' ? { [TAG]: DIGEST } : before;
    return {
      faults: [
        ...(status === (stopped ? 'Failed' : 'Succeeded') ? [] : [`ends as ${status}`]),
        ...(last.name === step ? [] : [`ends with ${last.name}, not ${step}`]),
        ...(says.test(last.output) ? [] : [`does not say ${says}`]),
        ...(isDeepStrictEqual(tags, expected) ? [] : [`leaves the tags ${JSON.stringify(tags)}`]),
        ...(stopped
          ? proposed(platform)
              .filter((fault) => fault !== 'proposes nothing')
              .map(() => 'proposes something')
          : [...proposed(platform), ...ordered(called)]),
      ],
      output: last.output,
    };
  } finally {
    registries.stop();
  }
};

/** The URL of the platform's repository in the template. */
const urlIn = ({ projects }: Definition): string =>
  [...projects.values()]
    .flatMap(({ Environment }) => Environment.EnvironmentVariables ?? [])
    .find(({ Name }) => Name === 'PLATFORM')!.Value;
