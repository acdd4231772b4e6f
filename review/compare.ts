import { createTwoFilesPatch } from 'diff';
import type { DeployedStack } from './assembly';
import { between } from './between';
import { checkout, pipelinesFirst, synthesized, type Version } from './checkout';
import { differences, pieces } from './differences';

type Assemblies = Readonly<Record<string, readonly DeployedStack[]>>;

const report = (line: string) => console.error(line);

/** The stacks of each environment at a version. */
const assemblies = (one: Version, names: readonly string[], signal: AbortSignal): Promise<Assemblies> =>
  checkout(one, report, signal, async (folder) => {
    const found: Record<string, readonly DeployedStack[]> = {};
    for (const name of pipelinesFirst(names)) {
      if (name in found) continue;
      report(`${one.name}: synthesizing ${name}`);
      Object.assign(found, await synthesized(folder, name, signal));
    }
    return found;
  });

const compare = async (from: Version, to: Version, names: readonly string[], signal: AbortSignal) => {
  const [before, after] = [await assemblies(from, names, signal), await assemblies(to, names, signal)];
  const lines = names.map((name) => {
    const [one, other] = [before[name]!, after[name]!];
    const found = differences(pieces(one), pieces(other));
    for (const { file, before: old = '', after: fresh = '' } of found)
      console.log(createTwoFilesPatch(`${from.name}/${name}/${file}`, `${to.name}/${name}/${file}`, old, fresh));
    return { name, count: found.length, stacks: other.length };
  });
  for (const { name, count, stacks } of lines)
    console.log(`${name}: ${stacks} stacks, ${count === 0 ? 'identical' : `${count} differences`}`);
  return lines.some(({ count }) => count > 0) ? 1 : 0;
};

void between(
  'compare',
  `Proves that a change of the code changes nothing that is deployed: templates, Kubernetes objects, the order of the stacks and where
they are deployed have to be the same, byte by byte. Prints every difference, and fails if there is one.`,
  compare,
);
