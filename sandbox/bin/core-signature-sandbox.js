#!/usr/bin/env node
const { main } = require('../dist/cli.js');

main(process.argv.slice(2)).catch((error) => {
  console.error(`core-signature-sandbox: ${error.message}`);
  process.exitCode = 1;
});
