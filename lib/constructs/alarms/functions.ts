import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { metrics, type AlarmDefinition } from './definition';

export interface FunctionAlarmsProps {
  /** Name of the function that applies manifests. */
  readonly manifests: string;
  /** Names of those that rotate passwords, by what they rotate. */
  readonly rotations: Readonly<Record<string, string>>;
  /** Name of the one that looks for drift. @default - none looks */
  readonly driftCheck?: string | undefined;
}

/**
 * Functions that fail by themselves, where nobody looks. The failure of a rotation is one of its function: the events of Secrets
 * Manager itself come only to an account that has a trail of CloudTrail.
 */
export const functionAlarms = ({
  manifests,
  rotations,
  driftCheck,
}: FunctionAlarmsProps): readonly AlarmDefinition[] => {
  const common = {
    tier: 'functions',
    severity: 'warning',
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    datapointsToAlarm: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING, // they run seldom
  } as const;
  return [
    {
      ...common,
      symptom: 'manifests',
      metric: errors(manifests, 'apply manifests'),
      description:
        'A deployment could not apply or delete a Kubernetes object. CloudFormation often truncates the error, so read it in the log of the function.',
    },
    ...Object.entries(rotations).map(([name, functionName]) => ({
      ...common,
      symptom: 'rotation',
      instance: name,
      metric: errors(functionName, name),
      description: `The password rotation of the MySQL user ${name} failed or stopped halfway. The next attempt may find two passwords that differ.`,
    })),
    ...(driftCheck === undefined
      ? []
      : [
          {
            ...common,
            symptom: 'drift',
            metric: errors(driftCheck, 'drift'),
            description:
              'A resource of AWS is not as its stack says: somebody has changed or deleted it by hand. The log of the function names it.',
          } as const,
        ]),
  ];
};

const errors = (FunctionName: string, label: string) => metrics('AWS/Lambda', { FunctionName }, label)('Errors', 'Sum');
