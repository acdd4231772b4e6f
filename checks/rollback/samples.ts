import type { Pod, Service } from 'kubernetes-types/core/v1';
import { APP_LABEL, RELEASE_LABEL } from '../../lib/model/labels';
import type { Cluster } from '../../rehearsal/src/cluster/cluster';
import { bindingsOf, publicHosts, type TargetGroupBinding } from '../../rehearsal/src/drills/requests';
import type { Binding, RequestPath, TargetGroup } from '../../rehearsal/src/drills/request-path';
import { arrivalOf, attempt, distributionOf } from '../../rehearsal/src/drills/walk';
import type { Emulator } from '../../rehearsal/src/emulator/emulator';
import { lookAgainAndAgain, type Looks } from '../looking';

/** Where requests to every path of every public name arrive at one moment. */
export interface Sample {
  /** Requests that arrive nowhere, a line each. */
  readonly faults: readonly string[];
  /** The releases of the pods to which the load balancer sends them: `frontend 1a2b3c4d`. */
  readonly releases: readonly string[];
}

/** The load balancer sends requests to healthy targets only. What has ended is no pod any longer. */
const serving = ({ targets }: TargetGroup, { addresses }: Binding): readonly string[] =>
  targets.filter(({ address, fault }) => fault === null && addresses.includes(address)).map(({ address }) => address);

const servesAny = (group: TargetGroup, binding: Binding): void => {
  if (serving(group, binding).length === 0)
    throw new Error(`no pod of ${binding.service} is a healthy target of ${group.name}`);
};

/** Walks to where requests arrive now. */
const sampleOf = (parts: RequestPath, pods: readonly Pod[]): Sample => {
  const releaseOf = new Map(
    pods.map(({ status, metadata }) => [
      status?.podIP,
      `${metadata?.labels?.[APP_LABEL]} ${metadata?.labels?.[RELEASE_LABEL]}`,
    ]),
  );
  const walks = publicHosts(parts).flatMap((host) => {
    const { found, fault } = attempt(() => distributionOf(host, parts));
    if (found === undefined) return [{ fault: `https://${host}: ${fault}`, releases: [] }];
    return found.behaviours.map((behaviour) => {
      const walk = attempt(() => arrivalOf(host, found, behaviour, parts, servesAny).pods);
      const { targetGroup, binding } = walk.found ?? {};
      const addresses = targetGroup && binding ? serving(targetGroup, binding) : [];
      return {
        fault: walk.fault && `https://${host}/${behaviour.path.replace(/^\//, '')}: ${walk.fault}`,
        releases: addresses.map((address) => releaseOf.get(address)!),
      };
    });
  });
  return {
    faults: walks.flatMap(({ fault }) => fault ?? []),
    releases: [...new Set(walks.flatMap(({ releases }) => releases))].toSorted(),
  };
};

/** Takes samples from now on. */
export const takeSamples = async (
  { follow }: Pick<Cluster, 'follow'>,
  { requestPath }: Pick<Emulator, 'requestPath'>,
): Promise<Looks<Sample>> => {
  const followed = await follow<{ readonly kind: string }>('targetgroupbindings', 'services', 'pods');
  const looks = await lookAgainAndAgain(async () => {
    const parts = await requestPath();
    const objects = await followed.objects();
    const of = <T>(kind: string) => objects.filter((object) => object.kind === kind) as unknown as T[];
    const pods = of<Pod>('Pod');
    const bindings = bindingsOf(of<TargetGroupBinding>('TargetGroupBinding'), of<Service>('Service'), pods);
    return sampleOf({ ...parts, bindings }, pods);
  });
  return { ...looks, end: () => looks.end().finally(() => followed.end()) };
};
