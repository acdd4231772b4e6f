import { ENVIRONMENT_NAMES } from '../fixtures';
import { LABELS } from '../../lib/model/labels';
import { ofKind, type ObjectOf } from '../kinds';
import { assembly, objectsOf, type Json } from '../synth';

const nameOf = ({ kind, metadata }: ObjectOf): string =>
  [kind, metadata.namespace, metadata.name].filter(Boolean).join(' ');

const { version, ...withoutVersion } = LABELS;
const { instance, ...common } = withoutVersion;

const pick = (labels: Json = {}, keys: readonly string[]): Json =>
  Object.fromEntries(keys.map((key) => [key, labels[key]]));

const selects = (selector: Json, labels: Json): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Every value of a field with this name, at whatever depth. */
const fieldsCalled = (field: RegExp, value: Json): readonly Json[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries<Json>(value).flatMap(([key, inner]) => [
        ...(field.test(key) ? [inner] : []),
        ...fieldsCalled(field, inner),
      ]);

/** Fields of a pod that name an object of its namespace, by the kind of that. */
const NAMED: Readonly<Record<string, RegExp>> = {
  ServiceAccount: /^serviceAccountName$/,
  ConfigMap: /^(configMap|configMapRef|configMapKeyRef)$/,
  PersistentVolumeClaim: /^claimName$/,
  SecretProviderClass: /^secretProviderClass$/,
};

describe.each(ENVIRONMENT_NAMES)('the objects of %s', (name) => {
  const objects = objectsOf(assembly(name));
  const makers = ofKind(objects, 'DaemonSet', 'Deployment', 'Job', 'StatefulSet');
  const tenants = new Set(
    ofKind(objects, 'Namespace')
      .filter(({ metadata }) => metadata.labels['tenant-id'] !== undefined)
      .map(({ metadata }) => metadata.name),
  );

  /** Workloads whose pods use an object: it selects them, they name it, or they act by it. */
  const usersOf = (object: ObjectOf): typeof makers => {
    const { kind, metadata } = object;
    const inNamespace = makers.filter((maker) => maker.metadata.namespace === metadata.namespace);
    const withAccount = (subjects: ObjectOf<'RoleBinding'>['subjects']) =>
      makers.filter((maker) =>
        subjects.some(
          (subject) =>
            subject.namespace === maker.metadata.namespace &&
            subject.name === maker.spec.template.spec.serviceAccountName,
        ),
      );
    switch (object.kind) {
      case 'Service':
        return inNamespace.filter((maker) => selects(object.spec.selector ?? {}, maker.spec.template.metadata.labels));
      case 'PodDisruptionBudget':
        return inNamespace.filter((maker) =>
          selects(object.spec.selector.matchLabels, maker.spec.template.metadata.labels),
        );
      case 'NetworkPolicy':
        return inNamespace.filter((maker) =>
          selects(object.spec.podSelector.matchLabels ?? {}, maker.spec.template.metadata.labels),
        );
      case 'HorizontalPodAutoscaler':
        return inNamespace.filter((maker) => maker.metadata.name === object.spec.scaleTargetRef.name);
      case 'TargetGroupBinding':
        return usersOf(
          ofKind(objects, 'Service').find(
            (other) =>
              other.metadata.namespace === metadata.namespace && other.metadata.name === object.spec.serviceRef.name,
          )!,
        );
      case 'RoleBinding':
      case 'ClusterRoleBinding':
        return withAccount(object.subjects);
      case 'Role':
      case 'ClusterRole':
        return ofKind(objects, 'ClusterRoleBinding', 'RoleBinding')
          .filter(
            ({ roleRef, metadata: { namespace } }) =>
              roleRef.kind === kind &&
              roleRef.name === metadata.name &&
              (kind === 'ClusterRole' || namespace === metadata.namespace),
          )
          .flatMap(({ subjects }) => withAccount(subjects));
      default: {
        const field = NAMED[kind];
        if (field === undefined) return makers.filter((maker) => maker === object);
        return inNamespace.filter((maker) =>
          fieldsCalled(field, maker.spec.template.spec).some((found) => (found.name ?? found) === metadata.name),
        );
      }
    }
  };

  /** The objects that the pods of one program use, and those of no other. Objects in the namespace of a tenant are the tenant's. */
  const owned = objects
    .filter(({ metadata }) => !tenants.has(metadata.namespace))
    .map((object) => ({ object, users: usersOf(object) }))
    .filter(({ users }) => new Set(users.map(({ metadata }) => metadata.labels[LABELS.name])).size === 1);

  test('that make pods, and their pods, have all labels that Kubernetes recommends, and say the version that runs', () => {
    expect(makers.length).toBeGreaterThan(10);
    for (const maker of makers) {
      const { template } = maker.spec;
      const labels = pick(template.metadata.labels, Object.values(LABELS));
      expect([nameOf(maker), pick(maker.metadata.labels, Object.values(LABELS))]).toEqual([nameOf(maker), labels]);
      expect([nameOf(maker), Object.values(labels)]).toEqual([
        nameOf(maker),
        Object.values(LABELS).map(() => expect.stringMatching(/^[A-Za-z0-9]/)),
      ]);
      expect([nameOf(maker), labels[version]]).toEqual([
        nameOf(maker),
        template.spec.containers[0]?.image.split('@')[0]!.split(':').at(-1),
      ]);
      expect([nameOf(maker), template.metadata.labels.app]).toEqual([nameOf(maker), labels[instance]]);
    }
  });

  test('that are for one program have its labels, and no version, so that a release changes what runs, and nothing else', () => {
    const others = owned.filter(({ object }) => !makers.some((maker) => maker === object));
    expect(others.length).toBeGreaterThan(60);
    for (const { object, users } of others) {
      const wanted = users.map((user) => pick(user.metadata.labels, Object.values(common)));
      const labels = pick(object.metadata.labels, Object.values(common));
      expect([nameOf(object), wanted]).toEqual([nameOf(object), expect.arrayContaining([labels])]);
      expect([nameOf(object), Object.keys(object.metadata.labels ?? {})]).toEqual([
        nameOf(object),
        expect.arrayContaining(Object.values(withoutVersion)),
      ]);
      expect([nameOf(object), object.metadata.labels[version]]).toEqual([nameOf(object), undefined]);
    }
  });

  test('are selected by none of these labels: selectors never change, and releases do', () => {
    const borne = new Set(
      [...objects, ...makers.map(({ spec }) => spec.template)].flatMap(({ metadata: { labels = {} } }) =>
        Object.values(LABELS).map((key) => `${key}=${labels[key]}`),
      ),
    );
    const selectors = objects.flatMap((object) =>
      fieldsCalled(/^(selector|matchLabels)$/, object).flatMap((selector) =>
        Object.entries(selector).map(([key, value]) => `${key}=${value}`),
      ),
    );
    expect(selectors).toContain('app=api-gateway');
    expect(selectors.filter((selector) => borne.has(selector))).toEqual([]);
    const keys = objects.flatMap((object) =>
      fieldsCalled(/^(matchExpressions|matchLabelKeys)$/, object)
        .flat()
        .map((expression) => expression.key ?? expression),
    );
    expect(keys.filter((key) => Object.values<string>(LABELS).includes(key))).toEqual([]);
  });
});
