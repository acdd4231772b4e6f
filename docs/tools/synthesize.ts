import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { EnvironmentConfig } from '../../lib/config/environment';

/** Synthesizes an environment, the pipeline of one, or the builds. Tests share their assemblies; a program makes its own. */
export interface Synthesize {
  readonly environment: (config: EnvironmentConfig) => CloudAssembly;
  readonly pipeline: (environment: string) => CloudAssembly;
  readonly builds: () => CloudAssembly;
}
