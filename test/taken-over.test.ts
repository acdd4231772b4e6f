import { NEVER_TAKEN_OVER } from '../lib/constructs/apply-manifests';
import { MANIFEST } from '../review/objects';
import { appliedBy, assembly, idsOf } from './synth';
import { ENVIRONMENT_NAMES } from './fixtures';

const appliedIn = (name: string) =>
  assembly(name).stacks.flatMap(({ stackName, template: { Resources } }) =>
    idsOf(Resources, MANIFEST).map((id) => ({
      id: `${stackName}/${id}`,
      overwrite: Resources[id].Properties.Overwrite,
      objects: appliedBy({ [id]: Resources[id] }).map(([, object]) => object),
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
