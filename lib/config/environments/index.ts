// One line for each environment (docs/environments.md).
export { dev } from './dev';
export { staging } from './staging';
export { prod } from './prod';
