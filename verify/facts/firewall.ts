import { CloudFrontClient, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import { GetWebACLCommand, WAFV2Client, type Rule } from '@aws-sdk/client-wafv2';
import { deployed } from '../../doctor/facts/stacks';
import { planned, type Json } from '../../doctor/plan';
import { EDGE_REGION } from '../../lib/model/edge-region';
import { textOf } from '../target';
import { reader } from './reader';

/** A rule of a web ACL, as far as it matters whether it is there. */
export interface FirewallRule {
  readonly name: string;
  /** `Block`, `Count`, `Allow`; of a managed group: `None` if its rules act by themselves, otherwise `Count`. */
  readonly action: string;
  /** Requests of one address in the window. @default - it counts none */
  readonly limit?: number | undefined;
  readonly windowSeconds?: number | undefined;
}

/** The distribution of a site, and the rules of its web ACL; undefined where it has none. */
export interface Protection {
  readonly site: string;
  readonly status: string;
  readonly rules: readonly FirewallRule[] | undefined;
}

const keyOf = (value: object = {}): string =>
  Object.entries(value)
    .find(([, each]) => each !== undefined)?.[0]
    ?.replace(/^[a-z]/, (first) => first.toUpperCase()) ?? '';

/** The same of a template. */
export const plannedRule = ({ Name, Action, OverrideAction, Statement }: Json): FirewallRule => ({
  name: Name,
  action: keyOf(Action ?? OverrideAction),
  limit: Statement.RateBasedStatement?.Limit,
  windowSeconds: Statement.RateBasedStatement?.EvaluationWindowSec,
});

const ruleOf = ({ Name = '', Action, OverrideAction, Statement }: Rule): FirewallRule => ({
  name: Name,
  action: keyOf(Action ?? OverrideAction),
  limit: Statement?.RateBasedStatement?.Limit,
  windowSeconds: Statement?.RateBasedStatement?.EvaluationWindowSec,
});

/** Protection of each deployed distribution: asked of AWS, because requests that try it would be an attack. */
export const protections = reader(
  'CloudFront, AWS WAF',
  [...deployed.actions, 'cloudfront:GetDistribution', 'wafv2:GetWebACL'],
  async ({ aws }, target) => {
    const { resources } = await deployed.read(aws, target);
    const all = planned(target, 'AWS::CloudFront::Distribution').flatMap(({ logicalId, stack, properties }) => {
      const there = resources.find((one) => one.stack === stack.name && one.logicalId === logicalId);
      const [, site = ''] = textOf(properties.DistributionConfig.Comment).split(': ');
      return there === undefined ? [] : [{ site, id: there.id }];
    });
    return Promise.all(
      all.map(async ({ site, id }): Promise<Protection> => {
        const { Distribution } = await aws.client(CloudFrontClient).send(new GetDistributionCommand({ Id: id }));
        const [, Name, Id] = /\/webacl\/([^/]+)\/(.+)$/.exec(Distribution?.DistributionConfig?.WebACLId ?? '') ?? [];
        if (Name === undefined) return { site, status: Distribution?.Status ?? '', rules: undefined };
        const asked = new GetWebACLCommand({ Name, Id, Scope: 'CLOUDFRONT' });
        const { WebACL } = await aws.client(WAFV2Client, EDGE_REGION).send(asked);
        return { site, status: Distribution?.Status ?? '', rules: (WebACL?.Rules ?? []).map(ruleOf) };
      }),
    );
  },
);
