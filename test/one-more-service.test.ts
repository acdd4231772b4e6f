import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { ServiceDefinition } from '../lib/model/services';
import { SAMPLES } from './sample';
import { sample, type CfnResource } from './synth';

/** Resources of all stacks of production, by stack and logical id. */
const resourcesOf = ({ stacks }: CloudAssembly): Map<string, CfnResource> =>
  new Map(
    stacks.flatMap(({ stackName, template }) =>
      Object.entries(template.Resources as Record<string, CfnResource>).map(
        ([id, resource]) => [`${stackName.replace('platform-prod-', '')} ${id}`, resource] as const,
      ),
    ),
  );

const before = resourcesOf(sample('prod'));

// Before any is mocked: an actual module loads what its neighbours are mocked as.
const names = jest.requireActual<typeof import('../lib/model/names')>('../lib/model/names');
const services = jest.requireActual<typeof import('../lib/model/services')>('../lib/model/services');

/** Resources of the app as it is with one more entry in its tables. */
const withService = (name: string, like: 'service-registry' | 'frontend', definition: object) => {
  const SERVICES: Record<string, ServiceDefinition> = {
    ...services.SERVICES,
    [name]: { ...services.SERVICES[like], ...definition },
  };
  jest.resetModules();
  jest.doMock('../lib/model/names', () => ({ ...names, SERVICE_NAMES: [...names.SERVICE_NAMES, name] }));
  jest.doMock('../lib/model/services', () => ({
    ...services,
    SERVICES,
    SERVICE_RESOURCES: { ...services.SERVICE_RESOURCES, [name]: services.SERVICE_RESOURCES[like] },
    DATABASES: [...new Set(Object.values(SERVICES).flatMap(({ database }) => database ?? []))],
    REDIS_USERS: Object.keys(SERVICES).filter((each) => SERVICES[each]?.redis),
  }));
  const { synthesize } = require('./assemblies/synthesize') as typeof import('./assemblies/synthesize');
  const own = { replicas: 1, resources: services.SERVICE_RESOURCES[like] };
  return resourcesOf(
    synthesize({
      environment: {
        ...SAMPLES.prod,
        services: { ...SAMPLES.prod.services, [name]: own },
        releases: { ...SAMPLES.prod.releases, [name]: SAMPLES.prod.releases['service-registry'] },
      },
    }),
  );
};

const changesOf = (after: Map<string, CfnResource>) => ({
  added: [...after.keys()].filter((id) => !before.has(id)),
  removed: [...before.keys()].filter((id) => !after.has(id)),
  changed: [...before.keys()].filter(
    (id) => after.has(id) && JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id)),
  ),
});

/** The dashboard on which people choose a service. */
const CHOICE = 'grafana ClustermanifestConfigMapplatformmonitoringgrafanaplatformservices';
const withoutHash = (ids: readonly string[]) => ids.map((id) => id.replace(/[0-9A-F]{8}$/, '')).toSorted();

describe('one more service changes its own resources, and the choice of services', () => {
  test('one that serves pages, and uses no data', () => {
    const { added, removed, changed } = changesOf(withService('one-more-page', 'frontend', { site: undefined }));
    expect([removed, withoutHash(changed)]).toEqual([[], [CHOICE]]);
    expect(added.map((id) => [id, /one-?more-?page/i.test(id)])).toEqual(added.map((id) => [id, true]));
    expect(added).toHaveLength(13);
  });

  test('a microservice with a database and keys in Redis: besides, the lists of all users of the data, and what watches', () => {
    const after = withService('one-more-service', 'service-registry', { database: 'onemore' });
    const { added, removed, changed } = changesOf(after);
    expect(removed).toEqual([]);
    expect(added.map((id) => [id, /one-?more/i.test(id)])).toEqual(added.map((id) => [id, true]));
    expect(withoutHash(changed)).toEqual([
      CHOICE,
      'monitoring TiersDashboardfunctions',
      'monitoring Tiersfunctionswarning',
      'mysql MysqlProxy',
      'mysql MysqlProxyIAMRoleDefaultPolicy',
      'redis RedisUsers',
    ]);
  });
});
