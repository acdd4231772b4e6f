import ora from 'ora';
import { cpuSeconds, type StepSpan } from './timeline';

/** Tells what a step is doing right now. */
export type Report = (detail: string) => void;

/** Where no one watches a spinner, a sign of life this often. Milliseconds. */
const QUIET_INTERVAL = 30_000;

/** The steps of a rehearsal, shown while they run; keeps how long each took. */
export class Steps {
  readonly spans: StepSpan[] = [];
  /** When the first step could begin, in milliseconds since 1970. */
  readonly origin = Date.now();

  /** Last detail of the work beside the steps. */
  private meanwhile = '';

  /** Shows the last details of the present step and of the work beside it. */
  private show: () => void = () => {};

  /** Does something beside the steps, which tell of it too. */
  async beside<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
    const start = (Date.now() - this.origin) / 1000;
    const started = performance.now();
    try {
      return await work((detail) => {
        this.meanwhile = detail;
        this.show(); // the step itself may have nothing to tell for minutes
      });
    } finally {
      this.meanwhile = '';
      this.spans.push({ title, start, seconds: (performance.now() - started) / 1000, cpu: 0, beside: true });
    }
  }

  /** Runs one step. An error shows the step as failed, and is thrown on. */
  async step<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
    const start = (Date.now() - this.origin) / 1000;
    const cpu = cpuSeconds();
    const started = performance.now();
    let lastShown = started;
    const elapsed = () => (performance.now() - started) / 1000;
    const isTTY = process.stdout.isTTY && process.stdout.columns > 0; // without a width, ora never finishes a frame
    const spinner = ora({ text: title, stream: process.stdout, discardStdin: false, isSilent: !isTTY }).start();
    const end = (symbol: string, text: string) =>
      isTTY ? spinner.stopAndPersist({ symbol, text }) : console.log(`${symbol} ${text}`);
    let last = '';
    this.show = () => {
      const detail = [this.meanwhile, last].filter((told) => told !== '').join('; ');
      if (isTTY) spinner.text = `${title}: ${detail.slice(0, 100)}`;
      else if (performance.now() - lastShown > QUIET_INTERVAL) {
        lastShown = performance.now();
        console.log(`  ${elapsed().toFixed(0)} s: ${detail}`);
      }
    };
    const report: Report = (told) => {
      last = told;
      this.show();
    };
    try {
      const result = await work(report);
      end('✔', `${title} ${elapsed().toFixed(1)} s`);
      return result;
    } catch (error) {
      end('✖', `${title} failed after ${elapsed().toFixed(1)} s`);
      throw error;
    } finally {
      this.show = () => {};
      this.spans.push({ title, start, seconds: elapsed(), cpu: cpuSeconds() - cpu });
    }
  }
}
