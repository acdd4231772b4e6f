import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAULTS, type Fault } from './faults';

const PROJECT = join(__dirname, '..', '..');

/** Rehearses a copy of the project that has the fault; returns what the rehearsal printed and how it ended. */
const rehearseWith = ({ file, right, wrong, seed = 1, environment = 'dev' }: Fault) => {
  const copy = mkdtempSync(join(tmpdir(), 'platform-fault-'));
  try {
    for (const path of execFileSync('git', ['ls-files'], { cwd: PROJECT, encoding: 'utf8' }).trim().split('\n'))
      cpSync(join(PROJECT, path), join(copy, path));
    symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    const text = readFileSync(join(copy, file), 'utf8');
    if (text.split(right).length !== 2) throw new Error(`${file} does not have once: ${right}`);
    writeFileSync(join(copy, file), text.replace(right, wrong));
    const args = ['--import', 'tsx', 'rehearsal/cli.ts', environment, '--seed', `${seed}`];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((title) => !FAULTS.some((fault) => fault.title === title));
if (unknown.length > 0)
  throw new Error(`no fault is called ${unknown.join(', ')}: choose ${FAULTS.map(({ title }) => title).join(', ')}`);

/** Each fault, or each that is named, has to make the rehearsal fail, with a message that names it. */
for (const fault of FAULTS.filter(({ title }) => wanted.length === 0 || wanted.includes(title))) {
  const started = performance.now();
  const { status, output } = rehearseWith(fault);
  const found = fault.message.exec(output)?.[0];
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  if (status === 1 && found) console.log(`✔ ${fault.title} (${seconds} s)\n    ${found.replaceAll('\n', '\n    ')}`);
  else {
    console.error(`✖ ${fault.title}: the rehearsal ends with ${status} and does not say ${fault.message}\n${output}`);
    process.exitCode = 1;
  }
}
