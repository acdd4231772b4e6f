import { SERVICES } from '../../lib/config/services';
import { SAMPLES } from '../sample';
import { flat, idsOf, manifestsOf, ordered, propertiesOf, resourcesOf, sample, synthesize, type Json } from '../synth';

const prod = resourcesOf(sample('prod'), 'workloads');
const manifests = manifestsOf(sample('prod'));
const idOf = (kind: string, name: RegExp) =>
  Object.entries(manifests).find(([, object]) => object.kind === kind && name.test(object.metadata.name))![0];

/** The stacks that references lead to. */
const ownersOf = (references: Json) => new Set(JSON.stringify(references).match(/platform-prod-\w+/g));

const serviceObjects = (name: string) => [
  `NetworkPolicy ${name}`,
  `ServiceAccount ${name}`,
  `SecretProviderClass ${name}`,
  `Deployment ${name}`,
  `Service ${name}`,
  `HorizontalPodAutoscaler ${name}-hpa`,
  `PodDisruptionBudget ${name}`,
];
const jobObjects = (name: string) => [`NetworkPolicy ${name}`, expect.stringMatching(`^Job ${name}-[0-9a-f]{8}$`)];
const setupObjects = (name: string) => [...jobObjects(name), `ServiceAccount ${name}`, `SecretProviderClass ${name}`];

test('holds its manifests itself, one object each', () => {
  const objects = Object.values(manifests).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
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
    ...['core', 'auth', 'tenant', 'registry'].flatMap((name) => setupObjects(`database-setup-${name}`)),
    ...['api-gateway', 'frontend', 'auth-service', 'tenant-service', 'service-registry'].flatMap(serviceObjects),
    ...['auth-service', 'tenant-service', 'service-registry'].flatMap((name) => jobObjects(`${name}-migrate`)),
  ];
  expect(objects).toHaveLength(expected.length);
  expect(objects).toEqual(expect.arrayContaining(expected));
});

