import { INTERRUPTED } from './process';

/** The result of a drill. */
export interface Outcome {
  /** The faults that it found, a line each. */
  readonly faults: readonly string[];
  /** The drill and its result, for the summary. */
  readonly line: string;
}

/** Does some work; an error then says during which. */
export const during = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    throw message === INTERRUPTED ? error : new Error(`${what}: ${message}`);
  }
};
