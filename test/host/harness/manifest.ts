import { ourExtension } from "./extension.ts";

/** A menu item, or the content of an empty view. */
interface MenuItem {
  command: string;
  when: string;
}

/** What package.json contributes, as the tests look at it. */
export interface Manifest {
  activationEvents: string[];
  commands: string[];
  containers: string[];
  /** View ids by container. */
  views: Record<string, string[]>;
  viewsWelcome: { contents: string; when: string }[];
  menus: Record<string, MenuItem[]>;
  /** Defaults by name, without the section. */
  settings: Record<string, unknown>;
  languages: string[];
  /** The languages that have one. */
  grammars: string[];
}

interface PackageJson {
  activationEvents: string[];
  contributes: {
    commands: { command: string }[];
    viewsContainers: { activitybar: { id: string }[] };
    views: Record<string, { id: string }[]>;
    viewsWelcome: { contents: string; when?: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    configuration: { properties: Record<string, { default?: unknown }> };
    languages: { id: string }[];
    grammars: { language: string }[];
  };
}

/** The manifest as VS Code has read it. */
export function readManifest(): Manifest {
  const { activationEvents, contributes } = ourExtension().packageJSON as PackageJson;
  return {
    activationEvents,
    commands: contributes.commands.map(({ command }) => command),
    containers: contributes.viewsContainers.activitybar.map(({ id }) => id),
    views: mapValues(contributes.views, (views) => views.map(({ id }) => id)),
    viewsWelcome: contributes.viewsWelcome.map(({ contents, when = "" }) => ({ contents, when })),
    menus: mapValues(contributes.menus, (items) =>
      items.map(({ command, when = "" }) => ({ command, when })),
    ),
    settings: Object.fromEntries(
      Object.entries(contributes.configuration.properties).map(([name, setting]) => [
        name.replace(/^lambdaInvoke\./, ""),
        setting.default,
      ]),
    ),
    languages: contributes.languages.map(({ id }) => id),
    grammars: contributes.grammars.map(({ language }) => language),
  };
}

function mapValues<A, B>(source: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(source).map(([key, value]) => [key, map(value)]));
}
