import { specified } from '../synth';
import { compare, objectsOf, unused, type Objects } from './compare';
import { ENVIRONMENT_NAMES } from '../fixtures';

const [dev, staging, prod] = ENVIRONMENT_NAMES.map((name) => objectsOf(specified(name)));
const all = { dev: dev!, staging: staging!, prod: prod! };

test.each(ENVIRONMENT_NAMES)(
  '%s has the objects of the specification, but for what the list says (S16 to S19, S21 to S28, S39 to S41)',
  (name) => {
    expect(compare(name, all[name])).toEqual([]);
  },
);

test('each row of the list is about an object', () => {
  expect(unused(all)).toEqual([]);
});

/** Additional problems of production when it has these objects. */
const wrongWith = (objects: Objects): string[] => {
  const before = compare('prod', all.prod);
  return compare('prod', objects).filter((problem) => !before.includes(problem));
};

/** Additional problems of production when fields of an object are others, or gone. */
const changed = (key: string, fields: Readonly<Record<string, string | undefined>>): string[] => {
  const leaves = Object.entries({ ...all.prod.get(key), ...fields }).flatMap(([path, value]) =>
    value === undefined ? [] : [[path, value] as const],
  );
  return wrongWith(new Map([...all.prod, [key, Object.fromEntries(leaves)]]));
};

describe('the comparison', () => {
  const pod = 'spec.template.spec';
  const gateway = 'Deployment platform-core/api-gateway';
  const deployed = `${gateway}-blue`;

  test.each([
    [
      'another value',
      { [`${pod}.containers[api-gateway].readinessProbe.periodSeconds`]: '50' },
      `${pod}.containers[api-gateway].readinessProbe.periodSeconds: 5 is specified, there is 50: an unlisted difference`,
    ],
    [
      'a number that is text',
      { [`${pod}.containers[api-gateway].env[PORT].value`]: '3000' },
      `${pod}.containers[api-gateway].env[PORT].value: "3000" is specified, there is 3000: an unlisted difference`,
    ],
    [
      'a field that is missing',
      { [`${pod}.securityContext.runAsNonRoot`]: undefined },
      `${pod}.securityContext.runAsNonRoot: true is specified, there is nothing: an unlisted difference`,
    ],
    [
      'a field too many',
      { [`${pod}.hostNetwork`]: 'true' },
      `${pod}.hostNetwork: nothing is specified, there is true: an unlisted difference`,
    ],
    [
      'a difference that is another one than listed',
      { [`${pod}.securityContext.seccompProfile.type`]: '"Unconfined"' },
      `${pod}.securityContext.seccompProfile.type: "RuntimeDefault" is listed, there is "Unconfined"`,
    ],
    [
      'a listed difference that is there no longer',
      { 'spec.replicas': '5' },
      'spec.replicas: it no longer differs from the specification: delete the row',
    ],
  ])('names %s', (_, fields, problem) => {
    expect(changed(deployed, fields)).toEqual([`prod, ${gateway}, ${problem}`]);
  });

  test('names an object that is missing, one too many, and one that the list calls absent', () => {
    const objects = new Map(all.prod);
    objects.delete(deployed);
    objects.set('Deployment platform-core/mailer', {}).set('Secret platform-core/platform-secrets', {});
    expect(wrongWith(objects)).toEqual([
      `prod, ${gateway} is specified, and not there: an unlisted difference`,
      'prod, Secret platform-core/platform-secrets is there: it no longer differs from the specification: delete the row',
      'prod, Deployment platform-core/mailer is there, and not specified: an unlisted difference',
    ]);
  });

  test('holds for the namespace of a tenant, whoever it is', () => {
    const [, acme] = [...all.prod].find(([key]) => key === 'Namespace tenant-acme')!;
    const other = { ...acme, 'metadata.labels.tenant-id': '"acme"' };
    expect(wrongWith(new Map([...all.prod, ['Namespace tenant-other', other]]))).toEqual([
      'prod, Namespace tenant-other, metadata.labels.tenant-id: "other" is specified, there is "acme": an unlisted difference',
    ]);
  });
});