test('makes every namespace before what lives in it', () => {
  for (const name of ['dev', 'prod'] as const) {
    const resources = resourcesOf(sample(name), 'workloads');
    const objects = Object.entries(manifestsOf(sample(name)));
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

test('runs the images of the registry of its account (S18)', () => {
  const { account, region, services } = SAMPLES.prod;
  const { imageTag } = services['api-gateway'];
  const gateway = manifests[idOf('Deployment', /api-gateway/)];
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com/platform`;
  expect(gateway.spec.template.spec.containers[0].image).toBe(`${registry}/api-gateway:${imageTag}`);
  const job = manifests[idOf('Job', /database-setup-core/)];
  expect(job.spec.template.spec.containers[0].image).toMatch(new RegExp(`^${registry}/mysql:8\\.4\\.\\d+$`));
});

test('shows no secret value, and no reference that would become one', () => {
  expect(JSON.stringify(manifests)).not.toMatch(/resolve:|"kind":"Secret"/);
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
      'platform-core/database-setup-core',
      'platform-core/database-setup-auth',
      'platform-core/database-setup-tenant',
      'platform-core/database-setup-registry',
      'platform-core/api-gateway',
      'platform-apps/frontend',
      'platform-core/auth-service',
      'platform-core/tenant-service',
      'platform-core/service-registry',
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
    for (const [id, { kind, spec }] of Object.entries(manifests)) {
      if (kind !== 'Deployment' && kind !== 'Job') continue;
      const { serviceAccountName } = spec.template.spec;
      const identity = identities.find(({ ServiceAccount }) => ServiceAccount === serviceAccountName)!;
      const needed = [
        identity.id,
        idOf('ServiceAccount', new RegExp(`^${serviceAccountName}$`)),
        idOf('SecretProviderClass', new RegExp(`^${serviceAccountName}$`)),
        ...(serviceAccountName === 'frontend' ? [] : [idOf('ConfigMap', /^aws-authorities$/)]),
        idOf('PriorityClass', /^platform-critical$/),
        idOf('NetworkPolicy', new RegExp(`^${spec.template.metadata.labels.app}$`)), // their ways through the network
      ];
      for (const each of needed) expect([each, id, ordered(prod, each, id)]).toEqual([each, id, true]);
    }
  });
});

describe('the databases (S24)', () => {
  const values = propertiesOf(prod, 'Custom::AWSCDK-EKS-KubernetesObjectValue');
  const jobs = Object.entries(manifests).filter(([, { kind }]) => kind === 'Job');
  /** The Jobs by their label `app`, and what waits for each of them. */
  const waiting: Record<string, Json> = Object.fromEntries(
    jobs.map(([id, { metadata, spec }]) => {
      const value = values.find(({ ObjectName }) => ObjectName === metadata.name)!;
      return [metadata.labels.app, { id, spec, value }];
    }),
  );

  test('the deployment waits until each Job has succeeded', () => {
    expect(Object.keys(waiting)).toHaveLength(7);
    for (const { id, spec, value } of Object.values(waiting)) {
      expect(value).toMatchObject({
        ObjectType: 'job',
        ObjectNamespace: 'platform-core',
        JsonPath: '.status.succeeded',
      });
      expect(ordered(prod, id, value.id)).toBe(true);
      expect(spec.activeDeadlineSeconds).toBeLessThan(value.TimeoutSeconds);
    }
  });

  test('a schema is migrated after its database is there, and before the pods of the new image', () => {
    for (const [name, { database, migrates }] of Object.entries(SERVICES)) {
      if (database === undefined) continue;
      const deployment = idOf('Deployment', new RegExp(`^${name}$`));
      const { value } = waiting[`database-setup-${database}`]!;
      expect([name, ordered(prod, value.id, deployment)]).toEqual([name, true]);
      if (!migrates) continue;
      const migration = waiting[`${name}-migrate`]!;
      expect([name, ordered(prod, value.id, migration.id)]).toEqual([name, true]);
      expect([name, ordered(prod, migration.value.id, deployment)]).toEqual([name, true]);
    }
  });

  test('no password is rotated before the Job has made its user, and none at once', () => {
    const rotations = idsOf(prod, 'AWS::SecretsManager::RotationSchedule');
    expect(rotations).toHaveLength(4);
    for (const id of rotations) {
      const { SecretId, RotateImmediatelyOnUpdate, RotationRules } = prod[id]!.Properties!;
      const [, database] = /User(core|auth|tenant|registry)/.exec(JSON.stringify(SecretId))!;
      expect(ordered(prod, waiting[`database-setup-${database}`]!.value.id, id)).toBe(true);
      expect([RotateImmediatelyOnUpdate, RotationRules]).toEqual([
        false,
        { ScheduleExpression: 'cron(0 20 1 * ? *)', Duration: '1h' },
      ]);
    }
  });

  test('every function that rotates reaches the database, and Secrets Manager', () => {
    for (const { id, HostedRotationLambda } of propertiesOf(prod, 'AWS::SecretsManager::RotationSchedule')) {
      const group = HostedRotationLambda.VpcSecurityGroupIds['Fn::GetAtt'][0];
      const from = (rule: Json) => JSON.stringify(rule).includes(`"${group}"`);
      const admitted = propertiesOf(prod, 'AWS::EC2::SecurityGroupIngress').filter(({ SourceSecurityGroupId }) =>
        from(SourceSecurityGroupId),
      );
      expect(admitted.map(({ FromPort }) => FromPort)).toEqual([3306]);
      expect(ordered(prod, admitted[0]!.id, id)).toBe(true);
      expect(prod[group]?.Properties?.SecurityGroupEgress).toEqual([
        expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }),
      ]);
      expect(HostedRotationLambda).toMatchObject({ RotationType: 'MySQLSingleUser' });
      expect(JSON.stringify(HostedRotationLambda.VpcSubnetIds)).toMatch(
        /PrivateSubnet1.*PrivateSubnet2.*PrivateSubnet3/,
      );
      const logs = propertiesOf(prod, 'AWS::Logs::LogGroup').find(
        ({ LogGroupName }) => LogGroupName === `/aws/lambda/${HostedRotationLambda.RotationLambdaName}`,
      );
      expect(logs?.RetentionInDays).toBe(90);
      expect(ordered(prod, logs!.id, id)).toBe(true); // else the function makes the group, and the name is taken
      expect(HostedRotationLambda.ExcludeCharacters).toBe(' !"#$%&\'()*+,/:;<=>?@[\\]^`{|}');
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
    const id = idOf('Service', name);
    expect(JSON.stringify(prod[id]?.Properties?.Manifest)).toContain(target);
    expect(manifests[id].spec).toEqual({ type: 'ExternalName', externalName: 'TOKEN' });
  }
});

test('services find the replicas in platform-config', () => {
  const readers = (['prod', 'dev'] as const).map(
    (name) =>
      Object.values(manifestsOf(sample(name))).find(({ metadata }) => metadata.name === 'platform-config').data
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
  for (const id of idsOf(prod, 'Custom::AWSCDK-EKS-KubernetesResource'))
    expect([id, ordered(prod, check!, id)]).toEqual([id, true]); // before anything is made
  const policies = propertiesOf(prod, 'AWS::IAM::Policy').filter(({ id }) => id.startsWith('SentryDsn'));
  const actions = policies.flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Action }: Json) => Action),
  );
  expect(actions.filter((action) => action.startsWith('secretsmanager'))).toEqual(['secretsmanager:DescribeSecret']);
});

/** A manifest with what its references lead to: `<MysqlProxy…>`. */
const resolved = (resources: typeof prod, id: string): Json => {
  const text = (value: Json): string =>
    typeof value === 'string'
      ? value
      : (value['Fn::Join']?.[1].map(text).join('') ??
        `<${value['Fn::ImportValue'].replace(/^.*:ExportsOutput(FnGetAtt|Ref)/, '')}>`);
  return JSON.parse(text(resources[id]?.Properties?.Manifest))[0];
};

test('services write to the proxy and read from the replicas; the Job goes to the primary (S24, S25)', () => {
  const config = resolved(prod, idOf('ConfigMap', /^platform-config$/)).data;
  expect(config).toEqual({
    DATABASE_HOST: expect.stringMatching(/^<MysqlProxy\w+>$/),
    DATABASE_READER_HOSTS: expect.stringMatching(/^<MysqlReplica1\w+>,<MysqlReplica2\w+>$/),
    DATABASE_PORT: '3306',
    REDIS_HOST: expect.stringMatching(/^<Redis\w+ConfigurationEndPointAddress\w+>$/),
    REDIS_PORT: '6379',
  });
  expect(resolved(prod, idOf('ConfigMap', /^database-setup$/)).data['client.cnf']).toMatch(/^host=<MysqlPrimary\w+>$/m);
});

test('without replicas, services read where they write: through the proxy', () => {
  const alone = synthesize({ ...SAMPLES.prod, mysql: { ...SAMPLES.prod.mysql, readReplicas: 0 } });
  const id = idOf('ConfigMap', /^platform-config$/);
  const { DATABASE_HOST, DATABASE_READER_HOSTS } = resolved(resourcesOf(alone, 'workloads'), id).data;
  expect(DATABASE_HOST).toMatch(/^<MysqlProxy/);
  expect(DATABASE_READER_HOSTS).toBe(DATABASE_HOST);
});
