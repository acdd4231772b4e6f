import {
  Annotations,
  CfnOutput,
  CfnResource,
  Lazy,
  ReferenceStrength,
  Stack,
  Token,
  Tokenization,
  Reference,
} from 'aws-cdk-lib';
import type { IResolvable, IResolveContext } from 'aws-cdk-lib';
import { fingerprint, noteSource } from './fingerprint';

/** Name in the metadata of a resource with weak references. Its value changes with the resources that it reads, so CloudFormation updates it. */
export const READS = 'platform:reads';

/**
 * A value of another stack that is read when the consumer is deployed, and holds nothing: for what only looks (docs/adr/0015), and for
 * what may be replaced or left out while others use it (docs/adr/0014). An export would keep it as it is.
 *
 * CloudFormation reads it when the consumer is updated, and the CLI deploys no stack whose template is the same. So each consumer
 * holds a fingerprint of what it reads from, and of what that reads: a change there changes the consumer's template.
 */
export const weakReference = (value: string): string => {
  if (!Token.isUnresolved(value)) return value;
  const weak = Stack.consumeReference(value, ReferenceStrength.WEAK);
  const source = Tokenization.reverse(value);
  return Reference.isReference(source) && CfnResource.isCfnResource(source.target)
    ? Token.asString(new Reading(weak, source.target))
    : weak;
};

/** An output has no metadata that could hold a fingerprint, so nothing would have it read anew. */
const refuse = (output: CfnOutput) => {
  if (refused.has(output)) return;
  refused.add(output);
  Annotations.of(output).addError(
    `The output ${output.node.path} has a weak reference to another stack, and would keep an old value: create the output in that stack`,
  );
};

const refused = new WeakSet<CfnOutput>();

/** A weak reference that tells the resource in which it stands what it reads from. */
class Reading implements IResolvable {
  readonly creationStack: string[] = [];

  constructor(
    private readonly weak: string,
    private readonly source: CfnResource,
  ) {}

  resolve({ scope }: IResolveContext): string {
    // References are looked for element by element before anything is written.
    if (CfnResource.isCfnResource(scope)) this.note(scope);
    else if (scope instanceof CfnOutput && Stack.of(scope) !== Stack.of(this.source)) refuse(scope);
    return this.weak;
  }

  toString(): string {
    return Token.asString(this);
  }

  private note(consumer: CfnResource) {
    if (!noteSource(consumer, this.source)) return;
    // Not before all that anything reads is noted, which is when references have been looked for.
    const produce = ({ preparing }: IResolveContext) => (preparing ? '' : fingerprint(consumer));
    consumer.addMetadata(READS, Lazy.uncachedString({ produce }));
  }
}
