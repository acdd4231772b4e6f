import type { Resources } from '../environment';
import { bytes, millicores } from '../../model/quantities';

/** The problem, unless the condition holds. */
export const unless = (holds: boolean, problem: string): readonly string[] => (holds ? [] : [problem]);

/** Values of a field that it has twice. */
export const repeated = (field: string, values: readonly string[]): readonly string[] =>
  [...new Set(values.filter((value, index) => values.indexOf(value) !== index))].map(
    (value) => `${field} has "${value}" twice: name each once`,
  );

/** A whole number within limits that other fields set. Where they leave none, the problem is theirs. */
export const wholeNumber = (
  field: string,
  value: number,
  [least, most]: readonly [number, number],
  fix = `choose ${least} to ${most}`,
) =>
  unless(least > most || (Number.isInteger(value) && value >= least && value <= most), `${field} is ${value}: ${fix}`);

/** Requests and limits: none requested above its limit. A malformed quantity is a problem of its own. */
export const resourcesProblems = (field: string, { requests, limits }: Resources): readonly string[] =>
  [
    { resource: 'cpu', quantity: millicores, request: requests.cpu, limit: limits.cpu },
    { resource: 'memory', quantity: bytes, request: requests.memory, limit: limits.memory },
  ].flatMap(({ resource, quantity, request, limit }) =>
    unless(
      (quantity(request) ?? 0) <= (quantity(limit) ?? Infinity),
      `${field}.limits.${resource} is "${limit}", below the request of ${request}: raise it`,
    ),
  );
