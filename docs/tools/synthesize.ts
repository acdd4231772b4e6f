import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type { EnvironmentConfig } from '../../lib/config/environment';

/** Synthesizes an environment, or the pipeline of one. Tests share their assemblies; a program makes its own. */
export interface Synthesize {
  readonly environment: (config: EnvironmentConfig) => CloudAssembly;
  readonly pipeline: (environment: string) => CloudAssembly;
}
