import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Execution } from './execution';

type Json = ReturnType<typeof JSON.parse>;

/** A call of CodePipeline or EventBridge that a command made. */
interface Called {
  /** As `X-Amz-Target` has it: `AWSEvents.PutEvents`. */
  readonly operation: string;
  /** The account of its credentials: an access key of the emulated AWS is the number of its account. */
  readonly account: string;
  readonly input: Json;
}

/** Calls of services which the emulated AWS does not have, does not carry to another account, or does not tell accounts apart in. */
export interface Services {
  readonly endpoint: string;
  readonly called: readonly Called[];
  /** Sets ECR's answer about every signature, from now on. */
  readonly sign: (statuses: readonly SigningStatus[]) => void;
  /** Sets the execution that GetPipelineExecution tells of. */
  readonly tell: (pipeline: string, execution: Execution) => void;
  readonly stop: () => void;
}

/**
 * An execution as CodePipeline tells it. The summary of a commit that came through a connection is JSON with the provider and the
 * message: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactRevision.html limits it to 2,048 characters.
 */
const told = (pipelineName: string, { id, commit, artifacts }: Execution): Json => ({
  pipelineExecution: {
    pipelineExecutionId: id,
    pipelineName,
    pipelineVersion: 1,
    status: 'InProgress',
    artifactRevisions: [
      {
        name: Object.keys(artifacts)[0],
        revisionId: commit.id,
        revisionSummary: JSON.stringify({ ProviderType: 'GitHub', CommitMessage: commit.message }).slice(0, 2048),
      },
    ],
  },
});

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageSigningStatus.html */
interface SigningStatus {
  readonly signingProfileArn: string;
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';
  readonly failureCode?: string;
  readonly failureReason?: string;
}

/** The token that opens registries: `AWS`, and the account whose credentials asked for it. */
export const tokenOf = (account: string): string => Buffer.from(`AWS:${account}`).toString('base64');

/** Starts them on this machine. They answer in the shapes of the services' APIs, and keep what they are asked. */
export const startServices = async (): Promise<Services> => {
  const called: Called[] = [];
  const executions = new Map<string, Json>();
  let signatures: readonly SigningStatus[] = [];
  const ecr = 'AmazonEC2ContainerRegistry_V20150921';
  const answers: Readonly<Record<string, (input: Json, account: string) => readonly [status: number, answer: Json]>> = {
    'CodePipeline_20150709.GetPipelineExecution': ({ pipelineName, pipelineExecutionId }) => {
      const found = executions.get(`${pipelineName} ${pipelineExecutionId}`);
      const message = `There is no execution ${pipelineExecutionId} of ${pipelineName}`;
      return found ? [200, found] : [400, { __type: 'PipelineExecutionNotFoundException', message }];
    },
    [`${ecr}.GetAuthorizationToken`]: (_, account) => [
      200,
      { authorizationData: [{ authorizationToken: tokenOf(account) }] },
    ],
    [`${ecr}.DescribeImageSigningStatus`]: (input) => [200, { ...input, signingStatuses: signatures }],
    'CodePipeline_20150709.StartPipelineExecution': () => [200, { pipelineExecutionId: randomUUID() }],
    'AWSEvents.PutEvents': ({ Entries }) => [
      200,
      { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) },
    ],
  };
  const server = createServer(async (request, response) => {
    const input = await json(request);
    const operation = `${request.headers['x-amz-target']}`;
    const [, account = ''] = /Credential=(\d{12})\//.exec(request.headers.authorization ?? '') ?? [];
    called.push({ operation, account, input });
    const [status, answer] = answers[operation]?.(input, account) ?? [
      400,
      { __type: 'UnknownOperationException', message: operation },
    ];
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    called,
    sign: (statuses) => void (signatures = statuses),
    tell: (pipeline, execution) => void executions.set(`${pipeline} ${execution.id}`, told(pipeline, execution)),
    stop: () => void server.close(),
  };
};
