import { between, configMap, manifest, warned } from './commented';

const ofNamespace = (name: string) => manifest({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const job = (hash: string) => manifest({ ...configMap({ a: hash }, `run-${hash}`), kind: 'Job' });

describe('Kubernetes objects', () => {
  test('are a diff of YAML, and no row with a long string', () => {
    const text = between(
      { Map: manifest(configMap({ a: '1', b: 'x' })) },
      { Map: manifest(configMap({ a: '2', b: 'x' })) },
    );
    expect(text).toContain('<details><summary>Kubernetes objects: 1 changed</summary>');
    expect(text).toContain('`core/ConfigMap-settings.yaml` changed\n```diff\n@@');
    expect(text).toContain('-  a: "1"\n+  a: "2"\n   b: x\n```');
    expect(text).not.toContain('Manifest');
    expect(text).not.toContain('|---|');
  });

  test('with another cluster are a row', () => {
    const other = manifest(configMap({}));
    other.Properties.ClusterName = 'another';
    expect(between({ Map: manifest(configMap({})) }, { Map: other })).toContain(
      '`ClusterName` `platform-prod → another` |',
    );
  });

  test('are compared with their predecessor where they are Jobs, whose names end in a hash', () => {
    const text = between({ Run: job('0000aaaa') }, { Run: job('1111bbbb') });
    expect(text).toContain('`core/Job-run-0000aaaa.yaml` → `core/Job-run-1111bbbb.yaml`\n```diff');
    expect(text).toContain('Kubernetes objects: 1 changed');
  });

  test('are not taken for one another where their own names end like a hash', () => {
    const other = ofNamespace('tenant-20260102');
    const deleted = [expect.stringContaining('`cluster/Namespace-tenant-20260101.yaml` **is deleted**')];
    expect(warned(between({ A: ofNamespace('tenant-20260101'), B: other }, { B: other }))).toEqual(deleted);
    expect(warned(between({ A: ofNamespace('tenant-20260101') }, { B: other }))).toEqual(deleted);
  });

  test('that another resource applies are deleted, says a warning', () => {
    expect(warned(between({ Map: manifest(configMap({})) }, { Other: manifest(configMap({})) }))).toEqual([
      '> - **prod** `core/ConfigMap-settings.yaml` **is deleted** from the cluster, because another resource applies it and the old one is removed',
    ]);
  });

  test('that hold others are not deleted in silence', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'core' } };
    expect(warned(between({ Map: manifest(namespace, configMap({})) }, { Map: manifest(configMap({})) }))).toEqual([
      '> - **prod** `cluster/Namespace-core.yaml` **is deleted** from the cluster with everything that belongs to it',
    ]);
  });
});
