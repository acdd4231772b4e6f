import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Option {
  readonly type: string;
  readonly alias?: string;
}

/** Commands and options of the CLI, in the file from which the CLI itself is made. */
const REGISTRY: {
  readonly globalOptions: Readonly<Record<string, Option>>;
  readonly commands: Readonly<Record<string, { readonly options?: Readonly<Record<string, Option>> }>>;
} = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'node_modules', 'aws-cdk', 'lib', 'cli', 'cli-type-registry.json'), 'utf8'),
);

/** Keys of context, of which the app needs one. */
const KINDS = ['env', 'pipeline', 'builds'];

/** Problems of a call of `cdk`, beside an app that has these stacks or patterns of them, and takes these keys of context. */
export const cdkProblems = (
  [command, ...args]: readonly string[],
  stacks: readonly string[],
  context: readonly string[],
): readonly string[] => {
  if (command === undefined) return [];
  const known = REGISTRY.commands[command];
  if (!known) return [`cdk has no command ${command}`];
  const options = Object.entries({ ...REGISTRY.globalOptions, ...known.options });
  // The CLI runs the app for every command that gets one, also for `bootstrap` with explicit places.
  const problems = args.some((word) => KINDS.some((kind) => word.startsWith(`${kind}=`)))
    ? []
    : [`cdk ${command} runs the app, which asks what to synthesize: add -c env=NAME`];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    const [, name, value] = word.match(/^--?([\w-]+)(?:=(.*))?$/) ?? [];
    if (name === undefined) {
      if (
        !['bootstrap', 'import'].includes(command) &&
        ![word, word.split('/').at(-1)!].some((stack) => stacks.includes(stack))
      )
        problems.push(`the app has no stack ${word}`);
      continue;
    }
    const option = options.find(([long, { alias }]) => long === name || alias === name);
    if (!option) problems.push(`cdk ${command} has no option ${word}`);
    else if (option[1].type !== 'boolean' && option[1].type !== 'count') {
      const given = value ?? args[++at];
      const key = given?.split('=')[0];
      if (given === undefined) problems.push(`${word} needs a value`);
      else if (option[0] === 'context' && !context.includes(key!)) problems.push(`the app takes no context ${key}`);
    }
  }
  return problems;
};
