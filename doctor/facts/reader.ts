import type { Aws } from '../aws';
import type { Plan } from '../plan';

/** How one fact is learned. */
export interface Reader<T> {
  /** IAM actions that it takes. */
  readonly actions: readonly string[];
  readonly read: (aws: Aws, plan: Plan) => Promise<T>;
}

/** A reader, with the type of what it learns. */
export const reader = <T>(actions: readonly string[], read: Reader<T>['read']): Reader<T> => ({ actions, read });

/** Every page of what AWS lists. */
export const pages = async <P, T>(
  ask: (token: string | undefined) => Promise<P>,
  items: (page: P) => readonly T[] | undefined,
  next: (page: P) => string | undefined,
): Promise<readonly T[]> => {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const page = await ask(token);
    all.push(...(items(page) ?? []));
    token = next(page);
  } while (token !== undefined && token !== '');
  return all;
};

/** By key, in the order of the keys. */
export const table = async <T>(
  keys: readonly string[],
  value: (key: string) => Promise<T>,
): Promise<Readonly<Record<string, T>>> =>
  Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await value(key)] as const)));
