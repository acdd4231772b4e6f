import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Resources } from '../environment';
import { bytes, millicores } from '../quantities';

/** The problem, unless the condition holds. */
export const unless = (holds: boolean, problem: string): readonly string[] => (holds ? [] : [problem]);

/** Values of a field that it has twice. */
export const repeated = (field: string, values: readonly string[]): readonly string[] =>
  [...new Set(values.filter((value, index) => values.indexOf(value) !== index))].map(
    (value) => `${field} has "${value}" twice: name each once`,
  );

/** A whole number within limits. */
export const wholeNumber = (field: string, value: number, least: number, most: number) =>
  unless(
    Number.isInteger(value) && value >= least && value <= most,
    `${field} is ${JSON.stringify(value)}: choose ${least} to ${most}`,
  );

/** Days that CloudWatch Logs can be told to keep a log, `least` or more. */
export const retention = (field: string, days: number, least: number) => {
  const allowed = Object.values(RetentionDays).filter(
    (value) => typeof value === 'number' && value >= least && value < 9999,
  );
  return unless(allowed.includes(days), `${field} is ${days}: CloudWatch Logs takes one of ${allowed.join(', ')}`);
};

/** Requests and limits: quantities, and none requested above its limit. */
export const resourcesProblems = (field: string, resources: Resources | undefined): readonly string[] => {
  if (!resources?.requests || !resources.limits)
    return [`${field} is incomplete: give requests and limits of cpu and memory`];
  const { requests, limits } = resources;
  return [
    { resource: 'cpu', quantity: millicores, example: '100m', request: requests.cpu, limit: limits.cpu },
    { resource: 'memory', quantity: bytes, example: '256Mi', request: requests.memory, limit: limits.memory },
  ].flatMap(({ resource, quantity, example, request, limit }) => {
    const malformed = Object.entries({ requests: request, limits: limit })
      .filter(([, value]) => quantity(value) === undefined)
      .map(([kind, value]) => `${field}.${kind}.${resource} is "${value}": write a quantity like ${example}`);
    if (malformed.length > 0) return malformed;
    return unless(
      (quantity(request) ?? 0) <= (quantity(limit) ?? 0),
      `${field}.limits.${resource} is "${limit}", below the request of ${request}: raise it`,
    );
  });
};

/** E-mail addresses of a field that are none. */
export const notAddresses = (field: string, emails: readonly string[]): readonly string[] =>
  emails
    .filter((email) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    .map((email) => `${field} has "${email}": write an address like team@example.com`);
