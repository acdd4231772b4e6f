import { SERVICE_NAMES, type ServiceName } from '../../lib/config/environment';
import { deploymentsOf } from '../../lib/config/derive/deployments';
import { colorsOf } from '../../lib/model/colors';
import { DATABASES, SERVICES } from '../../lib/model/services';
import { COLORS, PLATFORM_NAMESPACE_NAMES } from '../../lib/model/names';
import { SERVICE_SITES, SITES } from '../../lib/model/sites';
import { MANIFEST } from '../../review/objects';
import { SAMPLES } from '../sample';
import type { Kind } from '../kinds';
import { assembly, flat, idsOf, manifestsOf, ordered, propertiesOf, resourcesOf, sample, type Json } from '../synth';
import { ENVIRONMENT_NAMES } from '../fixtures';

const prod = resourcesOf(sample('prod'), 'workloads');
const found = <K extends Kind>(kind: K, name: RegExp) =>
  manifestsOf(sample('prod'), kind).find(([, { metadata }]) => name.test(metadata.name))!;
const idOf = (kind: Kind, name: RegExp) => found(kind, name)[0];

/** The stacks that references lead to. */
const ownersOf = (references: Json) => new Set(JSON.stringify(references).match(/platform-prod-\w+/g));

const WITH_SECRETS = SERVICE_NAMES.filter((name) => {
  const { database, redis, jwt, sentryVariable } = SERVICES[name];
  return database !== undefined || redis || jwt || (sentryVariable !== undefined && SAMPLES.prod.sentry);
});

const serviceObjects = (name: ServiceName) => [
  `NetworkPolicy ${name}`,
  `ServiceAccount ${name}`,
  ...(WITH_SECRETS.includes(name) ? [`SecretProviderClass ${name}`] : []),
  `Service ${name}`,
  ...(colorsOf(name).length === 0 ? runs(name) : [`Service ${name}-blue`, ...runs(`${name}-blue`)]),
];
const runs = (name: string) => [
  `Deployment ${name}`,
  `HorizontalPodAutoscaler ${name}-hpa`,
  `PodDisruptionBudget ${name}`,
];
/** The wait for the color that users are to meet, and the binding of that color. */
const siteObjects = (name: string) => [
  `TargetGroupBinding ${name}-blue`,
  ...['ServiceAccount', 'Role', 'RoleBinding', 'NetworkPolicy'].map((kind) => `${kind} ${name}-switch`),
  expect.stringMatching(`^Job ${name}-switch-[0-9a-f]{8}$`),
];
const jobObjects = (name: string) => [`NetworkPolicy ${name}`, expect.stringMatching(`^Job ${name}-[0-9a-f]{8}$`)];
const setupObjects = (name: string) => [...jobObjects(name), `ServiceAccount ${name}`, `SecretProviderClass ${name}`];

test('holds its manifests itself, one object each', () => {
  const objects = manifestsOf(sample('prod')).map(([, { kind, metadata }]) => `${kind} ${metadata.name}`);
  const expected = [
    'PriorityClass platform-critical',
    'NetworkPolicy tenant-suspension',
    ...['core', 'apps', 'monitoring'].flatMap((name) => [
      `Namespace platform-${name}`,
      'ResourceQuota quota',
      'LimitRange limits',
      'NetworkPolicy deny-all',
    ]),
    ...['mysql-core', 'mysql-primary', 'redis-cluster'].map((name) => `Service ${name}`),
    ...['platform-config', 'aws-authorities', 'database-setup'].map((name) => `ConfigMap ${name}`),
    ...DATABASES.flatMap((name) => setupObjects(`database-setup-${name}`)),
    ...SERVICE_NAMES.flatMap(serviceObjects),
    ...SERVICE_NAMES.filter((name) => SERVICES[name].migrates).flatMap((name) => jobObjects(`${name}-migrate`)),
    ...SERVICE_SITES.flatMap((site) => siteObjects(SITES[site].target.name)),
  ];
  expect(objects).toHaveLength(expected.length);
  expect(idsOf(prod, MANIFEST)).toHaveLength(expected.length);
  expect(objects).toEqual(expect.arrayContaining(expected));
});

