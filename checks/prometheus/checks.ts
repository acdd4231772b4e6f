import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SEVERITIES } from '../../lib/config/environment';
import { run } from '../../rehearsal/src/process';
import { deployedFiles } from './files';
import { limits, messages } from './messages';
import type { Tools } from './tools';
import { unitTests } from './unit-tests';
import { type EnvironmentName } from '../../test/fixtures';

/** Subject of the checks: the tools, and the files of an environment. */
export interface Deployed extends Tools, ReturnType<typeof deployedFiles> {
  readonly signal: AbortSignal;
}

export const deployed = (found: Tools, name: EnvironmentName, folder: string, signal: AbortSignal): Deployed => ({
  ...found,
  ...deployedFiles(name, folder),
  signal,
});

const configuration = async ({ promtool, prometheus, signal }: Deployed) => {
  // The token that it names is in the pod only.
  await run(promtool, ['check', 'config', '--syntax-only', join(prometheus, 'prometheus.yml')], { signal });
};

const rules = async ({ promtool, prometheus, signal }: Deployed) => {
  await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', join(prometheus, 'rules/platform.yml')], {
    signal,
  });
};

const alerts = async ({ promtool, prometheus, signal }: Deployed) => {
  const file = join(prometheus, 'tests.yml');
  writeFileSync(file, unitTests('rules/platform.yml'));
  await run(promtool, ['test', 'rules', file], { signal });
};

const routes = async ({ amtool, alertmanager, signal }: Deployed) => {
  const file = join(alertmanager, 'alertmanager.yml');
  await run(amtool, ['check-config', file], { signal });
  const route = async (...labels: string[]) =>
    (await run(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...labels], { signal })).trim();
  for (const severity of SEVERITIES)
    assert.equal(await route(`severity=${severity}`, 'alertname=ServiceDown', 'service=api-gateway'), severity);
  assert.equal(await route('severity=warning', 'alertname=Watchdog'), 'heartbeat');
  const { receivers } = parse(readFileSync(file, 'utf8'));
  const topics = receivers.map(
    ({ sns_configs }: { sns_configs: { topic_arn: string }[] }) => sns_configs[0]!.topic_arn,
  );
  assert.equal(new Set(topics).size, SEVERITIES.length + 1, 'each receiver has a topic of its own');
};

type Checks = readonly (readonly [title: string, check: (subject: Deployed) => Promise<void>])[];

/** Checks of the files of each environment. */
export const FILE_CHECKS: Checks = [
  ['its configuration is valid', configuration],
  ['its rules are valid', rules],
  ['alerts go to the topic of their severity', routes],
];

/** Checks of what is the same in all. */
export const RULE_CHECKS: Checks = [
  ['each alert fires when it should, and does not when it should not', alerts],
  ['messages are such as e-mail and Slack show', messages],
  ['SNS takes the messages of a group of any size', limits],
];
