import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A stack, and how CloudFormation answers. */
export interface FakeStack {
  readonly name: string;
  readonly changeSet:
    | 'nothing changes'
    | 'a resource changes'
    /** CreateChangeSet answers with this error. */
    | { readonly refused: string }
    /** The change set ends with the status FAILED, for this reason. */
    | { readonly failed: string };
  /** @default true */
  readonly exists?: boolean;
}

export interface FakeCloudFormation {
  readonly endpoint: string;
  /** Requests that it got, as `Action stack`. */
  readonly asked: readonly string[];
  readonly close: () => void;
}

/** An answer that is an error. */
class Refusal extends Error {}

const arn = (kind: string, name: string) => `arn:aws:cloudformation:eu-central-1:111111111111:${kind}/${name}/1`;

const CHANGE =
  '<Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>Topic</LogicalResourceId>' +
  '<ResourceType>AWS::SNS::Topic</ResourceType><Replacement>False</Replacement></ResourceChange>';
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** How a change set ends. */
const outcome = ({ changeSet }: FakeStack): string => {
  if (changeSet === 'a resource changes')
    return `<Status>CREATE_COMPLETE</Status><Changes><member>${CHANGE}</member></Changes>`;
  const reason = typeof changeSet === 'object' && 'failed' in changeSet ? changeSet.failed : NO_CHANGES;
  return `<Status>FAILED</Status><StatusReason>${reason}</StatusReason>`;
};

/** Answers by action, those of which `cdk diff` reads anything. A stack that only a change set made is gone when it is asked for by its id. */
const answers = (template: object): Readonly<Record<string, (stack: FakeStack, isById: boolean) => string>> => ({
  DescribeStacks: ({ name, exists = true }, isById) => {
    if (!exists && !isById) throw new Refusal(`Stack with id ${name} does not exist`);
    const status = exists ? 'CREATE_COMPLETE' : 'DELETE_COMPLETE';
    return `<Stacks><member><StackName>${name}</StackName><StackId>${arn('stack', name)}</StackId><StackStatus>${status}</StackStatus></member></Stacks>`;
  },
  GetTemplate: () => `<TemplateBody>${JSON.stringify(template)}</TemplateBody>`,
  CreateChangeSet: ({ name, changeSet }) => {
    if (typeof changeSet === 'object' && 'refused' in changeSet) throw new Refusal(changeSet.refused);
    return `<Id>${arn('changeSet', 'diff')}</Id><StackId>${arn('stack', name)}</StackId>`;
  },
  DescribeChangeSet: (stack) =>
    `<ChangeSetId>${arn('changeSet', 'diff')}</ChangeSetId><StackId>${arn('stack', stack.name)}</StackId><StackName>${stack.name}</StackName>${outcome(stack)}`,
});

/** As much of CloudFormation and STS as `cdk diff` asks. Every stack that exists has this template. */
export const fakeCloudFormation = async (
  template: object,
  stacks: readonly FakeStack[],
): Promise<FakeCloudFormation> => {
  const asked: string[] = [];
  const known = answers(template);
  const answer = (action: string, named: string): string => {
    const byId = /:stack\/([^/]+)\//.exec(named)?.[1];
    asked.push(`${action} ${byId ?? named}`.trim());
    if (action === 'GetCallerIdentity')
      return '<Arn>arn:aws:iam::111111111111:user/u</Arn><UserId>u</UserId><Account>111111111111</Account>';
    const stack = stacks.find(({ name }) => name === (byId ?? named));
    return stack && known[action] ? known[action](stack, byId !== undefined) : '';
  };
  const server = createServer(async (request, response) => {
    const parameters = new URLSearchParams(await text(request));
    const action = parameters.get('Action') ?? '';
    try {
      const body = `<${action}Result>${answer(action, parameters.get('StackName') ?? '')}</${action}Result>`;
      response.writeHead(200, { 'content-type': 'text/xml' }).end(`<${action}Response>${body}</${action}Response>`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const body = `<Error><Type>Sender</Type><Code>ValidationError</Code><Message>${error.message}</Message></Error>`;
      response.writeHead(400, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${body}</ErrorResponse>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { endpoint: `http://127.0.0.1:${port}`, asked, close };
};
