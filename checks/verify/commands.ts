import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A run of the command itself, and what it prints. */
export interface Command {
  readonly title: string;
  /** Of a script of package.json. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly status: number;
  readonly prints: RegExp;
}

/** Runs it in a copy of the project that has the specification's environments. Why it was wrong, if it was. */
export const runCommand = async (copy: string, command: Command): Promise<string | undefined> => {
  const { file, args, env, status, prints } = command;
  const child = spawn(process.execPath, ['-r', './typescript.cjs', file, ...args], {
    cwd: copy,
    env: { ...process.env, HOME: '/nonexistent', KUBECONFIG: '/dev/null', ...env },
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const printed = `${out}${err}`;
  if (code === status && prints.test(printed) && !/^ +at .*:\d+/m.test(printed)) return undefined;
  return `ends with ${code} and prints\n${printed}`;
};
