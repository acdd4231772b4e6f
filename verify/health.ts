import { verification } from './command';

void verification('test:health');
