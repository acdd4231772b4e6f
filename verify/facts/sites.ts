import { ask, type Answer } from '../web';
import type { Site, Target } from '../target';
import { outputs } from './stacks';
import { reader, type World } from './reader';

/** A request to a public site, and what came of it. */
export interface Asked {
  readonly site: Site;
  readonly host: string;
  readonly url: string;
  readonly answer: Answer;
}

/** Answers of every host: on its paths and the root over HTTPS, on the root over HTTP, and on its closed paths. */
export interface SiteAnswers {
  readonly probes: readonly Asked[];
  readonly roots: readonly Asked[];
  readonly plain: readonly Asked[];
  readonly closed: readonly Asked[];
}

/** Hosts of each site. Without a domain, an output of the edge's stack has the URL of each. */
const hostsOf = async (world: World, target: Target): Promise<ReadonlyMap<Site, readonly string[]>> => {
  const nameless = target.sites.filter(({ hosts }) => hosts.length === 0);
  const values = nameless.length > 0 ? await outputs.read(world, target) : {};
  return new Map(
    target.sites.map((site) => {
      if (site.hosts.length > 0) return [site, site.hosts];
      const url = values[`Url${site.name}`];
      if (url === undefined) throw new Error(`no stack has the output Url${site.name}: deploy the stack of the edge`);
      return [site, [new URL(url).hostname]];
    }),
  );
};

/** Every answer of every public host. */
export const answers = reader('HTTPS and HTTP requests', [], async (world, target): Promise<SiteAnswers> => {
  const hosts = [...(await hostsOf(world, target))].flatMap(([site, all]) => all.map((host) => ({ site, host })));
  const [app = ''] = hosts.flatMap(({ site, host }) => (site.name === 'app' ? [`https://${host}`] : []));
  const each = (protocol: string, paths: (site: Site) => readonly string[]): Promise<readonly Asked[]> =>
    Promise.all(
      hosts.flatMap(({ site, host }) =>
        paths(site).map(async (path): Promise<Asked> => {
          const url = `${protocol}://${host}${path}`;
          const headers: Record<string, string> = site.origins.length > 0 ? { origin: app } : {};
          return { site, host, url, answer: await ask(world.web, url, headers) };
        }),
      ),
    );
  const [probes, roots, plain, closed] = await Promise.all([
    each('https', ({ paths }) => paths),
    each('https', () => ['/']),
    each('http', () => ['/verify?a=b']),
    each('https', ({ closedPaths }) => closedPaths),
  ]);
  return { probes, roots, plain, closed };
});
