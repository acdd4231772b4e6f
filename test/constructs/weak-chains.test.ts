import { CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { definitions, fingerprint } from '../../lib/constructs/fingerprint';
import { platform } from '../../lib/platform';
import { newApp } from '../assemblies/synthesize';
import { target, templatesOf, type Place, type Templates } from '../references';
import type { Json } from '../synth';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';

const READ = 'Fn::GetStackOutput';

/** Every value of an intrinsic function, however deep. */
const valuesOf = (value: Json, intrinsic: string): readonly Json[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries<Json>(value).flatMap(([key, inner]) =>
    key === intrinsic ? [{ [key]: inner }] : valuesOf(inner, intrinsic),
  );
};

type Name = `${string} ${string}`;

const nameOf = ({ stack, id }: Pick<Place, 'stack' | 'id'>): Name => `${stack} ${id}`;

/** The references of each resource, from the templates alone: to resources in its own stack, and those that it reads weakly. */
const edgesOf = (templates: Templates) => {
  const edges = new Map<Name, { readonly weak: readonly Name[]; readonly beside: readonly Name[] }>();
  for (const [stack, { Resources }] of Object.entries(templates))
    for (const [id, { Properties }] of Object.entries<Json>(Resources)) {
      const to = (intrinsic: string) =>
        valuesOf(Properties, intrinsic).flatMap((value) => target(templates, stack, value) ?? []);
      edges.set(nameOf({ stack, id }), {
        weak: to(READ).map(nameOf),
        beside: ['Ref', 'Fn::GetAtt'].flatMap(to).map(nameOf),
      });
    }
  return edges;
};

/** Resources that each weak reader of an environment reads, directly or through others. */
const chainsOf = (templates: Templates): ReadonlyMap<Name, ReadonlySet<Name>> => {
  const edges = edgesOf(templates);
  const chains = new Map<Name, ReadonlySet<Name>>();
  for (const [reader, { weak }] of edges) {
    const found = new Set(weak);
    for (const name of found) for (const next of Object.values(edges.get(name)!).flat()) found.add(next);
    if (weak.length > 0) chains.set(reader, found);
  }
  return chains;
};

describe.each(ENVIRONMENT_NAMES)('%s', (environmentName) => {
  const app = newApp();
  platform(new Construct(app, environmentName), environment(environmentName));
  const templates = templatesOf(app.synth());
  const chains = chainsOf(templates);
  const resources = new Map(
    app.node
      .findAll()
      .filter(CfnResource.isCfnResource)
      .map((one) => {
        const stack = Stack.of(one);
        return [nameOf({ stack: stack.stackName, id: stack.resolve(one.logicalId) }), one] as const;
      }),
  );

  /** The fingerprint of a reader, had one resource another property. */
  const after = (reader: Name, changed: Name): string =>
    fingerprint(resources.get(reader)!, (stack) => {
      const all = definitions(stack);
      const [name, id] = changed.split(' ') as [string, string];
      return stack.stackName === name ? new Map([...all, [id, { ...all.get(id)!, Properties: { changed } }]]) : all;
    });

  test('the fingerprint of every weak reader changes with each resource of its chain', () => {
    const kept = [...chains].flatMap(([reader, chain]) => {
      const before = fingerprint(resources.get(reader)!);
      return [...chain].filter((one) => after(reader, one) === before).map((one) => `${reader}: ${one}`);
    });
    expect(kept).toEqual([]);
  });

  test('there are chains: what is read reads others', () => {
    const through = [...chains].filter(([, chain]) => [...chain].some((one) => chains.has(one)));
    expect(through.length).toBeGreaterThan(0);
  });
});
