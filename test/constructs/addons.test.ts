import { volumesPolicy } from '../../lib/constructs/addons';
import { SAMPLES } from '../sample';
import { managedPolicies, ordered, propertiesOf, resourcesOf, sample, type Json } from '../synth';

const prod = resourcesOf(sample('prod'), 'cluster');
const properties = (type: string) => propertiesOf(prod, type);
const addon = (name: string) => properties('AWS::EKS::Addon').find(({ AddonName }) => AddonName === name)!;
const configuration = (name: string) => {
  const { ConfigurationValues } = addon(name);
  const text =
    typeof ConfigurationValues === 'string'
      ? ConfigurationValues
      : ConfigurationValues['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'TOKEN')).join('');
  return JSON.parse(text);
};

describe('the add-ons', () => {
  test('give each pod subnet to its zone, addresses by prefix, and network policies (S9)', () => {
    const { env, enableNetworkPolicy, eniConfig } = configuration('vpc-cni');
    expect(env).toEqual({
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true',
      ENI_CONFIG_LABEL_DEF: 'topology.kubernetes.io/zone',
      ENABLE_PREFIX_DELEGATION: 'true',
      WARM_PREFIX_TARGET: '1',
      AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false', // pods leave the VPC by their node's routes
    });
    expect(enableNetworkPolicy).toBe('true');
    expect(eniConfig).toMatchObject({ create: true, region: SAMPLES.prod.region });
    expect(Object.keys(eniConfig.subnets)).toEqual(SAMPLES.prod.network.availabilityZones);
    expect(JSON.stringify(addon('vpc-cni').ConfigurationValues)).toMatch(
      /PodNetworkZone1.*PodNetworkZone2.*PodNetworkZone3/,
    );
    for (const { securityGroups } of Object.values<Json>(eniConfig.subnets)) expect(securityGroups).toHaveLength(1);
    expect(JSON.stringify(addon('vpc-cni').ConfigurationValues)).toContain('"ClusterSecurityGroupId"');
  });

  test('run on nodes although every group has a taint', () => {
    const place = {
      nodeSelector: { 'node-type': 'application' },
      tolerations: [{ key: 'application', operator: 'Equal', value: 'true', effect: 'NoSchedule' }],
    };
    expect(configuration('coredns')).toMatchObject(place);
    expect(configuration('metrics-server')).toMatchObject(place);
    expect(configuration('aws-ebs-csi-driver')).toMatchObject({ controller: place, node: { tolerateAllTaints: true } });
    expect(configuration('amazon-cloudwatch-observability')).toMatchObject({ manager: place });
  });

  test('of which there is more than one pod, spread over zones', () => {
    for (const [name, replicas] of Object.entries({ coredns: 3, 'metrics-server': 2 })) {
      const { replicaCount, replicas: count = replicaCount, topologySpreadConstraints } = configuration(name);
      expect(count).toBe(replicas);
      expect(topologySpreadConstraints).toEqual([
        expect.objectContaining({
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'DoNotSchedule',
          nodeTaintsPolicy: 'Honor',
        }),
      ]);
    }
  });

  test('hand secrets to pods on every node, where no pod takes their place, and again after a rotation', () => {
    const everywhere = { tolerations: [{ operator: 'Exists' }], priorityClassName: 'system-node-critical' };
    expect(configuration('aws-secrets-store-csi-driver-provider')).toEqual({
      awsRegion: SAMPLES.prod.region,
      ...everywhere,
      'secrets-store-csi-driver': {
        linux: everywhere,
        syncSecret: { enabled: true },
        enableSecretRotation: true,
        rotationPollInterval: '120s',
      },
    });
  });

  test('measure every node and read its logs, before other pods, and leave the pods of services alone', () => {
    const { tolerations, agent, containerLogs, manager } = configuration('amazon-cloudwatch-observability');
    expect(tolerations).toEqual([{ operator: 'Exists' }]);
    expect(agent.priorityClassName).toBe('system-node-critical');
    expect(agent.config.logs.metrics_collected).toEqual({
      kubernetes: { enhanced_container_insights: true, accelerated_compute_metrics: false },
    });
    expect(containerLogs.enabled).toBe(true);
    expect(manager.applicationSignals.autoMonitor.monitorAllServices).toBe(false);
  });

  test('write to log groups that are there before, and are not kept forever', () => {
    const groups = propertiesOf(prod, 'AWS::Logs::LogGroup').filter(({ id }) => id.startsWith('ContainerLogs'));
    expect(groups.map(({ LogGroupName, RetentionInDays }) => [LogGroupName, RetentionInDays])).toEqual(
      ['application', 'dataplane', 'host', 'performance'].map((kind) => [
        `/aws/containerinsights/platform-prod/${kind}`,
        SAMPLES.prod.monitoring.containerLogRetentionDays,
      ]),
    );
    for (const { id } of groups) expect(ordered(prod, id, addon('amazon-cloudwatch-observability').id)).toBe(true);
  });

  test('tag the volumes that pods claim', () => {
    expect(configuration('aws-ebs-csi-driver').controller.extraVolumeTags).toEqual({
      Environment: 'production',
      Owner: SAMPLES.prod.tags.owner,
      CostCenter: SAMPLES.prod.tags.costCenter,
    });
  });

  test('go with the cluster, and overwrite what somebody changed by hand', () => {
    for (const { PreserveOnDelete, ResolveConflicts } of properties('AWS::EKS::Addon'))
      expect({ PreserveOnDelete, ResolveConflicts }).toEqual({
        PreserveOnDelete: false,
        ResolveConflicts: 'OVERWRITE',
      });
  });

  test('call AWS with a role of their own, which only their pods get', () => {
    const roles = properties('AWS::EKS::Addon').filter(({ PodIdentityAssociations }) => PodIdentityAssociations);
    expect(
      roles.map(({ AddonName, PodIdentityAssociations }) => [AddonName, PodIdentityAssociations[0].ServiceAccount]),
    ).toEqual([
      ['vpc-cni', 'aws-node'],
      ['aws-ebs-csi-driver', 'ebs-csi-controller-sa'],
      ['amazon-cloudwatch-observability', 'cloudwatch-agent'],
    ]);
    for (const { AddonName, PodIdentityAssociations } of roles) {
      const role = prod[PodIdentityAssociations[0].RoleArn['Fn::GetAtt'][0]]?.Properties ?? {};
      expect(managedPolicies(role)).toEqual([
        {
          'vpc-cni': 'AmazonEKS_CNI_Policy',
          'aws-ebs-csi-driver': 'AmazonEBSCSIDriverEKSClusterScopedPolicy',
          'amazon-cloudwatch-observability': 'CloudWatchAgentServerPolicy',
        }[AddonName as string],
      ]);
    }
    expect(JSON.stringify(properties('AWS::IAM::Role').find(({ id }) => id.startsWith('NodeRole')))).not.toMatch(/CNI/);
  });

  test.each([
    ['v1.48.0-eksbuild.1', 'AmazonEBSCSIDriverPolicyV2'],
    ['v1.57.9-eksbuild.1', 'AmazonEBSCSIDriverPolicyV2'],
    ['v1.58.0-eksbuild.1', 'AmazonEBSCSIDriverEKSClusterScopedPolicy'],
    ['v2.0.0-eksbuild.1', 'AmazonEBSCSIDriverEKSClusterScopedPolicy'],
  ])('of volumes, version %s: reach those that it can tell apart', (version, policy) => {
    expect(volumesPolicy(version)).toBe(policy);
  });
});
