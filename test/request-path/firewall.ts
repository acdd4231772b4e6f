import { EDGE_REGION } from '../../lib/model/edge-region';
import { target, type Place, type Templates } from '../references';
import type { Json } from '../synth';
import { broken, referred } from './links';

/** The firewall of a distribution. */
const aclOf = (templates: Templates, distribution: Place): Place => {
  const { WebACLId } = distribution.Properties.DistributionConfig;
  const acl = referred(templates, distribution, WebACLId, 'AWS::WAFv2::WebACL', 'the firewall');
  const { region } = templates[acl.stack];
  if (region !== EDGE_REGION || acl.Properties.Scope !== 'CLOUDFRONT')
    broken(`the firewall ${acl.id} is one of ${region}, not of CloudFront`);
  return acl;
};

/** The networks that alone come through the firewall of a distribution. Undefined: everybody whom no rule finds. */
export const allowed = (templates: Templates, distribution: Place): readonly string[] | undefined => {
  const { stack, Properties } = aclOf(templates, distribution);
  if (Properties.DefaultAction.Block === undefined) return undefined;
  return Properties.Rules.filter(({ Action }: Json) => Action?.Allow).flatMap(
    ({ Statement: { IPSetReferenceStatement: set } }: Json) =>
      target(templates, stack, set?.Arn)?.Properties.Addresses ?? ['0.0.0.0/0'],
  );
};

/** The effect of a distribution's firewall, in a few words. */
export const firewall = (templates: Templates, distribution: Place): string => {
  const networks = allowed(templates, distribution);
  if (networks !== undefined) return `admits ${networks.join(', ')}`;
  const counts = aclOf(templates, distribution).Properties.Rules.every(
    ({ Action, OverrideAction }: Json) => Action?.Count !== undefined || OverrideAction?.Count !== undefined,
  );
  return counts ? 'counts' : 'blocks';
};
