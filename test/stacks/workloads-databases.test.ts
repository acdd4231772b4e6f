import { DATABASES, SERVICES } from '../../lib/model/services';
import { SAMPLES } from '../sample';
import type { Kind } from '../kinds';
import { idsOf, manifestsOf, once, ordered, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const prod = resourcesOf(sample('prod'), 'workloads');
const found = <K extends Kind>(kind: K, name: RegExp) =>
  manifestsOf(sample('prod'), kind).find(([, { metadata }]) => name.test(metadata.name))!;
const idOf = (kind: Kind, name: RegExp) => found(kind, name)[0];

describe('the databases (S24)', () => {
  const values = propertiesOf(prod, 'Custom::AWSCDK-EKS-KubernetesObjectValue');
  const jobs = manifestsOf(sample('prod'), 'Job');
  /** The Jobs by their label `app`, and what waits for each of them. */
  const waiting: Record<string, Json> = Object.fromEntries(
    jobs.map(([id, { metadata, spec }]) => {
      const value = values.find(({ ObjectName }) => ObjectName === metadata.name)!;
      return [metadata.labels.app, { id, spec, value }];
    }),
  );

  test('the deployment waits until each Job has succeeded', () => {
    const migrating = Object.values(SERVICES).filter(({ migrates }) => migrates);
    const waits = Object.entries(waiting).filter(([app]) => !app.endsWith('-switch')); // not those for a color
    expect(waits).toHaveLength(DATABASES.length + migrating.length);
    for (const [, { id, spec, value }] of waits) {
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
      const deployment = idOf('Deployment', new RegExp(`^${name}(-blue)?$`));
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
    expect(rotations).toHaveLength(DATABASES.length);
    for (const id of rotations) {
      const { SecretId, RotateImmediatelyOnUpdate, RotationRules } = prod[id]!.Properties!;
      const [, database] = new RegExp(`User(${DATABASES.join('|')})`).exec(JSON.stringify(SecretId))!;
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
  const alone = once({ ...SAMPLES.prod, mysql: { ...SAMPLES.prod.mysql, readReplicas: 0 } });
  const id = idOf('ConfigMap', /^platform-config$/);
  const { DATABASE_HOST, DATABASE_READER_HOSTS } = resolved(resourcesOf(alone, 'workloads'), id).data;
  expect(DATABASE_HOST).toMatch(/^<MysqlProxy/);
  expect(DATABASE_READER_HOSTS).toBe(DATABASE_HOST);
});
