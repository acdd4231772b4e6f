import { allOf, text, type Templates } from './references';
import type { Json } from './synth';

/** Groups out of which something may go to every address: the beginning of their logical id, the only port if it is one, and why. */
const TO_EVERY_ADDRESS: readonly { readonly group: RegExp; readonly port?: number; readonly why: string }[] = [
  {
    group: /^ControlPlaneCluster/,
    why: 'EKS calls nodes and webhooks; the library makes it, and data subnets lead nowhere else',
  },
  { group: /^Nodes(application|monitoring)/, why: 'nodes fetch images, and pods leave with the address of their node' },
  { group: /^Nodesdatabase/, why: 'the same, in subnets that lead to AWS endpoints only' },
  { group: /Rotation\w*SecurityGroup/, port: 443, why: 'Secrets Manager, whose endpoint has addresses in every zone' },
];

interface Rule {
  readonly port: number | undefined;
  readonly to: string;
}

/** An address that is nobody's, which lets nothing out. */
const NOWHERE = '255.255.255.255/32';

const INTERNET = new Set(['0.0.0.0/0', '::/0']);

/** Problems of the traffic that security groups let out. */
export const egressProblems = (templates: Templates): readonly string[] => {
  const groups = allOf(templates, 'AWS::EC2::SecurityGroup');
  const own = allOf(templates, 'AWS::EC2::SecurityGroupEgress').map(({ stack, Properties }) => ({
    group: text(templates, stack, Properties.GroupId),
    rule: ruleOf(templates, stack, Properties),
  }));
  return groups.flatMap(({ stack, id, Properties }) => {
    const embedded: readonly Json[] = Properties.SecurityGroupEgress ?? [];
    const rules = [
      ...embedded.map((rule) => ruleOf(templates, stack, rule)),
      ...own.filter(({ group }) => group === `\${${stack}.${id}.GroupId}`).map(({ rule }) => rule),
    ].filter(({ to }) => to !== NOWHERE);
    const allowed = TO_EVERY_ADDRESS.find(({ group }) => group.test(id));
    return [
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html
      ...(embedded.length > 0
        ? []
        : [`${stack} ${id} has no rule in it: nothing keeps EC2 from letting everything out`]),
      ...rules
        .filter(({ to }) => INTERNET.has(to))
        .filter(({ port }) => !allowed || (allowed.port !== undefined && port !== allowed.port))
        .map(({ port, to }) => `${stack} ${id} lets ${port ?? 'every port'} out to ${to}`),
    ];
  });
};

const ruleOf = (templates: Templates, stack: string, rule: Json): Rule => ({
  port: rule.FromPort === rule.ToPort ? rule.FromPort : undefined,
  to: text(
    templates,
    stack,
    rule.CidrIp ?? rule.CidrIpv6 ?? rule.DestinationPrefixListId ?? rule.DestinationSecurityGroupId,
  ),
});
