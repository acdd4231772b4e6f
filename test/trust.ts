import { allOf, text, type Templates } from './references';
import type { Json } from './synth';

/** Services that a role may trust without a condition, each with the reason. */
const WITHOUT_CONDITION: Readonly<Record<string, string>> = {
  'backup.amazonaws.com': 'AWS Backup takes the role from a selection to which this account passed it',
  'chatbot.amazonaws.com':
    'Amazon Q in chat applications documents no condition for the role of a channel, which can only read metrics',
  'ec2.amazonaws.com': 'machines get the role of their instance profile, which only this account makes',
  'eks.amazonaws.com':
    'EKS documents no condition for the role of a cluster; who makes a cluster with it has to be let pass it',
  'lambda.amazonaws.com': 'functions get the role that this account passed to them',
  'monitoring.rds.amazonaws.com': 'RDS takes the role from an instance to which this account passed it',
  'rds.amazonaws.com': 'RDS Proxy takes the role from a proxy to which this account passed it',
  's3.amazonaws.com': 'S3 takes the role from the replication of a bucket to which this account passed it',
  'vpc-flow-logs.amazonaws.com': 'EC2 takes the role from a flow log to which this account passed it',
  'codebuild.amazonaws.com': 'builds get the role that this account passed to their project',
};

/** Tags that EKS Pod Identity puts on every session. A role has to ask for each, or pods of others get it. */
const POD_TAGS = ['eks-cluster-name', 'kubernetes-namespace', 'kubernetes-service-account'].map(
  (tag) => `aws:RequestTag/${tag}`,
);

/** Operators of conditions that hold only where the key is there and has one of the values. */
const HOLDING = /^String(Equals|Like)$/;

const everyone = (value: string) => /^\**$/.test(value);

/** Problems of an environment's trust policies: principals that may assume a role without proving their identity. */
export const trustProblems = (templates: Templates): readonly string[] =>
  allOf(templates, 'AWS::IAM::Role').flatMap(({ stack, id, Properties }) =>
    [Properties.AssumeRolePolicyDocument.Statement]
      .flat()
      .filter(({ Effect }: Json) => Effect === 'Allow')
      .flatMap(({ Principal, Condition = {} }: Json) => {
        const principals = Object.entries<Json>(Principal === '*' ? { AWS: '*' } : Principal).flatMap(([kind, of]) =>
          [of].flat().map((each) => ({ kind, name: text(templates, stack, each) })),
        );
        const conditions = Object.entries<Json>(Condition)
          .filter(([operator]) => HOLDING.test(operator))
          .flatMap(([, keys]) => Object.entries<Json>(keys))
          .map(([key, value]) => ({ key, values: [value].flat().map((each) => text(templates, stack, each)) }));
        const asked = (key: string) =>
          conditions.some((each) => each.key === key && each.values.length > 0 && !each.values.some(everyone));
        return principals.flatMap(({ kind, name }) => {
          const problem = `${stack} ${id} trusts ${kind} ${name}`;
          if (name === 'pods.eks.amazonaws.com')
            return POD_TAGS.filter((key) => !asked(key)).map((key) => `${problem} without ${key}`);
          if (kind === 'Service') return WITHOUT_CONDITION[name] || conditions.length > 0 ? [] : [problem];
          return kind === 'AWS' && /^\$\{|^arn:aws:iam::\d{12}:/.test(name) ? [] : [problem];
        });
      }),
  );
