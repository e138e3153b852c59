// Part of `npm start` alone: the window opens with our sidebar in sight.
const { commands } = require("vscode");

exports.activate = () => commands.executeCommand("workbench.view.extension.lambdaInvoke");
