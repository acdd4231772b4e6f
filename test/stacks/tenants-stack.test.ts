import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, KubectlProvider } from 'aws-cdk-lib/aws-eks-v2';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { TenantConfig, TenantRecord } from '../../lib/config/environment';
import { assign, byStack, STACK_CAPACITY } from '../../lib/config/derive/tenant-assignment';
import { TenantsStack } from '../../lib/stacks/tenants-stack';
import { newApp } from '../assemblies/synthesize';
import { ADDRESSES, SAMPLES } from '../sample';
import { ofKind } from '../kinds';
import { appliedBy, manifestsOf, ordered, propertiesOf, resourcesOf, sample, type CfnResource } from '../synth';
import { traffic, type End, type Pod } from '../traffic';

const tenant = (id: string, change: Partial<TenantConfig> = {}): TenantConfig => ({
  id,
  name: `Tenant ${id}`,
  tier: 'standard',
  status: 'active',
  ...change,
});

/** The stacks of these tenants, and nothing else. */
const stacksOf = (tenants: readonly TenantConfig[], record: TenantRecord): CloudAssembly => {
  const app = newApp();
  const env = { account: SAMPLES.prod.account, region: SAMPLES.prod.region };
  const owner = new Stack(app, 'Cluster', { env });
  const cluster = Cluster.fromClusterAttributes(owner, 'Cluster', {
    clusterName: 'platform-prod',
    vpc: Vpc.fromVpcAttributes(owner, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] }),
    clusterSecurityGroupId: 'sg-1',
    prune: false,
    kubectlProvider: KubectlProvider.fromKubectlProviderAttributes(owner, 'Kubectl', {
      serviceToken: `arn:aws:lambda:${env.region}:${env.account}:function:kubectl`,
      role: undefined as never,
    }),
  });
  for (const part of byStack(tenants, record))
    new TenantsStack(app, `Tenants${part.stack}`, {
      stackName: `platform-prod-tenants-${part.stack}`,
      env,
      config: SAMPLES.prod,
      cluster: { cluster },
      tenants: part.tenants,
      addresses: ADDRESSES,
    });
  return app.synth();
};

const resources = (of: CloudAssembly): Record<string, CfnResource> =>
  Object.fromEntries(
    of.stacks.flatMap(({ id, template }) =>
      Object.entries<CfnResource>(template.Resources ?? {}).map(([logicalId, resource]) => [
        `${id} ${logicalId}`,
        resource,
      ]),
    ),
  );

/** Differences between two deployments, as `Tenants3 Tenantacme…`. */
const difference = (before: CloudAssembly, after: CloudAssembly): string[] => {
  const [old, fresh] = [resources(before), resources(after)];
  return Object.keys({ ...old, ...fresh }).filter((id) => JSON.stringify(old[id]) !== JSON.stringify(fresh[id]));
};

const NOBODY: TenantRecord = { stacks: 0, tenants: {} };

describe('of 200 tenants', () => {
  const tenants = Array.from({ length: 200 }, (_, i) => tenant(`company-${i}`));
  const record = assign(tenants, NOBODY);
  const before = stacksOf(tenants, record);
  const changes = (after: readonly TenantConfig[]) => difference(before, stacksOf(after, assign(after, record)));

  test('four stacks hold two resources each, besides one that lets a stack be without tenants', () => {
    expect(record.stacks).toBe(4);
    expect(Object.keys(resources(before))).toHaveLength(2 * 200 + 4);
  });

  test('one more touches nothing of the others', () => {
    expect(changes([tenant('aardvark'), ...tenants])).toEqual([
      expect.stringMatching(/^Tenants5 Clustermanifesttenantaardvark/),
      expect.stringMatching(/^Tenants5 Stays$/),
      expect.stringMatching(/^Tenants5 tenantaardvarkIdentity/),
    ]);
  });

  test('one that leaves touches nothing of the others, nor does who takes the place', () => {
    const left = tenants.filter(({ id }) => id !== 'company-77');
    const gone = changes(left);
    expect(gone.map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      expect.stringMatching(/^Tenants\d Clustermanifesttenantcompany77$/),
      expect.stringMatching(/^Tenants\d tenantcompany77Identity$/),
    ]);
    const [stack] = gone[0]!.split(' ');
    expect(changes([...left, tenant('zebra')]).map((id) => id.split(' ')[0])).toEqual([stack, stack, stack, stack]);
  });

  test('one that is suspended touches nothing of the others', () => {
    const changed = changes(tenants.map((one) => (one.id === 'company-77' ? { ...one, status: 'suspended' } : one)));
    expect(changed.map((id) => id.replace(/^Tenants\d /, '').replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'Clustermanifesttenantcompany77',
      expect.stringMatching(/^ClustermanifestJobplatformcoresuspendcompany77[0-9a-f]{8}$/),
      'tenantcompany77Suspended',
    ]);
  });
});

