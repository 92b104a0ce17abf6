/** `npm run bench` starts here. */
import './bench.ts';
