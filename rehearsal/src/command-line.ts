import { parseArgs, type ParseArgsConfig } from 'node:util';

/** An argument that the command does not accept: the message names it, its value and the fix. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; strict: true; allowPositionals: true }>
>['values'];

/** How a command is called. */
export interface Usage<O extends Options> {
  /** The output of `--help`. */
  readonly usage: string;
  /** Beside `--help`. @default - none */
  readonly options?: O;
  /** How many arguments it takes that are no options. @default - none */
  readonly takes?: readonly [least: number, most: number];
}

/** The arguments of the call. */
export interface Call<O extends Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  /** Aborted when somebody interrupts the command, which then ends by itself. A command that never reads it just ends. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command of this project. Its exit code is 0, or what `run` returns; 1 when it fails, with the message; 2 for what it does not
 * take, with the usage on standard error; 130 when somebody interrupts it.
 */
export const command = async <const O extends Options>(
  { usage, options, takes = [0, 0] }: Usage<O>,
  run: (call: Call<O>) => Promise<number | void> | number | void,
): Promise<void> => {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  let isHeard = false;
  try {
    const { help, values, positionals } = parsed(options ?? ({} as O), takes[1]);
    if (help) {
      console.log(usage);
      return;
    }
    if (positionals.length < takes[0]) throw new UsageError();
    const call: Call<O> = {
      values,
      positionals,
      get signal() {
        if (!isHeard) for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
        isHeard = true;
        return interruption.signal;
      },
    };
    const code = await run(call);
    if (code) process.exitCode = code;
  } catch (error) {
    const { message } = error as Error;
    const isUsage = error instanceof UsageError;
    for (const line of isUsage ? [message, usage] : [message]) if (line !== '') console.error(line);
    process.exitCode = isUsage ? 2 : interruption.signal.aborted ? 130 : 1;
  }
};

const parsed = <O extends Options>(options: O, most: number) => {
  const config = {
    args: process.argv.slice(2),
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  } as const;
  try {
    const { values, positionals } = parseArgs(config);
    const { help, ...others } = values as { readonly help?: boolean };
    if (!help && positionals.length > most)
      throw new UsageError(`"${positionals[most]}" is one argument too many: remove it`);
    return { help: help ?? false, values: others as Values<O>, positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Node goes on with advice on arguments that begin with a dash.
    throw new UsageError((error as Error).message.split('. ', 1)[0], { cause: error });
  }
};

/** One of the things that there are, by its name. Throws a UsageError that lists them. */
export const choice = <T extends string>(what: string, given: string, known: readonly T[]): T => {
  const found = known.find((each) => each === given);
  if (found === undefined) throw new UsageError(`${what} is "${given}": choose ${known.join(', ')}`);
  return found;
};

/** A whole number that an option gives. Throws a UsageError when it is none, or less than the least. */
export const whole = (option: string, given: string, least = 0): number => {
  if (!/^\d+$/.test(given) || Number(given) < least)
    throw new UsageError(`${option} is "${given}": write a whole number${least > 0 ? `, ${least} or more` : ''}`);
  return Number(given);
};
