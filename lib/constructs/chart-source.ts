import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import type { HelmChartOptions } from 'aws-cdk-lib/aws-eks-v2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import type { UpstreamChart } from '../model/images';

/** The archives of charts that are kept here. */
const CHARTS = join(__dirname, 'charts');

type ChartSource = Pick<HelmChartOptions, 'chart' | 'chartAsset' | 'repository' | 'version'>;

/**
 * Where Helm finds a chart. An archive that is kept here becomes an asset, whose name in the template follows from its digest:
 * the function that installs charts takes no digest, and no deployment then asks a repository. Without it, the repository gives what it has
 * under the version.
 *
 * Throws on an archive that is not the recorded one.
 */
export const chartSource = (
  scope: Construct,
  { repository, name, version, archive, digest }: UpstreamChart,
  folder = CHARTS,
): ChartSource => {
  const file = join(folder, archive);
  if (!existsSync(file)) return { repository, chart: name, version };
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
  if (digest !== `sha256:${hash}`)
    throw new Error(
      `${file} is sha256:${hash}, but lib/model/upstream-digests.json says ${digest ?? 'nothing'}: delete it, and run npm run images -- --record`,
    );
  return {
    chartAsset: new Asset(scope, 'Chart', {
      path: folder,
      assetHashType: AssetHashType.CUSTOM,
      assetHash: hash,
      bundling: {
        image: DockerImage.fromRegistry('unused'),
        local: {
          // The function expects a zip with the files of the chart, which the archive has in a folder.
          tryBundle: (output) => {
            execFileSync('tar', ['-xzf', file, '--strip-components=1', '-C', output]);
            return true;
          },
        },
      },
    }),
  };
};
