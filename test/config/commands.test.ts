import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inCopy, replaceIn } from '../../checks/rehearsed-copy';
import { UPDATES } from '../../checks/updates/updates';

/** How a program of a copy of the project ends, and what it says. */
const run = (cwd: string, program: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', './typescript.cjs', ...program], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, output: stdout + stderr };
};

const PIPELINE = join('test', 'fixtures', 'pipeline.ts');
const PROD = join('test', 'fixtures', 'prod.ts');

test('every command refuses a misspelt field by its name, at whatever depth', () =>
  inCopy(
    (folder) => {
      replaceIn(join(folder, PROD), '  autoscaling: {', '  autoscalling: {');
      replaceIn(join(folder, PROD), 'natGateways: 3', 'natGateway: 3');
    },
    async (folder) => {
      const { context } = JSON.parse(readFileSync(join(folder, 'cdk.json'), 'utf8'));
      const ends = [
        run(folder, ['bin/app.ts'], { CDK_CONTEXT_JSON: JSON.stringify({ ...context, env: 'prod' }) }), // and whoever asks the CDK CLI
        run(folder, ['bin/app.ts'], { CDK_CONTEXT_JSON: JSON.stringify({ ...context, pipeline: 'prod' }) }),
        run(folder, ['images/cli.ts', 'prod']),
        run(folder, ['bin/assign-tenants.ts']),
        run(folder, ['checks/versions/check.ts']),
        run(folder, ['review/render.ts', 'prod']),
      ];
      expect(ends.map(({ status }) => status)).toEqual(ends.map(() => 1));
      for (const { output } of ends) {
        expect(output).toMatch(/prod: autoscalling is not a field: did you mean autoscaling\?/);
        expect(output).toMatch(/prod: network.natGateway is not a field: did you mean natGateways\?/);
        expect(output).not.toMatch(/^ +at /m);
      }
    },
  ));

test('synthesis refuses a misspelt field of the pipeline by its name', () =>
  inCopy(
    (folder) => replaceIn(join(folder, PIPELINE), 'notify:', 'notfy:'),
    async (folder) => {
      const { status, output } = run(folder, ['bin/app.ts'], { CDK_CONTEXT_JSON: '{"pipeline":"prod"}' });
      expect(status).toBe(1);
      expect(output).toMatch(/pipeline: notfy is not a field: did you mean notify\?/);
      expect(output).not.toMatch(/^ +at /m);
    },
  ));

test('the updates that are rehearsed change the configuration to one that is accepted', () =>
  inCopy(
    () => {},
    async (folder) => {
      const changes = UPDATES.flatMap(({ earlier, later }) => [earlier, later]).filter((edits) => edits.length > 0);
      for (const edits of new Map(changes.map((change) => [JSON.stringify(change), change])).values()) {
        const files = [...new Set(edits.map(([file]) => join(folder, file)))];
        const before = files.map((file) => readFileSync(file, 'utf8'));
        for (const [file, text, instead] of edits) replaceIn(join(folder, file), text, instead);
        expect(run(folder, ['-e', 'require("./lib/config").environment("dev")'])).toEqual({ status: 0, output: '' });
        files.forEach((file, i) => writeFileSync(file, before[i]!));
      }
    },
  ));
