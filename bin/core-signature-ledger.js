#!/usr/bin/env node
// Node.js 22 warns that its SQLite is new, which is no news to an operator.
process.removeAllListeners('warning');

const { main } = require('../dist/lib/ledger/cli/main.js');

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