test('makes every namespace before what lives in it', () => {
  for (const name of ['dev', 'prod'] as const) {
    const resources = resourcesOf(sample(name), 'workloads');
    const objects = manifestsOf(sample(name));
    const inside = objects.filter(([, { metadata }]) => metadata.namespace !== undefined);
    expect(inside.length).toBeGreaterThan(0);
    for (const [id, { metadata }] of inside) {
      const namespace = objects.find(
        ([, other]) => other.kind === 'Namespace' && other.metadata.name === metadata.namespace,
      );
      expect(ordered(resources, namespace![0], id)).toBe(true);
    }
  }
});

test('leaves the namespaces of the platform behind, because other stacks have objects there, and nothing else', () => {
  const kept = Object.entries(resourcesOf(sample('prod'), 'workloads')).filter(
    ([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete',
  );
  const objects = new Map(manifestsOf(sample('prod')));
  expect(kept.map(([id]) => objects.get(id)?.metadata.name).toSorted()).toEqual(PLATFORM_NAMESPACE_NAMES.toSorted());
});

test('runs the images of the registry of its account (S18)', () => {
  const { account, region, releases } = SAMPLES.prod;
  const { tag, digest } = deploymentsOf(releases, 'api-gateway')[0]!.release;
  const [, gateway] = found('Deployment', /api-gateway/);
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com/platform`;
  expect(gateway.spec.template.spec.containers[0]?.image).toBe(`${registry}/api-gateway:${tag}@${digest}`);
  const [, job] = found('Job', /database-setup-core/);
  expect(job.spec.template.spec.containers[0]?.image).toMatch(
    new RegExp(`^${registry}/mysql:8\\.4\\.\\d+@sha256:\\w{64}$`),
  );
});

test('shows no secret value, and no reference that would become one', () => {
  expect(JSON.stringify(manifestsOf(sample('prod')))).not.toMatch(/resolve:|"kind":"Secret"/);
});

describe('who may read which secret (S26)', () => {
  const identities = propertiesOf(prod, 'AWS::EKS::PodIdentityAssociation');
  const policyOf = (association: Json) => {
    const role = association.RoleArn['Fn::GetAtt'][0];
    return propertiesOf(prod, 'AWS::IAM::Policy').find(({ Roles }) => Roles[0].Ref === role)!.PolicyDocument.Statement;
  };
  const secretsOf = (serviceAccount: string) => {
    const [read] = policyOf(identities.find(({ ServiceAccount }) => ServiceAccount === serviceAccount)!);
    return [read.Resource]
      .flat()
      .map((arn: Json) => /Ref(\w+?)(Attachment)?[0-9A-F]{8}/.exec(JSON.stringify(arn))?.[1]);
  };

  test('each service account has a role of its own, which only its pods assume', () => {
    expect(identities.map(({ Namespace, ServiceAccount }) => `${Namespace}/${ServiceAccount}`)).toEqual([
      ...DATABASES.map((name) => `platform-core/database-setup-${name}`),
      ...WITH_SECRETS.map((name) => `${SERVICES[name].namespace}/${name}`),
    ]);
    for (const { RoleArn, Namespace, ServiceAccount } of identities)
      expect(prod[RoleArn['Fn::GetAtt'][0]]?.Properties?.AssumeRolePolicyDocument.Statement).toEqual([
        {
          Effect: 'Allow',
          Action: ['sts:AssumeRole', 'sts:TagSession'],
          Principal: { Service: 'pods.eks.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:RequestTag/eks-cluster-name': expect.anything(),
              'aws:RequestTag/kubernetes-namespace': Namespace,
              'aws:RequestTag/kubernetes-service-account': ServiceAccount,
            },
          },
        },
      ]);
  });

  test('the gateway: its database user, its Redis user, the signing key, and nothing else', () => {
    expect(secretsOf('api-gateway')).toEqual(['MysqlUsercore', 'RedisSecretapigateway', 'Jwt']);
  });

  test('the Job of a database: the administrator and the user that it makes', () => {
    expect(secretsOf('database-setup-auth')).toEqual(['MysqlPrimarySecret', 'MysqlUserauth']);
  });

  test('keys open through Secrets Manager only', () => {
    for (const identity of identities) {
      const [read, decrypt, ...more] = policyOf(identity);
      expect(more).toEqual([]);
      expect(read.Action).toEqual(['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue']);
      expect(decrypt.Action).toBe('kms:Decrypt');
      expect(flat(decrypt.Condition.StringEquals['kms:ViaService'])).toBe('secretsmanager.ap-southeast-1.TOKEN');
      expect(ownersOf(decrypt.Resource)).toEqual(ownersOf(read.Resource)); // the key of each secret, and no other
    }
  });

  test('pods wait for their identity, and for all that they mount', () => {
    for (const [id, { spec }] of manifestsOf(sample('prod'), 'Deployment', 'Job')) {
      const { serviceAccountName, volumes = [] } = spec.template.spec; // the wait for a color mounts nothing
      const needed = [
        idOf('ServiceAccount', new RegExp(`^${serviceAccountName}$`)),
        ...volumes.flatMap(({ csi, configMap }) => [
          ...(csi
            ? [
                identities.find(({ ServiceAccount }) => ServiceAccount === serviceAccountName)!.id,
                idOf('SecretProviderClass', new RegExp(`^${csi.volumeAttributes.secretProviderClass}$`)),
              ]
            : []),
          ...(configMap ? [idOf('ConfigMap', new RegExp(`^${configMap.name}$`))] : []),
        ]),
        idOf('PriorityClass', /^platform-critical$/),
        idOf('NetworkPolicy', new RegExp(`^${spec.template.metadata.labels.app}$`)), // their ways through the network
      ];
      for (const each of needed) expect([each, id, ordered(prod, each, id)]).toEqual([each, id, true]);
    }
  });
});

test('the pods reach the data tiers, by rules of this stack', () => {
  const ports = propertiesOf(prod, 'AWS::EC2::SecurityGroupIngress')
    .filter(({ SourceSecurityGroupId }) => JSON.stringify(SourceSecurityGroupId).includes('ClusterSecurityGroupId'))
    .map(({ FromPort, ToPort }) => [FromPort, ToPort]);
  expect(ports).toEqual([
    [3306, 3306],
    [6379, 6379],
  ]);
});

test('the names in the cluster lead to the managed endpoints (S24, S25)', () => {
  const targets = [
    [/^mysql-core$/, 'MysqlProxy'],
    [/^mysql-primary$/, 'MysqlPrimary'],
    [/^redis-cluster$/, 'ConfigurationEndPointAddress'],
  ] as const;
  for (const [name, target] of targets) {
    const [id, { spec }] = found('Service', name);
    expect(JSON.stringify(prod[id]?.Properties?.Manifest)).toContain(target);
    expect(spec).toEqual({ type: 'ExternalName', externalName: 'TOKEN' });
  }
});

test('services find the replicas in platform-config', () => {
  const readers = (['prod', 'dev'] as const).map(
    (name) =>
      manifestsOf(sample(name), 'ConfigMap').find(([, { metadata }]) => metadata.name === 'platform-config')![1].data
        .DATABASE_READER_HOSTS,
  );
  expect(readers).toEqual(['TOKEN,TOKEN', 'TOKEN']); // without replicas it is the writer
});

test('a value that only people know stops the deployment while it is missing, where Sentry is used', () => {
  const checks = (['prod', 'dev'] as const).map((name) =>
    propertiesOf(resourcesOf(sample(name), 'workloads'), 'Custom::ProvidedValue').map(({ Name }) => flat(Name)),
  );
  expect(checks).toEqual([['platform/prod/sentry-dsn'], []]);
  const [check] = idsOf(prod, 'Custom::ProvidedValue');
  for (const id of idsOf(prod, MANIFEST)) expect([id, ordered(prod, check!, id)]).toEqual([id, true]); // before anything is made
  const policies = propertiesOf(prod, 'AWS::IAM::Policy').filter(({ id }) => id.startsWith('SentryDsn'));
  const actions = policies.flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Action }: Json) => Action),
  );
  expect(actions.filter((action) => action.startsWith('secretsmanager'))).toEqual(['secretsmanager:DescribeSecret']);
});

describe('the load balancer', () => {
  const bindings = manifestsOf(sample('prod'), 'TargetGroupBinding');

  test('sends the requests of a site to the pods of its service: each public service is bound, and no other', () => {
    const sites = SERVICE_NAMES.filter((name) => SERVICES[name].site !== undefined);
    expect(bindings.map(([, { metadata }]) => `${metadata.namespace}/${metadata.name}`).toSorted()).toEqual(
      sites.map((name) => `${SERVICES[name].namespace}/${name}-blue`).toSorted(),
    );
    for (const [id, { metadata, spec }] of bindings) {
      expect(spec).toEqual({
        serviceRef: { name: metadata.name, port: 80 },
        targetGroupARN: 'TOKEN',
        targetType: 'ip', // and no `networking`: else the controller would write rules into security groups
      });
      const { site } = SERVICES[metadata.name.replace('-blue', '') as keyof typeof SERVICES];
      expect(JSON.stringify(prod[id]?.Properties?.Manifest)).toContain(
        `platform-prod-load-balancer:ExportsOutputRefTargets${site}blue`,
      );
    }
  });

  test('has pods registered by a right to exactly these target groups, there before the first and after the last', () => {
    const [policy, ...more] = propertiesOf(prod, 'AWS::IAM::Policy').filter(({ Roles }) =>
      JSON.stringify(Roles).includes('LoadBalancerController'),
    );
    expect(more).toEqual([]);
    expect(policy?.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
        Resource: SERVICE_SITES.toSorted()
          .flatMap((site) => COLORS.map((color) => `${site}${color}`))
          .map((group) => ({
            'Fn::ImportValue': expect.stringContaining(`platform-prod-load-balancer:ExportsOutputRefTargets${group}`),
          })),
      },
    ]);
    for (const [id, { metadata }] of bindings)
      for (const needed of [policy!.id, idOf('Service', new RegExp(`^${metadata.name}$`))])
        expect([needed, id, ordered(prod, needed, id)]).toEqual([needed, id, true]);
  });

  test.each(ENVIRONMENT_NAMES)('reaches the pods of %s on their port, and nothing else', (name) => {
    const resources = resourcesOf(assembly(name), 'workloads');
    const group = { 'Fn::ImportValue': expect.stringMatching(/-load-balancer:ExportsOutputFnGetAttSecurityGroup/) };
    const pods = { 'Fn::ImportValue': expect.stringMatching(/-cluster:.*ClusterSecurityGroupId/) };
    const port = { IpProtocol: 'tcp', FromPort: 3000, ToPort: 3000 };
    const about = (type: string) =>
      propertiesOf(resources, type).filter((rule) => JSON.stringify(rule).includes('-load-balancer:'));
    expect(about('AWS::EC2::SecurityGroupEgress')).toEqual([
      expect.objectContaining({ GroupId: group, DestinationSecurityGroupId: pods, ...port }),
    ]);
    expect(about('AWS::EC2::SecurityGroupIngress')).toEqual([
      expect.objectContaining({ GroupId: pods, SourceSecurityGroupId: group, ...port }),
    ]);
  });
});
