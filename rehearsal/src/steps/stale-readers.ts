import type { Emulator, Stale } from '../emulator/emulator';

/**
 * Resources that still hold an old value of another stack, a line each. CloudFormation notifies no reader, and the CLI deploys no stack
 * whose template is the same, so after a deployment of all stacks there may be none.
 */
export const staleReaders = async ({ stale }: Pick<Emulator, 'stale'>): Promise<readonly string[]> =>
  (await stale()).map(described);

const described = ({ stack, kind, logicalId, properties }: Stale): string =>
  `the ${kind} ${logicalId} of the stack ${stack} holds an old value of another stack in ${properties.join(', ')}: ` +
  'nothing has changed its template since, so it was not deployed again';
