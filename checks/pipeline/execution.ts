import { randomUUID } from 'node:crypto';
import { build, type Given, type Machine } from './build';
import { filledIn, type Action, type Definition } from './definition';
import { deployment } from './deployment';

/** A commit, which starts a pipeline. */
export interface Commit {
  readonly id: string;
  readonly message: string;
  /** Its files. */
  readonly folder: string;
}

interface Ran {
  readonly stage: string;
  readonly name: string;
  readonly succeeded: boolean;
  readonly output: string;
}

/** An execution, as data: it can go on from the same point more than once, in more than one way. */
export interface Execution extends Given {
  readonly id: string;
  readonly commit: Commit;
  readonly ran: readonly Ran[];
  /** Groups of actions that are over. */
  readonly next: number;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Cancelled' | 'Restarted';
}

export const started = (commit: Commit): Execution => {
  const id = randomUUID();
  return {
    id,
    commit,
    artifacts: {},
    variables: { codepipeline: { PipelineExecutionId: id } },
    ran: [],
    next: 0,
    status: 'InProgress',
  };
};

/** The surroundings that an execution needs. */
export interface Surroundings extends Machine {
  readonly region: string;
  /** The pipeline as it is deployed now. */
  readonly definition: () => Promise<Definition>;
  /** Asks a person about a manual action. */
  readonly decide: (action: Action) => boolean;
  /** Whether a stack is deployed here. */
  readonly isDeployed: (stackName: string) => boolean;
}

/** The outcome of an action. */
interface Done {
  readonly succeeded: boolean;
  readonly output: string;
  readonly artifact?: string;
  readonly exported?: Readonly<Record<string, string>>;
}

/** Runs one action. */
export const act = async (
  given: Action,
  definition: Definition,
  execution: Execution,
  { region, decide, isDeployed, ...machine }: Surroundings,
): Promise<Done> => {
  const action = {
    ...given,
    Configuration: Object.fromEntries(
      Object.entries(given.Configuration ?? {}).map(([key, value]) => [
        key,
        typeof value === 'string' ? filledIn(value, execution.variables) : value,
      ]),
    ),
  };
  const { Provider } = action.ActionTypeId;
  switch (Provider) {
    case 'CodeStarSourceConnection': {
      const { id: CommitId, message: CommitMessage, folder } = execution.commit;
      const { BranchName = '' } = action.Configuration;
      return { succeeded: true, output: CommitId, artifact: folder, exported: { CommitId, CommitMessage, BranchName } };
    }
    case 'Manual': {
      const succeeded = decide(action);
      return { succeeded, output: succeeded ? 'approved' : 'rejected' };
    }
    case 'CodeBuild':
      return build(action, definition.projects.get(action.Configuration.ProjectName!)!, execution, machine);
    case 'CloudFormation': {
      const { StackName = '' } = action.Configuration;
      if (!isDeployed(StackName)) {
        machine.note(
          `${StackName}: did not run, because it is not deployed here: it needs a cluster, or what needs one`,
        );
        return { succeeded: true, output: 'recorded' };
      }
      const place = action.Region ?? region;
      return deployment(action, place, execution.artifacts, definition.artifactBucket(place)).then(
        (output) => ({ succeeded: true, output }),
        (error: Error) => ({ succeeded: false, output: error.message }),
      );
    }
    default:
      throw new Error(`the provider of ${action.Name} is ${Provider}: write here what it does`);
  }
};

/**
 * Goes on with an execution to its end, or to the first action that is called like `until`. It ends with the first group of actions of
 * which one fails.
 */
export const goOn = async (
  execution: Execution,
  surroundings: Surroundings,
  until: (action: Action) => boolean = () => false,
): Promise<Execution> => {
  const definition = await surroundings.definition();
  let now = execution;
  for (const { stage, actions } of definition.groups.slice(execution.next)) {
    if (actions.some(until)) return now;
    const all = await Promise.all(
      actions.map(async (action) => ({ action, ...(await act(action, definition, now, surroundings)) })),
    );
    now = {
      ...now,
      next: now.next + 1,
      ran: [
        ...now.ran,
        ...all.map(({ action: { Name: name }, succeeded, output }) => ({ stage, name, succeeded, output })),
      ],
      artifacts: {
        ...now.artifacts,
        ...Object.fromEntries(
          all.flatMap(({ action: { OutputArtifacts = [] }, artifact }) =>
            artifact === undefined ? [] : OutputArtifacts.map(({ Name }) => [Name, artifact]),
          ),
        ),
      },
      variables: {
        ...now.variables,
        ...Object.fromEntries(
          all.flatMap(({ action: { Namespace }, exported }) =>
            Namespace === undefined || !exported ? [] : [[Namespace, exported]],
          ),
        ),
      },
    };
    if (all.some(({ succeeded }) => !succeeded)) return { ...now, status: 'Failed' };
    // https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html: "The pipeline's definition was updated
    // before the pipeline execution could be completed". RestartExecutionOnUpdate then starts another one.
    const after = await surroundings.definition();
    if (after.declared !== definition.declared) return { ...now, status: after.restarts ? 'Restarted' : 'Cancelled' };
  }
  return { ...now, status: 'Succeeded' };
};
