import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  type StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import { setTimeout as sleep } from 'node:timers/promises';
import { pages } from '../../doctor/facts/reader';
import type { PlannedStack } from '../../doctor/plan';
import { OWNED_PROPERTIES } from '../../lib/model/owned-properties';
import { reader, type World } from './reader';
import { inTurns } from './turns';

/** Milliseconds between two looks at a detection, which takes minutes for a large stack. */
const INTERVAL = 5_000;

/** A resource that is not as its template says. */
interface ResourceDrift {
  readonly logicalId: string;
  readonly type: string;
  readonly id: string;
  /** Properties that differ, a line each. Empty: it is deleted. */
  readonly differences: readonly string[];
}

/** A stack, and what CloudFormation finds of it. */
export interface StackDrift {
  readonly stack: PlannedStack;
  readonly isThere: boolean;
  readonly resources: readonly ResourceDrift[];
  /** Resources that CloudFormation could not read, or why it detected nothing. */
  readonly unknown: readonly string[];
}

const isOwned = (type: string, path: string, difference: string): boolean =>
  OWNED_PROPERTIES.some(
    (row) => row.type === type && row.path.test(path) && (row.difference ?? difference) === difference,
  );

const driftOf = (drift: StackResourceDrift): readonly ResourceDrift[] => {
  const { LogicalResourceId: logicalId = '', ResourceType: type = '', PhysicalResourceId: id = '' } = drift;
  if (drift.StackResourceDriftStatus === 'DELETED') return [{ logicalId, type, id, differences: [] }];
  const differences = (drift.PropertyDifferences ?? []).flatMap(
    ({ PropertyPath = '', ExpectedValue, ActualValue, DifferenceType = '' }) => {
      if (isOwned(type, PropertyPath, DifferenceType)) return [];
      const path = PropertyPath.slice(1).replaceAll('/', '.');
      if (DifferenceType === 'ADD') return [`${path} is added (${ActualValue})`];
      return [DifferenceType === 'REMOVE' ? `${path} is gone` : `${path} is ${ActualValue}, not ${ExpectedValue}`];
    },
  );
  return differences.length === 0 ? [] : [{ logicalId, type, id, differences }];
};

const read = async ({ aws, signal }: World, stack: PlannedStack): Promise<StackDrift> => {
  const client = aws.client(CloudFormationClient, stack.region);
  const nothing = { stack, isThere: true, resources: [], unknown: [] };
  let failed: readonly string[] = [];
  try {
    const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName: stack.name }));
    for (;;) {
      const state = await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
      if (state.DetectionStatus === 'DETECTION_FAILED') failed = [state.DetectionStatusReason ?? 'some resources'];
      if (state.DetectionStatus !== 'DETECTION_IN_PROGRESS') break;
      await sleep(INTERVAL, undefined, { signal });
    }
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'ValidationError') throw error;
    return /does not exist/.test(message) ? { ...nothing, isThere: false } : { ...nothing, unknown: [message] };
  }
  const drifts = await pages(
    (NextToken) =>
      client.send(
        new DescribeStackResourceDriftsCommand({
          StackName: stack.name,
          StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED', 'UNKNOWN'],
          NextToken,
        }),
      ),
    (page) => page.StackResourceDrifts,
    (page) => page.NextToken,
  );
  const unknown = drifts.flatMap(({ StackResourceDriftStatus, LogicalResourceId, DriftStatusReason = 'no reason' }) =>
    StackResourceDriftStatus === 'UNKNOWN' ? [`${LogicalResourceId} (${DriftStatusReason})`] : [],
  );
  return {
    ...nothing,
    resources: drifts.filter((one) => one.StackResourceDriftStatus !== 'UNKNOWN').flatMap(driftOf),
    unknown: unknown.length > 0 ? unknown : failed,
  };
};

/** Drift of every stack of the environment, in its region, detected anew. */
export const drifts = reader(
  'CloudFormation',
  [
    'cloudformation:DetectStackDrift',
    'cloudformation:DetectStackResourceDrift',
    'cloudformation:DescribeStackDriftDetectionStatus',
    'cloudformation:DescribeStackResourceDrifts',
  ],
  async (world, target): Promise<readonly StackDrift[]> => inTurns(target.stacks, (stack) => read(world, stack)),
);
