import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCRIPT = join(__dirname, '..', '..', 'lib', 'kubernetes', 'database-setup.sh');
const REFUSED = "ERROR 1045 (28000): Access denied for user 'admin'";
const GONE = "ERROR 2003 (HY000): Can't connect to MySQL server on 'primary:3306' (110)";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A client that does something at each of its first calls, and succeeds at the next. No clock counts: `sleep` waits for nothing, and
 * `timeout` ends nothing. That the real one does, `npm run check:servers` sees.
 */
const client = (...calls: readonly string[]) => {
  const cases = calls.map((call, i) => `${i + 1}) ${call} ;;`).join('\n');
  const count = `echo "\${ENDED_BY:-nobody} $*" >> '${folder}/calls'\nsql=$(cat)`;
  const body = `#!/bin/bash\n${count}\ncase $(wc -l < '${folder}/calls') in\n${cases}\nesac\necho "$sql" >> '${folder}/ran'\n`;
  writeFileSync(join(folder, 'mysql'), body, { mode: 0o755 });
  writeFileSync(join(folder, 'sleep'), '#!/bin/bash\n', { mode: 0o755 });
  writeFileSync(join(folder, 'timeout'), '#!/bin/bash\nENDED_BY="$1 $2" exec "${@:3}"\n', { mode: 0o755 });
};
const fails = (message: string) => `echo "${message}" >&2; exit 1`;
const HANGS = 'exit 124'; // that of `timeout`

const run = () => {
  for (const name of ['admin', 'core'])
    for (const part of ['username', 'password']) writeFileSync(join(folder, `${name}-${part}`), `${name}${part}`);
  writeFileSync(join(folder, 'options'), '[client]\nhost=primary\n');
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    DATABASES: 'core',
    MONITORS: '',
    SECRETS: folder,
    OPTIONS: join(folder, 'options'),
    PATIENCE: '20',
  };
  const { status, stdout, stderr } = spawnSync('bash', [SCRIPT], { env, encoding: 'utf8' });
  return { status, stdout, stderr, calls: callsOf().length };
};

/** Each call of the client: the options of the `timeout` that would end it, and its arguments. */
const callsOf = () => readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');

test('asks once where the server answers', () => {
  client();
  expect(run()).toEqual({ status: 0, stdout: 'core: the user coreusername can use it\n', stderr: '', calls: 3 });
  expect(readFileSync(join(folder, 'ran'), 'utf8')).toMatch(/CREATE DATABASE[^]*GRANT[^]*SELECT 1/);
});

test('makes a user only where there is none: MySQL refuses to make one that a view, a trigger or a routine has as its definer', () => {
  const ran = (count: string) => {
    client(count);
    expect(run().status).toBe(0);
    return readFileSync(join(folder, 'ran'), 'utf8');
  };
  expect(ran('echo 1')).not.toContain('CREATE USER');
  rmSync(join(folder, 'calls'));
  expect(ran('echo 0')).toContain(
    "CREATE USER IF NOT EXISTS 'coreusername'@'%' IDENTIFIED BY 'corepassword' REQUIRE SSL",
  );
});

test('asks again where a connection hangs or cannot be made, with the same statements', () => {
  client(HANGS, fails(GONE), fails("ERROR 2013 (HY000): Lost connection to MySQL server at 'reading initial packet'"));
  const { status, stderr, calls } = run();
  expect({ status, calls }).toEqual({ status: 0, calls: 6 });
  expect(stderr.match(/^admin: the server does not answer, attempt [123]$/gm)).toHaveLength(3);
  expect(readFileSync(join(folder, 'ran'), 'utf8')).toMatch(/CREATE DATABASE[^]*GRANT[^]*SELECT 1/);
});

test('no call can hang: the client gives up a connection, and is ended where that does not help', () => {
  client(HANGS);
  run();
  const endless = callsOf().filter((call) => !/^--kill-after=5 20 .* --connect-timeout=20 /.test(call));
  expect(endless).toEqual([]);
});

test('gives up in the end, and says why', () => {
  client(...Array.from({ length: 6 }, () => fails(GONE)));
  const { status, stderr, calls } = run();
  expect({ failed: status !== 0, calls }).toEqual({ failed: true, calls: 6 });
  expect(stderr).toContain(GONE);
});

test('does not ask again where the server refuses', () => {
  client(fails(REFUSED));
  const { status, stderr, calls } = run();
  expect({ failed: status !== 0, calls }).toEqual({ failed: true, calls: 1 });
  expect(stderr).toBe(`${REFUSED}\n`);
});
