import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the command when the rehearsal is interrupted. */
  readonly signal?: AbortSignal;
  /** Kills the command and all that it has started at once (SIGKILL): it cannot clean up. @default - nobody does */
  readonly killed?: AbortSignal | undefined;
  /** Called with each line that the command prints, to either stream. */
  readonly onLine?: (line: string) => void;
}

/** A command that did not exit with 0: its message shows the command and the end of what it printed. */
export class CommandError extends Error {
  constructor(
    command: string,
    /** Everything that it printed. */
    readonly output: readonly string[],
  ) {
    super(`${command}\n${output.slice(-20).join('\n')}`);
  }
}

/** Runs a command to its end and returns what it printed to standard output. Throws a CommandError if it fails. */
export const run = (command: string, args: readonly string[], options: RunOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const { onLine, signal, killed, cwd, env } = options;
    if (signal?.aborted) {
      reject(interruption(signal));
      return;
    }
    // A group of its own, so that an interruption reaches what the command has started too, and nothing before us.
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (how: NodeJS.Signals) => () => child.pid !== undefined && process.kill(-child.pid, how);
    const [interrupt, kill] = [end('SIGINT'), end('SIGKILL')];
    signal?.addEventListener('abort', interrupt, { once: true });
    killed?.addEventListener('abort', kill, { once: true });
    const stdout: string[] = [];
    const output: string[] = [];
    const follow = (stream: NodeJS.ReadableStream, keep: string[]) =>
      createInterface({ input: stream }).on('line', (line) => {
        keep.push(line);
        if (keep !== output) output.push(line);
        onLine?.(line);
      });
    follow(child.stdout, stdout);
    follow(child.stderr, output);
    child.on('error', reject);
    child.on('close', (code) => {
      signal?.removeEventListener('abort', interrupt);
      killed?.removeEventListener('abort', kill);
      if (signal?.aborted) reject(interruption(signal));
      else if (code === 0) resolve(stdout.join('\n'));
      else reject(new CommandError(`${command} ${args.join(' ')}`, output));
    });
  });

/** Message of what is thrown after an interruption. */
export const INTERRUPTED = 'interrupted';

/** Why a signal ended a command: the error of the code that aborted it, otherwise that somebody interrupted it. */
export const interruption = ({ reason }: AbortSignal) =>
  reason instanceof Error && reason.name !== 'AbortError' ? reason : new Error(INTERRUPTED);
