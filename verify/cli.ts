import { verification } from './command';

void verification('verify');
