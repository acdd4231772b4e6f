import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { craneOf, craneProgram } from '../../images/crane';
import { provide } from '../../images/provide';
import { wantedImages, type WantedImage } from '../../images/wanted';
import { command } from '../../rehearsal/src/command-line';
import { run } from '../../rehearsal/src/process';
import { environment } from '../../test/fixtures';
import { CASES, type Case } from './cases';
import { RECORDS } from './records';
import { pushIndex, startRegistry } from './registry';

const USAGE = `usage: npm run check:images

Copies the images of production between registries on this machine, with the program that copies the real ones. Plants what may be
wrong with them: a moved tag, a missing image, another digest. Builds the program with Go the first time.`;

/** A registry for the images of others, one for each of the two environments, and production's images in the first two. */
const inRegistries = async <T>(
  work: (program: string, folder: string, images: readonly WantedImage[]) => Promise<T>,
  signal: AbortSignal,
): Promise<T> => {
  const program = await craneProgram(console.log, signal);
  const folder = await mkdtemp(join(tmpdir(), 'platform-images-check-'));
  const started = [];
  try {
    for (const _ of ['others', 'before', 'own']) started.push(await startRegistry(program, signal));
    const [others, before, own] = started.map(({ host }) => host) as [string, string, string];
    const images: WantedImage[] = [];
    for (const image of wantedImages(environment('prod'), environment('staging'))) {
      const from = image.own ? `${before}/${image.from!.split('/').slice(1).join('/')}` : `${others}/${image.from}`;
      const digest = await pushIndex(program, folder, `${from}:${image.tag}`, from);
      images.push({ ...image, from, digest, repository: image.repository.replace(/^[^/]+/, own) });
    }
    return await work(program, folder, images);
  } finally {
    for (const { stop } of started) await stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const check = (signal: AbortSignal): Promise<number> =>
  inRegistries(async (program, folder, images) => {
    const crane = craneOf(program, undefined, signal);
    let others = 0;
    const pushOther = (reference: string) => pushIndex(program, folder, reference, `another ${(others += 1)}`);
    let failed = 0;
    const tell = (title: string, faults: readonly string[]) => {
      failed += faults.length;
      console.log(`${faults.length === 0 ? '✔' : '✖'} ${title}${faults.map((fault) => `\n  ${fault}`).join('')}`);
    };
    const faultsOf = async ({ plant, says, copies }: Case): Promise<readonly string[]> => {
      const wanted = await plant({ images, crane, pushOther });
      const said: string[] = [];
      const problems = await provide(wanted, { crane, say: (line) => void said.push(line) });
      const copied = said.filter((line) => line.includes('copying it from')).length;
      const expected = copies === 'all' ? wanted.length : copies;
      const broken: string[] = [];
      const isProblem = ({ repository, from }: WantedImage) =>
        problems.some((one) => one.includes(`${repository}:`) || one.includes(`${from} `) || one.includes(`${from}:`));
      for (const { repository, tag, digest } of wanted.filter((image) => !isProblem(image))) {
        const there = await crane.digest(`${repository}:${tag}`);
        if (there !== digest) broken.push(`${repository}:${tag} is ${there}, not ${digest}`);
        if (copies === 'all') await run(program, ['validate', '--remote', `${repository}:${tag}`], { signal });
      }
      return [
        ...broken,
        ...(copied === expected ? [] : [`copies ${copied} images, not ${expected}`]),
        ...problems.filter((problem) => !says.some((one) => one.test(problem))).map((problem) => `says: ${problem}`),
        ...says.filter((one) => !problems.some((problem) => one.test(problem))).map((one) => `does not say ${one}`),
      ];
    };
    for (const each of CASES) tell(each.title, await faultsOf(each));
    for (const { title, faults } of RECORDS) tell(title, await faults({ images, crane, pushOther }));
    return failed === 0 ? 0 : 1;
  }, signal);

void command({ usage: USAGE }, ({ signal }) => check(signal));
