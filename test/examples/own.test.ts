import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', 'examples', 'service');

test("the example's own tests pass", () => {
  const files = readdirSync(join(FOLDER, 'test')).filter((file) => file.endsWith('.test.js'));
  const { status, stdout } = spawnSync(process.execPath, ['--test', ...files.map((file) => join('test', file))], {
    cwd: FOLDER,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  expect({ status, failed: stdout.match(/^ *not ok .*|^ *error: .*/gm) ?? [] }).toEqual({ status: 0, failed: [] });
});
