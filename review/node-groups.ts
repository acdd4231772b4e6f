import { constructPath, type Json, type Stack } from './assembly';

/** Effect of a deployment on the nodes of a managed node group that stays. */
export interface NodeGroupChange {
  /** Its construct path below the stack. */
  readonly path: string;
  /** The properties for which EKS replaces every node. */
  readonly rolling: readonly string[];
  /** Properties that change beside one of them, and have to be deployed by themselves. */
  readonly apart: readonly string[];
  /** The number of nodes that it is set to, whatever runs. */
  readonly desired: number | undefined;
}

const NODE_GROUP = 'AWS::EKS::Nodegroup';

/**
 * Properties that change in place; another one makes another group. Those of the first line replace the nodes, and EKS takes none
 * together with another property, but for a version with a release of it: the page of AWS::EKS::Nodegroup, aws/aws-cdk#16644.
 */
const ROLLING = ['Version', 'ReleaseVersion', 'LaunchTemplate'];
const IN_PLACE = new Set([
  ...ROLLING,
  'ForceUpdateEnabled',
  'Labels',
  'NodeRepairConfig',
  'ScalingConfig',
  'Tags',
  'Taints',
  'UpdateConfig',
  'WarmPoolConfig',
]);

/** The node groups of a stack that stay and change. */
export const nodeGroupChanges = (old: Stack | undefined, next: Stack | undefined): readonly NodeGroupChange[] =>
  Object.entries(next?.template.Resources ?? {}).flatMap(([id, { Type, Properties = {} }]) => {
    const before = old?.template.Resources?.[id];
    if (Type !== NODE_GROUP || before?.Type !== NODE_GROUP) return [];
    const was = before.Properties ?? {};
    const names = [...new Set([...Object.keys(was), ...Object.keys(Properties)])]
      .filter((name) => !same(was[name], Properties[name]))
      .concat(same(machines(old!, was), machines(next!, Properties)) ? [] : ['LaunchTemplate']);
    const changed = [...new Set(names)].toSorted();
    if (changed.length === 0 || !changed.every((name) => IN_PLACE.has(name))) return [];
    const rolling = changed.filter((name) => ROLLING.includes(name));
    const together = rolling.length === 0 || changed.length === 1 || same(changed, ['ReleaseVersion', 'Version']);
    return [
      {
        path: constructPath(next!, id),
        rolling,
        apart: together ? [] : changed,
        desired:
          changed.includes('ScalingConfig') && was.ScalingConfig ? Properties.ScalingConfig?.DesiredSize : undefined,
      },
    ];
  });

const same = (one: Json, another: Json) => JSON.stringify(one) === JSON.stringify(another);

/** The data of a group's launch template: another version of it is another value of the group's LaunchTemplate. */
const machines = ({ template }: Stack, { LaunchTemplate }: Readonly<Record<string, Json>>) =>
  template.Resources?.[LaunchTemplate?.Id?.Ref]?.Properties?.LaunchTemplateData;
