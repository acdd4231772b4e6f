import { readFileSync } from 'node:fs';
import { connect } from '../../doctor/aws';
import { SECTIONS } from '../../verify/checks';
import { examine, type Result } from '../../verify/examine';
import { exitCode, report } from '../../verify/report';
import type { Target } from '../../verify/target';
import { detour } from '../../verify/web';
import type { Certificates } from './certificates';
import type { Command } from './commands';
import { startEdge, type Behavior } from './edge';
import type { Misbehavior } from './misbehaviors';

/** Seconds for an answer: more than a slow one takes. */
const TIMEOUT = 8;

/** Results of verifying the sites while the edge behaves in some way. */
const verified = async (
  target: Target,
  certificates: Certificates,
  behavior: Behavior,
  signal: AbortSignal,
): Promise<readonly Result[]> => {
  const edge = await startEdge(certificates.good, behavior);
  const authority = readFileSync(certificates.authority, 'utf8');
  const web = { detours: edge.options.map(detour), authority, patience: TIMEOUT * 1000 };
  try {
    return await examine(
      { aws: connect(target.region), web, cluster: { patience: 0 }, signal },
      target,
      SECTIONS.sites,
    );
  } finally {
    edge.stop();
  }
};

/** Why a verification of good sites does not say that all is well, if it does not. */
export const wellBehaved = async (target: Target, certificates: Certificates, signal: AbortSignal) => {
  const results = await verified(target, certificates, {}, signal);
  return exitCode(results) === 0 ? undefined : report(target.name, results);
};

/** Why a misbehavior is not named with the right exit code, if it is not. */
export const named = async (
  target: Target,
  certificates: Certificates,
  { check, behavior, says, exitCode: wanted = 1 }: Misbehavior,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const results = await verified(target, certificates, behavior(certificates), signal);
  const found = results.filter(({ title }) => title === check.title);
  const lines = report(target.name, found).replaceAll(/^ +/gm, '');
  const code = exitCode(results);
  return says.test(lines) && code === wanted ? undefined : `exit code ${code}, and it says\n${lines}`;
};

const NONE = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_EC2_METADATA_DISABLED: 'true' };

/** Runs of the command with what it prints; the options lead to a good edge. */
export const commandsFor = (options: readonly string[], bad: readonly string[]): readonly Command[] => [
  {
    title: 'the command, when all is well',
    file: 'verify/cli.ts',
    args: ['prod', '--only', 'sites', ...options],
    status: 0,
    prints: /^(✔ .*\n){9}prod: of 9 checks, 9 well, 0 wrong, 0 not asked\n$/,
  },
  {
    title: 'the command of the specification for production, when a certificate has expired',
    file: 'verify/health.ts',
    args: ['--env=production', '--only', 'sites', ...bad],
    status: 1,
    prints:
      /^✖ Every name has a valid certificate, for 30 more days\n {2}The certificate of platform\.com has expired/m,
  },
  {
    title: 'the command of the specification for staging, as JSON',
    file: 'verify/smoke.ts',
    args: ['--env=staging', '--only', 'sites', '--json', '--timeout', '5', '--connect-to', '::127.0.0.1:9'],
    status: 1,
    prints: /^\{\n {2}"environment": "staging",\n {2}"exitCode": 1,\n[\s\S]*"state": "wrong"[\s\S]*"asked": true/,
  },
  {
    title: 'the command without credentials',
    file: 'verify/cli.ts',
    args: ['prod', '--only', 'account'],
    env: NONE,
    status: 2,
    prints:
      /^\? Every stack is deployed, and no deployment has failed\n {2}not asked, because there are no credentials: log in[\s\S]*prod: of 10 checks, 0 well, 0 wrong, 10 not asked\n$/,
  },
  {
    title: 'the command without a way to the cluster',
    file: 'verify/cli.ts',
    args: ['prod', '--only', 'cluster'],
    status: 2,
    prints:
      /not asked, because kubectl (has no context "arn:aws:eks:[\w-]+:\d+:cluster\/platform-prod"|is not installed)/,
  },
];
