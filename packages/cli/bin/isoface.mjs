#!/usr/bin/env node
// The command exists before the first build, so that an installation can link it.
import '../dist/main.js';
