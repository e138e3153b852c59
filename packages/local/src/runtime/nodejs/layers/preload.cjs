"use strict";
// Has a process find the files of layers by their paths in `/opt`. It's loaded before everything else, because a function's
// `NODE_OPTIONS` may name such files too.
require("./modules.cjs");
require("./files.cjs");