test('a full stack, all suspended and named at length, is far from the limits of CloudFormation', () => {
  const long = Array.from({ length: STACK_CAPACITY }, (_, i) =>
    tenant(`${i}`.padStart(40, 'x'), { name: 'ö'.repeat(100), tier: 'premium', status: 'suspended' }),
  );
  const [template] = stacksOf(long, assign(long, NOBODY)).stacks.flatMap((stack) =>
    stack.id === 'Tenants1' ? [stack.template] : [],
  );
  expect(Object.keys(template.Resources).length).toBeLessThan(0.6 * 500);
  expect(Buffer.byteLength(JSON.stringify(template, null, 1))).toBeLessThan(0.6 * 1_000_000);
});

test('ids that differ by hyphens only are two tenants', () => {
  const two = [tenant('a-bc'), tenant('ab-c', { status: 'suspended' })];
  expect(Object.keys(resources(stacksOf(two, assign(two, NOBODY))))).toHaveLength(2 + 4 + 1);
});

test('a stack stays when its last tenant has left, so that a deployment takes away what it held', () => {
  const record = assign([tenant('acme', { status: 'suspended' })], NOBODY);
  expect(Object.keys(resources(stacksOf([], assign([], record))))).toEqual(['Tenants1 Stays']);
});

test('the logical ids of what a tenant has stay: another one deletes the live namespace', () => {
  const one = [tenant('acme', { status: 'suspended' })];
  const ids = Object.keys(resources(stacksOf(one, assign(one, NOBODY)))).filter((id) => !/manifestJob/.test(id));
  expect(ids).toEqual([
    'Tenants1 Clustermanifesttenantacme48ED7E6F',
    'Tenants1 Stays',
    expect.stringMatching(/^Tenants1 tenantacmeIdentity/),
    expect.stringMatching(/^Tenants1 tenantacmeSuspended/),
  ]);
});

describe('in an environment', () => {
  const own = resourcesOf(sample('prod'), 'tenants-1');
  const bundleOf = (id: string) => Object.keys(own).find((name) => name.startsWith(`Clustermanifesttenant${id}`))!;
  const suspending = Object.keys(own).filter((name) => /manifestJob/.test(name));

  test('a suspended tenant loses its pods once no other may start, and the deployment waits for it', () => {
    const waits = Object.keys(own).filter((name) => own[name]?.Type === 'Custom::AWSCDK-EKS-KubernetesObjectValue');
    expect(suspending).toEqual([expect.stringMatching(/suspendglobex/)]);
    expect(waits).toEqual([expect.stringMatching(/^tenantglobexSuspended/)]);
    expect(ordered(own, bundleOf('globex'), suspending[0]!)).toBe(true);
    expect(ordered(own, suspending[0]!, waits[0]!)).toBe(true);
    const [, job] = appliedBy(own, 'Job')[0]!;
    expect(own[waits[0]!]?.Properties).toMatchObject({
      ObjectType: 'job',
      ObjectName: job.metadata.name,
      ObjectNamespace: 'platform-core',
      JsonPath: '.status.succeeded',
    });
    expect(job.spec.template.spec.containers[0]?.image).toMatch(
      /^333333333333\.dkr\.ecr\.ap-southeast-1\.amazonaws\.com\/platform\/kubectl:v1\.36\.\d+@sha256:\w{64}$/,
    );
  });

  test('pods of a tenant have the role of tenants, by their service account', () => {
    const identities = Object.values(own).filter(({ Type }) => Type === 'AWS::EKS::PodIdentityAssociation');
    expect(identities.map(({ Properties }) => [Properties?.Namespace, Properties?.ServiceAccount])).toEqual([
      ['tenant-acme', 'tenant'],
      ['tenant-globex', 'tenant'],
    ]);
    const role = Object.values(resourcesOf(sample('prod'), 'tenancy')).find(({ Type }) => Type === 'AWS::IAM::Role');
    for (const { Properties } of identities) {
      expect(Properties?.RoleArn).toBe(`arn:aws:iam::333333333333:role/${role?.Properties?.RoleName}`);
      expect(Properties?.DisableSessionTags).toBeUndefined();
    }
  });

  test('the stack holds on to nothing of what tenants share, so that the last tenant can leave', () => {
    const imports = JSON.stringify(own).match(/"Fn::ImportValue":"[^"]+"/g)!;
    expect(imports.filter((name) => !name.includes('platform-prod-cluster:'))).toEqual([]);
    const workloads = JSON.stringify(resourcesOf(sample('prod'), 'workloads'));
    expect(imports.filter((name) => !workloads.includes(name))).toEqual([]); // which keep these exports there
  });
});

