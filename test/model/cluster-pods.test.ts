import { namespaceDemand } from '../../lib/config/derive/capacity';
import { CONTROLLERS, DAEMONS, type ClusterPod } from '../../lib/model/cluster-pods';
import { PLATFORM_NAMESPACE_NAMES } from '../../lib/config/environment';
import { COLOR_LABEL } from '../../lib/model/labels';
import { bytes, millicores } from '../../lib/model/quantities';
import { SUSPENSION_RESOURCES } from '../../lib/model/tenant-tiers';
import { clusterWorkloads, podRequests } from './cluster-pods';
import { ofKind, type ObjectOf } from '../kinds';
import { assembly, objectsOf } from '../synth';
import { ENVIRONMENT_NAMES, environment } from '../fixtures';

const declared = ({ requests: { cpu, memory } }: ClusterPod) => ({
  cpu: cpu === undefined ? 0 : millicores(cpu)!,
  memory: memory === undefined ? 0 : bytes(memory)!,
});

describe.each(ENVIRONMENT_NAMES)('%s', (name) => {
  test('has the DaemonSets that the rule on capacity counts, each with what it counts', () => {
    const daemons = clusterWorkloads(assembly(name)).filter(({ kind }) => kind === 'DaemonSet');
    expect(Object.fromEntries(daemons.map((each) => [each.name, each.pod]))).toEqual(
      Object.fromEntries(Object.entries(DAEMONS).map(([each, pod]) => [each, declared(pod)])),
    );
  });

  test('has the controllers that it counts on the application nodes, each as often and with what it counts', () => {
    const controllers = clusterWorkloads(assembly(name)).filter(
      ({ kind, nodes = 'application' }) => kind === 'Deployment' && nodes === 'application',
    );
    expect(Object.fromEntries(controllers.map(({ name: each, replicas, pod }) => [each, { replicas, pod }]))).toEqual(
      Object.fromEntries(
        Object.entries(CONTROLLERS).map(([each, pod]) => [each, { replicas: pod.replicas, pod: declared(pod) }]),
      ),
    );
  });

  test.each(PLATFORM_NAMESPACE_NAMES)('runs in %s at its most what the rule on quotas counts', (namespace) => {
    const objects = objectsOf(assembly(name)).filter(({ metadata }) => metadata.namespace === namespace);
    const most = (workload: ObjectOf<'Deployment' | 'StatefulSet' | 'Job'>): number => {
      if (workload.kind === 'Job') return 1;
      const scaled = ofKind(objects, 'HorizontalPodAutoscaler').find(
        ({ spec }) => spec.scaleTargetRef.name === workload.metadata.name,
      );
      const surge = workload.kind === 'Deployment' && workload.spec.strategy?.type !== 'Recreate' ? 1 : 0;
      return Math.max(workload.spec.replicas ?? 1, scaled?.spec.maxReplicas ?? 0) + surge;
    };
    const workloads = ofKind(objects, 'Deployment', 'StatefulSet', 'Job')
      .filter(({ metadata }) => !metadata.name.startsWith('suspend-'))
      // The rule counts both colors, and one is there.
      .map((each) => ({
        pods: most(each) * (COLOR_LABEL in each.spec.template.metadata.labels ? 2 : 1),
        pod: podRequests(each.spec.template.spec),
      }));
    // Suspensions can wait for each other; the rule leaves room for one, whether there is any or not.
    if (namespace === 'platform-core') workloads.push({ pods: 1, pod: declared(SUSPENSION_RESOURCES) });
    const total = (of: (workload: (typeof workloads)[number]) => number) =>
      workloads.reduce((sum, each) => sum + of(each), 0);
    const { pods, cpuRequests, memoryRequests } = namespaceDemand(environment(name), namespace);
    expect({
      pods: total((each) => each.pods),
      cpuRequests: total((each) => each.pods * each.pod.cpu),
      memoryRequests: total((each) => each.pods * each.pod.memory),
    }).toEqual({ pods, cpuRequests, memoryRequests });
  });
});
