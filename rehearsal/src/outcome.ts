import { INTERRUPTED } from './process';

/** What a trial of the rehearsal found. */
export interface Outcome {
  /** What is wrong, a line each. */
  readonly faults: readonly string[];
  /** What was tried and how it went, for the summary. */
  readonly line: string;
}

/** Does something; what it throws then says during what. */
export const during = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    throw message === INTERRUPTED ? error : new Error(`${what}: ${message}`);
  }
};
