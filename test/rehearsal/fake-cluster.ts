import type { Cluster } from '../../rehearsal/cluster';

/** A cluster that holds these objects, by what kubectl calls their kinds, and does this with other commands. */
export const fakeCluster = (
  held: Readonly<Record<string, readonly object[]>>,
  kubectl: (args: readonly string[]) => void = () => {},
): Cluster & { readonly commands: string[] } => {
  const commands: string[] = [];
  return {
    commands,
    get: async <T>(...resources: readonly string[]) => resources.flatMap((resource) => held[resource] ?? []) as T[],
    kubectl: async (args) => {
      commands.push(args.join(' '));
      kubectl(args);
      return '';
    },
  };
};