const pod = (namespace: string, app = 'shop'): Pod => ({ namespace, labels: { app } });
/** An address of a subnet of this kind. */
const addressIn = (subnet: string): string =>
  propertiesOf(resourcesOf(sample('prod'), 'network'), 'AWS::EC2::Subnet')
    .find(({ id }) => id.includes(`${subnet}Subnet1`))!
    .CidrBlock.replace(/\.\d+\/\d+$/, '.9');
const serviceAddress = (last: number) => SAMPLES.prod.cluster.serviceCidr.replace(/0\/\d+$/, `${last}`);

describe('through the network', () => {
  const own = resourcesOf(sample('prod'), 'tenants-1');
  const objects = [...manifestsOf(sample('prod')), ...appliedBy(own)].map(([, object]) => object);
  const policies = ofKind(objects, 'NetworkPolicy');
  const namespaces = ofKind(objects, 'Namespace').map(({ metadata }) => metadata);
  const all = { ...Object.fromEntries(namespaces.map(({ name, labels }) => [name, labels])), 'kube-system': {} };
  const reaches = traffic(policies, all);
  const acme = pod('tenant-acme');
  const platform = ofKind(objects, 'Deployment').map(({ metadata, spec }): Pod => ({
    namespace: metadata.namespace,
    labels: spec.template.metadata.labels,
  }));

  test.each<[string, End, number]>([
    ['each other', pod('tenant-acme', 'another'), 8080],
    ['the names of the cluster', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }, 53],
    ['what gives them credentials', '169.254.170.23', 80],
    ['the endpoints of AWS', addressIn('Private'), 443],
    ['the internet', '203.0.113.9', 443],
  ])('pods of a tenant reach %s', (_, to, port) => {
    expect(reaches(acme, to, port)).toBe(true);
  });

  test.each<[string, End, number]>([
    ['another tenant', pod('tenant-globex'), 8080],
    ['the databases', addressIn('Data'), 3306],
    ['Redis', addressIn('Data'), 6379],
    ['the API server', serviceAddress(1), 443],
    ['the metadata of their node', '169.254.169.254', 80],
    ['pods by their address', '10.128.0.9', 443],
    ['Services by their address', serviceAddress(9), 443],
  ])('no pod of a tenant reaches %s', (_, to, port) => {
    expect(reaches(acme, to, port)).toBe(false);
  });

  test('the gateway reaches pods of tenants, and so does Prometheus; nothing else does, nor do they reach the platform', () => {
    const callers = platform.filter((from) => reaches(from, acme, 3000)).map(({ labels }) => labels.app);
    expect(callers).toEqual(['api-gateway']);
    for (const to of platform) expect([to, reaches(acme, to, 3000)]).toEqual([to, false]);
    // The policy of Prometheus comes with it.
    const admits = traffic(
      policies.filter(({ metadata }) => metadata.namespace !== 'platform-monitoring'),
      all,
    );
    const prometheus = pod('platform-monitoring', 'prometheus');
    expect([9090, 3000].map((port) => admits(prometheus, acme, port))).toEqual([true, false]);
    expect(admits(pod('platform-monitoring'), acme, 9090)).toBe(false);
  });
});
