import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  ExecuteChangeSetCommand,
  waitUntilChangeSetCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Action } from './definition';

const WAIT = { maxWaitTime: 300, minDelay: 1, maxDelay: 2 }; // seconds

/** Why the last operation on a stack failed: what its first failed resource says. */
const reasonOf = async (client: CloudFormationClient, StackName: string): Promise<string> => {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  const began = StackEvents.findIndex(
    ({ LogicalResourceId, ResourceStatus }) =>
      LogicalResourceId === StackName && ResourceStatus === 'UPDATE_IN_PROGRESS',
  ); // newest first
  const failed = StackEvents.slice(0, began).findLast(({ ResourceStatus = '' }) => ResourceStatus.endsWith('_FAILED'));
  return failed ? `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}` : `${StackName} does not update`;
};

/**
 * Runs an action of CloudFormation. A change set without changes succeeds, and executing it does nothing:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
 */
export const deployment = async (
  { Configuration }: Action,
  region: string,
  artifacts: Readonly<Record<string, string>>,
  bucket: string,
): Promise<string> => {
  const { ActionMode, StackName, ChangeSetName, TemplatePath = '', RoleArn, Capabilities = '' } = Configuration;
  const client = new CloudFormationClient({ region });
  const set = { StackName, ChangeSetName };
  const isEmpty = async () => {
    const { Status, StatusReason = '' } = await client.send(new DescribeChangeSetCommand(set));
    if (Status === 'CREATE_COMPLETE') return false;
    if (/didn't contain changes|No updates are to be performed/.test(StatusReason)) return true;
    throw new Error(`the change set of ${StackName} is ${Status}: ${StatusReason}`);
  };
  if (ActionMode === 'CHANGE_SET_REPLACE') {
    const [artifact, file] = TemplatePath.split('::') as [string, string];
    const Key = `${StackName}/${file}`;
    const Body = readFileSync(join(artifacts[artifact]!, file));
    await new S3Client({ region }).send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    await client.send(new DeleteChangeSetCommand(set));
    await client.send(
      new CreateChangeSetCommand({
        ...set,
        TemplateURL: `https://s3.${region}.amazonaws.com/${bucket}/${Key}`,
        RoleARN: RoleArn,
        Capabilities: Capabilities.split(',') as 'CAPABILITY_NAMED_IAM'[],
      }),
    );
    await waitUntilChangeSetCreateComplete({ client, ...WAIT }, set).catch(() => {}); // the description says why
    return (await isEmpty()) ? `${StackName} does not change` : `${StackName} changes`;
  }
  if (ActionMode !== 'CHANGE_SET_EXECUTE')
    throw new Error(`ActionMode is ${ActionMode}: only CHANGE_SET_REPLACE and CHANGE_SET_EXECUTE are known here`);
  if (await isEmpty()) return `${StackName} stays as it is`;
  await client.send(new ExecuteChangeSetCommand(set));
  await waitUntilStackUpdateComplete({ client, ...WAIT }, { StackName }).catch(async () => {
    throw new Error(await reasonOf(client, StackName!));
  });
  return `${StackName} is updated`;
};
