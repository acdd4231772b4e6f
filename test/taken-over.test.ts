import { NEVER_TAKEN_OVER } from '../lib/constructs/apply-manifests';
import { assembly, flat, type CfnResource, type Json } from './synth';
import { ENVIRONMENT_NAMES } from './fixtures';

interface Applied {
  readonly id: string;
  readonly overwrite: boolean | undefined;
  readonly objects: readonly Json[];
}

const appliedIn = (name: string): readonly Applied[] =>
  assembly(name).stacks.flatMap(({ stackName, template }) =>
    Object.entries<CfnResource>(template.Resources)
      .filter(([, { Type }]) => Type === 'Custom::AWSCDK-EKS-KubernetesResource')
      .map(([id, { Properties }]) => ({
        id: `${stackName}/${id}`,
        overwrite: Properties?.Overwrite,
        objects: JSON.parse(flat(Properties?.Manifest)),
      })),
  );

describe.each(ENVIRONMENT_NAMES)('%s', (name) => {
  test('whatever a failed deployment leaves behind is taken over by the next one, but for the kinds that have a reason', () => {
    const refused = appliedIn(name).filter(({ overwrite }) => !overwrite);
    expect(refused.filter(({ objects }) => !objects.some(({ kind }) => kind in NEVER_TAKEN_OVER))).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
  });

  test('no object is in two resources: the second would take it over, and whichever goes would delete it', () => {
    const places = appliedIn(name).flatMap(({ id, objects }) =>
      objects.map(({ apiVersion, kind, metadata }) => [
        [apiVersion, kind, metadata.namespace, metadata.name].join(' '),
        id,
      ]),
    );
    const once = new Set<string>();
    expect(places.filter(([object]) => once.has(object!) || !once.add(object!))).toEqual([]);
  });
});
