import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { Aws } from '../../doctor/aws';
import type { Json } from '../../doctor/plan';
import { placement } from '../../lib/model/node-placement';
import { noProgress, STUCK } from '../../rehearsal/src/cluster/patience';
import type { Place } from '../../rehearsal/src/drills/drills';
import type { Resource } from '../../rehearsal/src/emulator/emulator';

/** Where somebody acts. */
interface Scene extends Pick<Place, 'cluster' | 'emulator'> {
  readonly aws: Aws;
}

/** A change by hand, or by somebody who owns what it changes. */
export interface Planted {
  readonly title: string;
  readonly plant: (scene: Scene) => Promise<void>;
  /** The one finding that names it. @default - none: its owner is no person */
  readonly finding?: RegExp;
  /** Somebody does what the finding says, before the second `--mend`. @default - nothing */
  readonly mend?: (scene: Scene) => Promise<void>;
  /** Whether the daily check of the stacks tells it too. @default false */
  readonly daily?: boolean;
  /** Takes away at the end what `--mend` leaves alone, because it is of others. @default - nothing is left */
  readonly cleanUp?: (scene: Scene) => Promise<void>;
  /** Its first group is the name that `--remove` takes. @default - `--mend` is enough */
  readonly name?: RegExp;
}

const CORE = 'platform-core';

/** A RoleBinding of the platform. */
const REBOUND = 'prometheus';

/** Pods that need a node each: more than the nodes have room for. */
const BIG_PODS = 3;

/** Milliseconds between two looks. */
const INTERVAL = 200;

const pathOf = (group: string, kind: string, name = '') =>
  `${group === 'v1' ? '/api/v1' : `/apis/${group}`}/namespaces/${CORE}/${kind}${name === '' ? '' : `/${name}`}`;

const ask = async ({ cluster }: Scene, method: string, path: string, body?: object): Promise<void> => {
  const answer = await cluster.send(method, path, body === undefined ? {} : { body });
  if (answer.status >= 300) throw new Error(`${method} ${path} answers ${answer.status}: ${answer.body.message}`);
};

/** The resource of a stack of development, by the beginning of its logical id. */
const resourceOf = async ({ emulator }: Scene, stack: string, type: string, logicalId: string): Promise<Resource> => {
  const found = (await emulator.resources()).find(
    (one) => one.stack === `platform-dev-${stack}` && one.type === type && one.logicalId.startsWith(logicalId),
  );
  if (found === undefined) throw new Error(`the stack ${stack} has no ${type} ${logicalId}`);
  return found;
};

/** The security group of the tier, which rules of other stacks are for too. */
const groupOf = async (scene: Scene, stack: string, logicalId: string): Promise<string> =>
  (await resourceOf(scene, stack, 'AWS::EC2::SecurityGroup', logicalId)).physicalId;

