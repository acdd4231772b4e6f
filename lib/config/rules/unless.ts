import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** The problem, unless the condition holds. */
export const unless = (holds: boolean, problem: string): readonly string[] => (holds ? [] : [problem]);

/** A whole number within limits. */
export const wholeNumber = (field: string, value: number, least: number, most: number) =>
  unless(
    Number.isInteger(value) && value >= least && value <= most,
    `${field} is ${value}: choose ${least} to ${most}`,
  );

/** Days that CloudWatch Logs can be told to keep a log, `least` or more. */
export const retention = (field: string, days: number, least: number) => {
  const allowed = Object.values(RetentionDays).filter(
    (value) => typeof value === 'number' && value >= least && value < 9999,
  );
  return unless(allowed.includes(days), `${field} is ${days}: CloudWatch Logs takes one of ${allowed.join(', ')}`);
};
