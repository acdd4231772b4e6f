import { parse } from 'yaml';
import { grafana, type GrafanaProps } from '../../../lib/kubernetes/grafana/objects';
import type { Json } from '../../synth';

const PROPS: GrafanaProps = {
  config: { allowedCidrs: [], volumeGiB: 7 },
  image: 'registry/grafana:1.0.0',
  region: 'eu-north-1',
  runbookUrl: 'https://example.com/runbook',
  retentionDays: 15,
  secretArns: { administrator: 'arn:administrator', key: 'arn:key' },
};
const made = (change: Partial<GrafanaProps> = {}): readonly Json[] =>
  JSON.parse(JSON.stringify(grafana({ ...PROPS, ...change }, (value) => `${JSON.stringify(value).length}`)));
const objects = made();
const find = (of: readonly Json[], kind: string, name = 'grafana'): Json =>
  of.find((object) => object.kind === kind && object.metadata.name === name);
const podOf = (of: readonly Json[]) => find(of, 'Deployment').spec.template.spec;
const envOf = (of: readonly Json[]): Record<string, string> =>
  Object.fromEntries(podOf(of).containers[0].env.map(({ name, value }: Json) => [name, value]));

test('what is secret are files of the pod, from Secrets Manager, and nothing else holds it', () => {
  const { parameters, secretObjects } = find(objects, 'SecretProviderClass').spec;
  expect(JSON.parse(parameters.objects)).toEqual([
    {
      objectName: 'arn:administrator',
      objectAlias: 'admin-password.json',
      jmesPath: [{ path: 'password', objectAlias: 'admin-password' }],
    },
    { objectName: 'arn:key', objectAlias: 'secret-key' },
  ]);
  expect(secretObjects).toBeUndefined();
  const env = envOf(objects);
  const { mountPath } = podOf(objects).containers[0].volumeMounts.find(({ name }: Json) => name === 'secrets');
  expect(env.GF_SECURITY_ADMIN_PASSWORD__FILE).toBe(`${mountPath}/admin-password`);
  expect(env.GF_SECURITY_SECRET_KEY__FILE).toBe(`${mountPath}/secret-key`);
  expect(Object.keys(env).filter((name) => /PASSWORD$|KEY$/.test(name))).toEqual([]);
});

test('who has no account sees nothing, and it asks nobody on the internet', () => {
  expect(envOf(objects)).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: 'false',
    GF_USERS_ALLOW_SIGN_UP: 'false',
    GF_PUBLIC_DASHBOARDS_ENABLED: 'false',
    GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
    GF_SECURITY_DISABLE_GRAVATAR: 'true',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    GF_PLUGINS_PLUGIN_ADMIN_ENABLED: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_UNIFIED_ALERTING_ENABLED: 'false',
  });
});

test('where it is public, it knows its name, and is ready once the load balancer says so', () => {
  const open = made({ url: 'https://grafana.example.com' });
  expect(envOf(open)).toMatchObject({
    GF_SERVER_DOMAIN: 'grafana.example.com',
    GF_SERVER_ROOT_URL: 'https://grafana.example.com',
    GF_SECURITY_COOKIE_SECURE: 'true',
  });
  expect(podOf(open).readinessGates).toEqual([{ conditionType: 'target-health.elbv2.k8s.aws/grafana' }]);
  expect(envOf(objects)).toMatchObject({
    GF_SERVER_ROOT_URL: 'http://localhost:3000',
    GF_SECURITY_COOKIE_SECURE: 'false',
  });
  expect(podOf(objects)).not.toHaveProperty('readinessGates');
});

test('it has one volume, which one pod at a time has, and writes nowhere else but to a folder', () => {
  const { spec } = find(objects, 'PersistentVolumeClaim', 'grafana-pvc');
  expect(spec.resources.requests.storage).toBe('7Gi');
  expect(find(objects, 'Deployment').spec.strategy).toEqual({ type: 'Recreate' });
  expect(podOf(objects).securityContext).toMatchObject({ runAsUser: 472, runAsGroup: 472, fsGroup: 472 });
  const writable = podOf(objects).containers[0].volumeMounts.filter(({ readOnly }: Json) => !readOnly);
  expect(writable.map(({ mountPath }: Json) => mountPath)).toEqual(['/var/lib/grafana', '/tmp']);
});

/** Files in the folders of the pod, by path. */
const filesOf = (of: readonly Json[]): Record<string, string> => {
  const { volumes, containers } = podOf(of);
  return Object.fromEntries(
    containers[0].volumeMounts.flatMap(({ name, mountPath }: Json) => {
      const { configMap, projected } = volumes.find((volume: Json) => volume.name === name);
      const maps = configMap ? [configMap] : (projected?.sources.map((source: Json) => source.configMap) ?? []);
      return maps.flatMap(({ name: map, items }: Json) => {
        const { data } = find(of, 'ConfigMap', map);
        const files = items ?? Object.keys(data).map((key) => ({ key, path: key }));
        return files.map(({ key, path }: Json) => [`${mountPath}/${path}`, data[key]]);
      });
    }),
  );
};

test('data sources and dashboards are where Grafana looks for them, and nobody changes them there', () => {
  const files = filesOf(objects);
  const { datasources, prune } = parse(files['/etc/grafana/provisioning/datasources/platform.yaml']!);
  expect(prune).toBe(true);
  expect(datasources).toMatchObject([
    { type: 'prometheus', uid: 'prometheus', url: 'http://prometheus:9090', isDefault: true, editable: false },
    {
      type: 'cloudwatch',
      uid: 'cloudwatch',
      editable: false,
      jsonData: { authType: 'default', defaultRegion: 'eu-north-1' },
    },
  ]);
  const { providers } = parse(files['/etc/grafana/provisioning/dashboards/platform.yaml']!);
  const { path } = providers[0].options;
  expect(providers).toMatchObject([{ type: 'file', allowUiUpdates: false }]);
  const boards = Object.entries(files).filter(([file]) => file.startsWith(`${path}/`));
  expect(boards).toHaveLength(8);
  for (const [file, text] of boards) expect(file).toBe(`${path}/${JSON.parse(text).uid}.json`);
  expect(Object.keys(files)).toContain(envOf(objects).GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH);
});

test('no object is larger than what the function takes that applies it', () => {
  for (const object of objects) {
    const inTemplate = JSON.stringify(JSON.stringify([object])).length;
    expect([object.metadata.name, inTemplate < 128 * 1024]).toEqual([object.metadata.name, true]);
  }
});

const annotations = (of: readonly Json[]) => find(of, 'Deployment').spec.template.metadata.annotations;

test('another data source makes another pod, another dashboard does not', () => {
  expect(annotations(made({ retentionDays: 5 }))).toEqual(annotations(objects));
  expect(annotations(made({ region: 'eu-central-11' }))).not.toEqual(annotations(objects));
});