export const PLANTED: readonly Planted[] = [
  {
    title: 'a Deployment is deleted',
    plant: (scene) => ask(scene, 'DELETE', pathOf('apps/v1', 'deployments', 'auth-service')),
    finding: /^Deployment platform-core\/auth-service does not exist → /,
  },
  {
    title: 'a NetworkPolicy lets everybody in',
    plant: async ({ cluster }) => {
      const policies = await cluster.get<NetworkPolicy>('networkpolicies');
      const { spec } = policies.find(
        ({ metadata }) => metadata?.namespace === CORE && metadata.name === 'api-gateway',
      )!;
      const ingress = [...(spec!.ingress ?? []), {}];
      await cluster.patch(pathOf('networking.k8s.io/v1', 'networkpolicies', 'api-gateway'), {
        spec: { ingress },
      });
    },
    finding: /^NetworkPolicy platform-core\/api-gateway is changed: spec\.ingress /,
  },
  {
    title: 'a container gets one more variable, which a merge of three ways does not show',
    plant: ({ cluster }) => cluster.patch(pathOf('v1', 'configmaps', 'platform-config'), { data: { BY_HAND: 'yes' } }),
    finding: /^ConfigMap platform-core\/platform-config is changed: data\.BY_HAND is added \("yes"\) → /,
  },
  {
    title: 'somebody has created a RoleBinding anew, for another role',
    plant: async (scene) => {
      const path = pathOf('rbac.authorization.k8s.io/v1', 'rolebindings');
      const found = (await scene.cluster.send('GET', `${path}/${REBOUND}`)).body as Json;
      await ask(scene, 'DELETE', `${path}/${REBOUND}`);
      const { name, labels, annotations } = found.metadata;
      const roleRef = { ...found.roleRef, kind: 'ClusterRole', name: 'cluster-admin' };
      await ask(scene, 'POST', path, { ...found, metadata: { name, labels, annotations }, roleRef });
    },
    finding: /^RoleBinding platform-core\/\S+ is changed in a field that Kubernetes does not change back: .*roleRef/,
    mend: (scene) => ask(scene, 'DELETE', `${pathOf('rbac.authorization.k8s.io/v1', 'rolebindings')}/${REBOUND}`),
  },
  {
    title: 'a RoleBinding is added',
    plant: (scene) =>
      ask(scene, 'POST', pathOf('rbac.authorization.k8s.io/v1', 'rolebindings'), {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'by-hand' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'somebody' }],
      }),
    finding: /^RoleBinding platform-core\/by-hand is in no template, and no controller owns it → /,
    name: /^(RoleBinding platform-core\/by-hand) /,
  },
  {
    title: 'a rule opens MySQL to the VPC',
    plant: async (scene) => {
      const GroupId = await groupOf(scene, 'mysql', 'MysqlSecurityGroup');
      const rule = { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, IpRanges: [{ CidrIp: '10.2.0.0/16' }] };
      await scene.aws
        .client(EC2Client)
        .send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
    },
    finding: /^The rule sgr-\w+ of sg-\w+ lets tcp 3306 in from 10\.2\.0\.0\/16, and no template holds it → /,
    name: /^The rule (sgr-\w+) /,
  },
  {
    title: 'a rule is deleted, by which pods reach Redis',
    plant: async (scene) => {
      const client = scene.aws.client(EC2Client);
      const group = await groupOf(scene, 'redis', 'RedisSecurityGroup');
      const asked = new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [group] }] });
      const { SecurityGroupRules = [] } = await client.send(asked);
      const rules = SecurityGroupRules.filter(({ IsEgress }) => IsEgress !== true);
      const SecurityGroupRuleIds = rules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId);
      await client.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds }));
    },
    finding: /^AWS::EC2::SecurityGroupIngress sgr-\w+ \(.*6379\w+ of platform-dev-workloads\) is deleted → /,
    daily: true,
  },
  {
    title: 'the threshold of an alarm is raised',
    plant: async ({ aws }) => {
      const client = aws.client(CloudWatchClient);
      const names = { AlarmNames: ['platform-dev-mysql-cpu-primary'] };
      const { MetricAlarms: [alarm] = [] } = await client.send(new DescribeAlarmsCommand(names));
      await client.send(
        new PutMetricAlarmCommand({
          ...alarm,
          AlarmName: names.AlarmNames[0],
          EvaluationPeriods: alarm?.EvaluationPeriods,
          ComparisonOperator: alarm?.ComparisonOperator,
          Threshold: 99,
        }),
      );
    },
    finding:
      /^AWS::CloudWatch::Alarm platform-dev-mysql-cpu-primary \(\w+ of platform-dev-\w+\) is changed: Threshold is 99, not /,
    daily: true,
  },
  {
    title: 'the autoscaler of pods scales a Deployment',
    plant: ({ cluster }) =>
      cluster.patch(pathOf('apps/v1', 'deployments', 'tenant-service'), { spec: { replicas: 2 } }),
  },
  {
    title: 'the autoscaler of nodes adds some, because pods of somebody need them',
    plant: async ({ cluster }) => {
      const before = (await cluster.get('nodes')).length;
      const started = performance.now();
      const resources = { requests: { cpu: '1500m', memory: '64Mi' }, limits: { memory: '64Mi' } };
      for (let at = 0; at < BIG_PODS; at++) {
        const { status, body } = await cluster.send('POST', '/api/v1/namespaces/default/pods', {
          body: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: `by-hand-${at}` },
            spec: { ...placement('application'), containers: [{ name: 'app', image: 'example.com/app:1', resources }] },
          },
        });
        if (status >= 300) throw new Error(`a pod is refused: ${body.message}`);
      }
      while ((await cluster.get('nodes')).length === before) {
        if (performance.now() - started > STUCK) throw new Error(noProgress('no node was added'));
        await sleep(INTERVAL);
      }
    },
    cleanUp: async ({ cluster }) => {
      // A pod of the platform may have taken the place of one: its priority is higher.
      for (let at = 0; at < BIG_PODS; at++)
        await cluster.send('DELETE', `/api/v1/namespaces/default/pods/by-hand-${at}?gracePeriodSeconds=0`);
    },
  },
  {
    title: 'somebody restarts pods as docs/secrets.md says',
    plant: ({ cluster }) =>
      cluster.patch(pathOf('apps/v1', 'deployments', 'service-registry'), {
        spec: {
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } },
        },
      }),
  },
];
