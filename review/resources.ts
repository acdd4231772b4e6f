import {
  ResourceImpact,
  type PropertyDifference,
  type ResourceDifference,
  type TemplateDiff,
} from '@aws-cdk/cloudformation-diff';
import { propertyVerdict, type Verdict } from '../rehearsal/src/provider/replacement';
import { constructPath, type Json, type Stack } from './assembly';
import { MANIFEST } from './objects';
import { lostBy } from './served';

export type Action = 'added' | 'removed' | 'changed' | 'replaced' | 'perhaps replaced';

interface PropertyChange {
  readonly name: string;
  /** Whether the resource is replaced for it, or may be. */
  readonly replaces: boolean;
  /** Its difference, where that is short: `20 → 50`, `ScalingConfig.MaxSize: 20 → 24`. */
  readonly values: string | undefined;
}

export interface ResourceChange {
  readonly stack: string;
  /** Its construct path below the stack. */
  readonly path: string;
  readonly type: string;
  readonly action: Action;
  readonly properties: readonly PropertyChange[];
  /** Fate of the old one: `Retain`, `Snapshot`, `Delete`. */
  readonly policy: string;
  /** The thing that users no longer reach without it: `the name api.example.com`. */
  readonly lost: string | undefined;
  /** Whether it was kept when it is removed, and no longer is. */
  readonly loosened: boolean;
}

const { WILL_REPLACE, MAY_REPLACE } = ResourceImpact;

/** The changes of a stack's resources, without Kubernetes objects, which change in place and have a section of their own. */
export const resourceChanges = (
  diff: TemplateDiff,
  before: Stack | undefined,
  after: Stack | undefined,
): readonly ResourceChange[] =>
  Object.entries(diff.resources.changes)
    .filter(([, { isDifferent }]) => isDifferent)
    .map(([id, difference]) => {
      const { oldValue, newValue } = difference;
      const owner = newValue ? after! : before!;
      return {
        stack: owner.name,
        path: constructPath(owner, id),
        type: (newValue ?? oldValue)!.Type,
        action: actionOf(difference),
        properties: oldValue && newValue ? propertyChanges(difference) : [],
        policy: oldValue?.[newValue ? 'UpdateReplacePolicy' : 'DeletionPolicy'] ?? 'Delete',
        lost: lostBy(oldValue, newValue),
        loosened: !!newValue && stays(oldValue?.DeletionPolicy) && !stays(newValue.DeletionPolicy),
      };
    })
    .filter(({ type, properties }) => type !== MANIFEST || properties.length > 0);

const stays = (policy = '') => /^(Retain|Snapshot)/.test(policy);

/** The properties that differ, but for the objects of a manifest. */
const updates = ({ resourceType, propertyUpdates }: ResourceDifference) =>
  Object.entries(propertyUpdates).filter(([name]) => resourceType !== MANIFEST || name !== 'Manifest');

const actionOf = (difference: ResourceDifference): Action => {
  if (!difference.oldValue) return 'added';
  if (!difference.newValue) return 'removed';
  const verdicts = new Set(
    updates(difference).map(([name, change]) => verdictOf(difference.resourceType, name, change)),
  );
  if (difference.resourceTypeChanged || verdicts.has('replaced')) return 'replaced';
  return verdicts.has('perhaps replaced') ? 'perhaps replaced' : 'changed';
};

/** Effect of a property's change: where CloudFormation's registry and the CDK's own data do not agree, it may replace. */
export const verdictOf = (
  type: string | undefined,
  name: string,
  { oldValue, newValue, changeImpact }: PropertyDifference<Json>,
): Verdict => {
  const verdict =
    changeImpact === WILL_REPLACE ? 'replaced' : changeImpact === MAY_REPLACE ? 'perhaps replaced' : 'changed';
  const registered = propertyVerdict(type ?? '', name, oldValue, newValue) ?? verdict;
  return registered === verdict ? verdict : 'perhaps replaced';
};

const propertyChanges = (difference: ResourceDifference): readonly PropertyChange[] => [
  ...updates(difference).map(([name, change]) => ({
    name,
    replaces: verdictOf(difference.resourceType, name, change) !== 'changed',
    values: values(change.oldValue, change.newValue),
  })),
  ...Object.entries(difference.otherChanges).map(([name, { oldValue, newValue }]) => ({
    name,
    replaces: name === 'Type',
    values: values(oldValue, newValue),
  })),
];

const SHORT = 60; // characters of a value that a table has room for

const isObject = (value: Json) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts that differ, with where they are: of two objects their fields, at whatever depth, else the whole. */
const parts = (before: Json, after: Json, path: string): readonly (readonly [string, Json, Json])[] =>
  isObject(before) && isObject(after)
    ? [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
        parts(before[key], after[key], path === '' ? key : `${path}.${key}`),
      )
    : JSON.stringify(before) === JSON.stringify(after)
      ? []
      : [[path, before, after]];

const values = (before: Json, after: Json): string | undefined => {
  const told = parts(before, after, '').map(([path, old, fresh]) => {
    const change = [old, fresh].map((value = 'none') =>
      typeof value === 'object' ? JSON.stringify(value) : `${value}`,
    );
    return `${path === '' ? '' : `${path}: `}${change.join(' → ')}`;
  });
  const short = told.every((each) => each.length <= 2 * SHORT) && told.join(', ').length <= 4 * SHORT;
  return short && told.length > 0 ? told.join(', ') : undefined;
};
