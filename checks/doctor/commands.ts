import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { DIGESTS } from '../../doctor/checks/brought';
import type { Emulated } from './emulated';
import type { Given } from './planted/planted';

/** A run of the command itself, and what it says. */
interface Command {
  readonly title: string;
  /** @default - `prod` */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly given?: Given;
  readonly status: number;
  readonly says: RegExp;
}

const NONE = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_EC2_METADATA_DISABLED: 'true' };

/** Advice about digests that no one has recorded yet: it disappears with `npm run images -- --record`. */
const ADVICE = `(?:${DIGESTS.title}\n(?: {2}! .*\n {4}→ .*\n)+)?`;

/** Obstacles that keep the doctor from looking at all, and its messages when it could look. */
export const COMMANDS: readonly Command[] = [
  {
    title: 'the command, when all is well',
    status: 0,
    says: new RegExp(`^${ADVICE}prod: nothing is missing \\(\\d+ checks\\)\n$`),
  },
  {
    title: 'the command, when something is missing',
    given: { nodeImages: [] },
    status: 1,
    says: new RegExp(
      `^The image of the nodes exists\n {2}✖ There is no image .*\n {4}→ Write the release .*\n${ADVICE}prod: 1 of \\d+ checks found something missing\n$`,
    ),
  },
  {
    title: 'the command, when something is refused',
    given: { refused: { 'ec2:DescribeImages': 'AccessDenied' } },
    status: 0,
    says: new RegExp(
      `^${ADVICE}Not checked, because the credentials do not allow ec2:DescribeImages: .*\n {2}\\? The image of the nodes exists\nprod: nothing is missing \\(\\d+ checks\\); 1 check was not made\n$`,
    ),
  },
  {
    title: 'no credentials',
    env: NONE,
    status: 1,
    says: /^prod: nothing was checked, because there are no credentials: log in/,
  },
  {
    title: 'expired credentials',
    given: { refused: { 'sts:GetCallerIdentity': 'ExpiredTokenException' } },
    status: 1,
    says: /^prod: nothing was checked, because the credentials have expired: log in again\n$/,
  },
  {
    title: 'credentials that AWS does not know',
    given: { refused: { 'sts:GetCallerIdentity': 'InvalidClientTokenId' } },
    status: 1,
    says: /^prod: nothing was checked, because AWS rejects the credentials/,
  },
  {
    title: 'credentials of another account',
    env: { AWS_ACCESS_KEY_ID: '222222222222' },
    status: 1,
    says: /^prod: nothing was checked, because the credentials belong to the account 222222222222 \(.*\), but prod is in 333333333333: use credentials of/,
  },
  {
    title: 'no network',
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    status: 1,
    says: /^prod: nothing was checked, because AWS does not answer: check the network/,
  },
  {
    title: 'an unknown environment',
    args: ['production'],
    status: 2,
    says: /^ENVIRONMENT is "production": choose [\w-]+(, [\w-]+)*\nusage: /,
  },
  { title: 'no environment', args: [], status: 2, says: /^usage: npm run doctor -- ENVIRONMENT/ },
];

/** Runs it in a copy of the project that has the specification's environments. Why it was wrong, if it was. */
export const runDoctor = async (emulated: Emulated, copy: string, command: Command): Promise<string | undefined> => {
  const { assembly, nameServer, give, restore } = emulated;
  const { args = ['prod', '--app', assembly, '--name-server', nameServer], env, given, status, says } = command;
  if (given) await give(given);
  const child = spawn(process.execPath, ['-r', './typescript.cjs', 'doctor/cli.ts', ...args], {
    cwd: copy,
    env: { ...process.env, HOME: '/nonexistent', ...env },
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (given) await restore();
  const told = `${out}${err}`;
  if (code === status && says.test(told) && !/^ +at /m.test(told)) return undefined;
  return `ends with ${code} and says\n${told}`;
};
