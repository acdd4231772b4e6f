import { planned } from '../../doctor/plan';
import { check } from '../check';
import { plannedRule, type FirewallRule } from '../facts/firewall';
import type { Target } from '../target';

const aclOf = (target: Target, site: string): { readonly rules: readonly FirewallRule[]; readonly stack: string } => {
  const acl = planned(target, 'AWS::WAFv2::WebACL').find(({ properties }) => properties.Name.endsWith(`-${site}`));
  if (acl === undefined) throw new Error(`the templates have no web ACL for the site "${site}"`);
  return { rules: acl.properties.Rules.map(plannedRule), stack: acl.stack.id };
};

const words = ({ action, limit, windowSeconds }: FirewallRule): string =>
  [action, ...(limit === undefined ? [] : [`${limit} requests in ${windowSeconds} s`])].join(', ');

export const FIREWALL = check({
  title: 'The firewall of every site has its rules, the rate limit among them',
  facts: ['protections'],
  find: (target, { protections }) =>
    target.sites.flatMap(({ name: site }) => {
      const { rules: wanted, stack } = aclOf(target, site);
      const remedy = `npx cdk deploy ${stack} -c env=${target.name}`;
      const found = protections.find((each) => each.site === site);
      if (found === undefined)
        return [
          {
            what: `The site ${site} has no distribution`,
            remedy: `npx cdk deploy ${target.name}/Edge -c env=${target.name}`,
          },
        ];
      if (found.rules === undefined) return [{ what: `The distribution of the site ${site} has no firewall`, remedy }];
      const there = new Map(found.rules.map((rule) => [rule.name, rule]));
      return wanted.flatMap((rule) => {
        const own = there.get(rule.name);
        if (own !== undefined && words(own) === words(rule)) return [];
        const what = own === undefined ? 'is missing' : `is "${words(own)}", and not "${words(rule)}"`;
        return [{ what: `The rule ${rule.name} in the firewall of the site ${site} ${what}`, remedy }];
      });
    }),
});

export const DISTRIBUTIONS = check({
  title: 'CloudFront has deployed every distribution',
  facts: ['protections'],
  find: (_, { protections }) =>
    protections.flatMap(({ site, status }) =>
      status === 'Deployed'
        ? []
        : [
            {
              what: `The distribution of the site ${site} is "${status}"`,
              remedy: 'wait some minutes, and verify again',
            },
          ],
    ),
});
