/** The built application in a real browser, against the running server named by VANTAGE_URL. */
import { existsSync } from 'node:fs';

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const TIMEOUT_MS = 60_000;
const TITLES = [
  'SetUp',
  'SendMessages',
  'FollowMessages',
  'FollowRepresentation',
  'WhatIsKnown',
  'Ask',
  'Context',
  'DerivationStatus',
];

/** What an operation returned; each test knows its shape. */
type Data = any;

function findReasonToSkip(): string | undefined {
  if (!existsSync(CHROMIUM)) return `there is no ${CHROMIUM} (apt-get install chromium)`;
  if (!process.env.VANTAGE_URL) return 'VANTAGE_URL does not name a running server';
  return undefined;
}

function listNames(members: Data[]): string[] {
  return members.map(({ peer }) => peer.name);
}

const reason = findReasonToSkip();
if (reason && process.env.CI === 'true') throw new Error(`Cannot run: ${reason}.`);
if (reason) console.warn(`Skipped: ${reason}.`);

const origin = new URL(process.env.VANTAGE_URL ?? 'http://127.0.0.1:8000').origin;

describe.skipIf(reason)('the playground', { timeout: TIMEOUT_MS }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What a page should never do: leave the origin, break the CSP, throw. */
  let faults: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  }, TIMEOUT_MS);

  afterAll(() => browser?.close());

  beforeEach(async () => {
    faults = [];
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    context.on('request', (request) => noteForeign(request.url()));
    page = await context.newPage();
    page.on('websocket', (socket) => noteForeign(socket.url().replace(/^ws/, 'http')));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text());
    });
    await page.goto(origin);
    await page.getByText('Welcome to Vantage').waitFor();
  });

  afterEach(() => context.close());

  function noteForeign(url: string) {
    if (/^https?:/.test(url) && new URL(url).origin !== origin) faults.push(url);
  }

  async function listTabs(): Promise<string[]> {
    return page.locator('.graphiql-tab-button').allTextContents();
  }

  async function openTab(title: string) {
    await page.getByRole('button', { name: title, exact: true }).click();
    await expect.poll(() => readPane('operation.graphql')).toContain(title);
    await page.waitForTimeout(300); // GraphiQL parses what it shows a tenth of a second later.
  }

  /** Runs the tab's operation; of several, the named one is chosen from the button's menu. */
  async function run(chosen?: string) {
    await page.getByRole('button', { name: /^Execute query/ }).click();
    if (chosen) await page.getByRole('menuitem', { name: chosen, exact: true }).click();
  }

  /** All of a pane; the page itself holds only the lines in view. */
  async function readPane(name = 'response.json'): Promise<string> {
    return page.evaluate((name) => {
      const { editor } = (globalThis as unknown as { __MONACO: typeof import('monaco-editor') })
        .__MONACO;
      const model = editor.getModels().find(({ uri }) => uri.path.endsWith(name));
      return model?.getValue() ?? '';
    }, name);
  }

  /** Opens a tab, runs it and returns its data. */
  async function answer(title: string, chosen?: string): Promise<Data> {
    await openTab(title);
    return answerHere(chosen);
  }

  async function answerHere(chosen?: string): Promise<Data> {
    // A tab keeps its last result, so wait for the answer to this run.
    const answered = page.waitForResponse((response) => response.url() === `${origin}/graphql`);
    await run(chosen);
    const body: { data?: Data; errors?: unknown } = await (await answered).json();
    expect(body.errors).toBeUndefined();
    await expect.poll(async () => JSON.parse((await readPane()) || '{}')).toEqual(body);
    return body.data!;
  }

  /** Waits until the newest event of what the tab follows holds what is expected. */
  async function expectNewest(expected: object) {
    await expect
      .poll(async () => JSON.parse((await readPane()) || '{}').newest?.data, { timeout: 10_000 })
      .toMatchObject(expected);
  }

  /** Saves what is seen, for the README, if a folder for it is named. */
  async function takePicture(name: string) {
    const folder = process.env.VANTAGE_SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
  }

  /** Not through the page: as somebody else would. */
  async function say(session: string, peer: string, content: string) {
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          'mutation ($input: SendMessagesInput!) { sendMessages(input: $input) { position } }',
        variables: { input: { workspace: 'demo', session, messages: [{ peer, content }] } },
      }),
    });
    expect(await response.json()).toMatchObject({ data: { sendMessages: {} } });
  }

  /** Something nobody said before. */
  function tellTime(): string {
    return new Date().toISOString().slice(11, 23);
  }

  test('opens with a tab for each example, from its own origin alone', async () => {
    expect(await page.title()).toBe('Vantage');
    expect(await listTabs()).toEqual(TITLES);
    expect(faults).toEqual([]);
  });

  test('keeps its tabs when it is opened again', async () => {
    await openTab('Ask');
    await page.waitForTimeout(1_000); // GraphiQL stores its tabs half a second later.
    await page.reload();
    await page.getByText('chat asks a peer').waitFor();
    expect(await listTabs()).toEqual(TITLES);
  });

  test('tells the story, tab by tab', async () => {
    const setUp = await answer('SetUp');
    expect(setUp.charlie.peer).toMatchObject({ name: 'charlie', observeOthers: true });
    expect(listNames(setUp.turn1.session.members)).toEqual(['alice', 'bob', 'charlie']);
    expect(listNames(setUp.sideChat.session.members)).toEqual(['alice', 'bob']);

    const sent = await answer('SendMessages');
    expect(sent.groupChat.messages).toEqual([
      { sequence: 1, author: { name: 'alice' }, content: 'Hello everyone!' },
      { sequence: 2, author: { name: 'bob' }, content: 'I ate eggs today.' },
      { sequence: 3, author: { name: 'charlie' }, content: 'I had cereal.' },
    ]);
    expect(sent.derive.derivation.pending).toBe(0);

    await openTab('FollowMessages');
    await run();
    await page.getByRole('status').getByText('connected').waitFor();
    const dinner = `Dinner is at ${tellTime()}.`;
    await expectNewest({ messages: { message: { author: {} } } });
    await say('group-chat', 'bob', dinner);
    await expectNewest({ messages: { kind: 'ADDED', message: { content: dinner } } });
    await takePicture('messages');

    await openTab('FollowRepresentation');
    await page.getByRole('status').getByText('nothing followed').waitFor();
    await run();
    await expectNewest({ representation: { kind: 'SNAPSHOT', retired: [] } });
    const secret = `I will march on Munich at ${tellTime()}.`;
    const told = `I will write to England at ${tellTime()}.`;
    await say('side-chat', 'alice', secret);
    await say('turn-1', 'alice', told);
    const added = [{ content: `alice will${told.slice('I will'.length, -1)}` }];
    await expectNewest({ representation: { kind: 'CHANGED', added } });
    expect(await readPane()).toContain('peaceful');
    expect(await readPane()).not.toMatch(/attack|march/);
    await takePicture('representation');

    const known = (await answer('WhatIsKnown', 'WhatIsKnown')).workspace.peer;
    for (const view of ['global', 'bob', 'charlie']) {
      expect(known[view].text, view).toContain('alice will be peaceful this turn');
    }
    for (const view of ['global', 'bob']) {
      expect(known[view].text, view).toContain('alice will attack Charlie this turn');
    }
    expect(JSON.stringify(known.charlie)).not.toMatch(/attack|march|side-chat/);

    const letIn = await answerHere('LetCharlieIn');
    expect(letIn.joinSession.session.members).toContainEqual(
      expect.objectContaining({ peer: { name: 'charlie' }, toSequence: null }),
    );
    expect((await answerHere('WhatIsKnown')).workspace.peer).toEqual(known);
    const letGo = await answerHere('LetCharlieGo');
    expect(letGo.leaveSession.session.members).not.toContainEqual(
      expect.objectContaining({ peer: { name: 'charlie' }, toSequence: null }),
    );

    const { charlie, bob } = (await answer('Ask')).workspace;
    expect(charlie.chat.text).toBe('alice will be peaceful this turn.');
    expect(charlie.chat.messages).toMatchObject([{ session: { name: 'turn-1' }, sequence: 1 }]);
    expect(bob.chat.text).toContain('alice will attack Charlie this turn');
    expect(bob.chat.text).toContain('contradict');
    expect(bob.breakfast.text).toMatch(/^bob ate eggs on \d{4}-\d\d-\d\d\.$/);

    const { context: window } = (await answer('Context')).workspace.session;
    expect(window.tokenCount).toBeLessThanOrEqual(1500);
    expect(window.representation.text).toContain('What bob knows about alice');
    expect(window.openai.map(({ role }: Data) => role).slice(0, 4)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
    ]);
    expect(window.anthropic.messages[0].content).toBe('alice: Hello everyone!');

    const { derivation } = (await answer('DerivationStatus', 'DerivationStatus')).workspace;
    expect(derivation).toMatchObject({ retrying: 0, dead: 0, deadItems: [] });
    const derived = (await answerHere('DeriveNow')).derive.derivation;
    expect(derived.pending).toBe(0);
    expect(derived.done).toBeGreaterThanOrEqual(9);
    expect(faults).toEqual([]);
  });

  test('does no harm when it is told twice', async () => {
    await answer('SetUp');
    const once = await answer('SendMessages');
    const twice = await answerHere();
    expect(twice.groupChat).toEqual(once.groupChat);
    const setUp = await answer('SetUp');
    expect(setUp.createWorkspace.created).toBe(false);
    expect(setUp.sideChat.created).toBe(false);
  });

  test('says what to do when the server does not answer', async () => {
    await page.route('**/graphql', (route) => route.abort());
    await run();
    const advice = page.getByRole('alert').filter({ hasText: 'make run' });
    await advice.waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await advice.waitFor({ state: 'detached' });
  });
});
