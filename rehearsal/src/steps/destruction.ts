import { callAws } from '../emulator/aws-api';
import type { AssembledStack } from '../app/cdk';
import type { Holding, Resource } from '../emulator/emulator';

/** Protected stacks that CloudFormation would delete all the same. */
export const unprotectedStacks = async (
  endpoint: string,
  stacks: readonly AssembledStack[],
): Promise<readonly string[]> => {
  const answers = await Promise.all(
    stacks.map(async ({ account, region, name }) => {
      const body = new URLSearchParams({ Action: 'DeleteStack', Version: '2010-05-15', StackName: name });
      const response = await callAws(endpoint, { account, region, service: 'cloudformation' }, body);
      const answer = await response.text();
      return /TerminationProtection/i.test(answer)
        ? []
        : [`the protected stack ${name} could be deleted: ${answer.slice(0, 200)}`];
    }),
  );
  return answers.flat();
};

/** Databases whose templates protect them, and which RDS would delete all the same. */
export const deletable = async (
  endpoint: string,
  stacks: readonly AssembledStack[],
  deployed: readonly Resource[],
): Promise<readonly string[]> => {
  const databases = deployed.filter(({ stack, logicalId, type }) => {
    const template = stacks.find(({ name }) => name === stack)?.template;
    return type === 'AWS::RDS::DBInstance' && template?.Resources?.[logicalId]?.Properties?.DeletionProtection === true;
  });
  const answers = await Promise.all(
    databases.map(async ({ account, region, physicalId }) => {
      const response = await callAws(
        endpoint,
        { account, region, service: 'rds' },
        new URLSearchParams({
          Action: 'DeleteDBInstance',
          Version: '2014-10-31',
          DBInstanceIdentifier: physicalId,
          SkipFinalSnapshot: 'true',
        }),
      );
      const answer = await response.text();
      return /protect/i.test(answer) ? [] : [`the database ${physicalId} is not protected: ${answer.slice(0, 200)}`];
    }),
  );
  return answers.flat();
};

/** Resources that stay though nothing keeps them, and those that are gone though their template keeps them. `others` may stay or go. */
export const remains = (
  kept: readonly Resource[],
  others: readonly Resource[],
  before: readonly Holding[],
  after: readonly Holding[],
): readonly string[] => {
  const known = new Set(before.map((holding) => JSON.stringify(holding)));
  const fresh = after.filter((holding) => !known.has(JSON.stringify(holding)));
  const marks = kept.map((resource) => ({ resource, mark: markOf(resource) }));
  return [
    ...fresh
      .filter(
        ({ key }) => ![...marks.map(({ mark }) => mark), ...others.map(markOf)].some((mark) => key.includes(mark)),
      )
      .map(({ service, store, key }) => `left behind, although no template retains it: ${service} ${store} ${key}`),
    ...marks
      .filter(({ mark }) => !after.some(({ key }) => key.includes(mark)))
      .map(({ resource: { type, physicalId } }) => `gone, although its template retains it: ${type} ${physicalId}`),
  ];
};

/** The text in the key of a resource that stays: its own name, that in its ARN, or that of its final snapshot. */
const markOf = ({ deletionPolicy, physicalId }: Resource): string =>
  deletionPolicy === 'Snapshot' ? `${physicalId}-snapshot-` : physicalId.replace(/^arn:.*:secret:(.*)-\w{6}$/, '$1');
