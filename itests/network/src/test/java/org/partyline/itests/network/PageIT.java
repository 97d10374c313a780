package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.Browser;
import org.partyline.itests.harness.Chromium;
import org.partyline.itests.harness.NeedsBrowser;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.Ports;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Alice and Bob talk on the page in two browsers, each with a server; a store is locked and a server killed meanwhile.
 */
@ExtendWith({NeedsNode.class, NeedsBrowser.class, ShowLogs.class, Stage.Resolver.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageIT {
    private static final Path SHOTS = Path.of("target", "screenshots");
    /** In docs/web.md; written with {@code -Dpictures.write=true}. */
    private static final Path PICTURE = Path.of("..", "..", "docs", "page.png");

    /** Finds accessibility problems; downloaded with the regtest node. */
    private static final Path AXE = Path.of("..", "regtest", "node_modules", "axe-core", "axe.min.js");

    static final String ENTRY = ".entry";
    static final String MESSAGE = ".message .words";
    static final String BLANK = ".blank";
    private static Chromium aliceSees;
    private static Chromium bobSees;

    private final Operator alice;
    private final Operator bob;

    PageIT(Stage stage) {
        alice = stage.alice();
        bob = stage.bob();
    }

    @AfterAll
    static void close() {
        for (Browser browser : new Browser[] {aliceSees, bobSees}) {
            if (browser != null) {
                browser.close();
            }
        }
    }

    static String card(Operator operator, String persona) {
        return operator.server().json("persona-card", persona).get("card").asText();
    }

    static void start(Operator operator) {
        Reply reply =
                operator.server().run("config:property-set", "-p", "org.partyline.web", "port", "" + Ports.free());
        assertEquals(0, reply.status(), reply::text);
        operator.server().json("web-start");
    }

    static String link(Operator operator) {
        return operator.server().json("web-login").get("link").asText();
    }

    static void login(Browser browser, Operator operator) {
        browser.open(link(operator));
        Wait.until(
                "the conversations in the browser", () -> !browser.texts(ENTRY).isEmpty());
    }

    /** Opens a conversation, even if the list moves meanwhile because a message has arrived. */
    static void choose(Browser browser, String name) {
        Wait.until(name + " is open", () -> {
            browser.click(ENTRY, name);
            return browser.texts("#with").contains(name);
        });
    }

    static void say(Browser browser, String text) {
        browser.type("#text", text);
        browser.await(".price", "sat");
        browser.type("#text", "\n");
        browser.await(".price", "Stored as message");
    }

    /** Checks that the page's policy has blocked nothing. */
    static void nothingWasBlocked(Browser browser) {
        List<String> blocked = browser.reports().stream()
                .filter(report -> report.contains("Content Security Policy")
                        || report.contains("TrustedHTML")
                        || report.contains("Uncaught"))
                .toList();
        assertEquals(List.of(), blocked);
    }

    @Test
    @Order(1)
    void aLinkLogsABrowserInAndLeavesNothingBehind() {
        alice.server().json("contact-add", card(bob, "Bob"), "--name", "bob");
        bob.server().json("contact-add", card(alice, "Alice"), "--name", "alice");
        start(alice);
        start(bob);
        aliceSees = Chromium.start();
        bobSees = Chromium.start();
        String link = link(alice);
        aliceSees.open(link);
        aliceSees.await(ENTRY, "bob");
        login(bobSees, bob);
        assertEquals(link.substring(0, link.indexOf('#')), aliceSees.url());
        assertEquals("Partyline", aliceSees.title());
        JsonNode cookies = aliceSees.cookies();
        assertEquals(1, cookies.size(), cookies::toString);
        assertTrue(cookies.get(0).get("httpOnly").asBoolean(), cookies::toString);
        assertEquals("Strict", cookies.get(0).get("sameSite").asText());
        assertEquals(
                "[\"csrf\"]",
                aliceSees
                        .run("return Object.keys(localStorage).concat(Object.keys(sessionStorage))")
                        .toString());
        // It works once; the browser that used it stays logged in when the page is reloaded.
        try (Browser thief = Chromium.start()) {
            thief.open(link);
            thief.await(BLANK, "already used");
        }
        aliceSees.reload();
        aliceSees.await(ENTRY, "bob");
        assertEquals(1, alice.server().json("web-devices").get("devices").size());
        nothingWasBlocked(aliceSees);
    }

    @Test
    @Order(2)
    void theyTalkAndSeeWhatItCosts() throws Exception {
        choose(aliceSees, "bob");
        shownCommandWorks(aliceSees, alice, "messages --contact bob");
        shownCommandWorks(aliceSees, alice, "conversation-list");
        say(aliceSees, "Are you coming on Saturday?");
        bobSees.await(".unread", "1");
        choose(bobSees, "alice");
        bobSees.await(MESSAGE, "Are you coming on Saturday?");
        bobSees.click(".actions button", "Reply");
        bobSees.await(".replying", "Are you coming");
        bobSees.await("#compose code", "send --to alice --reply ");
        say(bobSees, "Yes, with the big tent.");
        aliceSees.await(MESSAGE, "Yes, with the big tent.");
        aliceSees.await("blockquote", "Are you coming on Saturday?");
        aliceSees.run("document.querySelectorAll('.message:not(.own) .actions button')"
                + ".forEach(one => one.textContent === 'React' && one.click()); return 0");
        aliceSees.await(".actions code", "react ");
        aliceSees.click(".pick", "👍");
        bobSees.await(".reaction", "👍");
        aliceSees.await(".state", "relayed");
        aliceSees.await(".cost", "sat");
        Wait.until(
                "bob's message is marked as read",
                () -> alice.server()
                                .json("conversation-list")
                                .get("conversations")
                                .get(0)
                                .get("unread")
                                .asInt()
                        == 0);
        assertFalse(aliceSees.url().contains("bob"), aliceSees.url());
        nothingWasBlocked(aliceSees);
        nothingWasBlocked(bobSees);
    }

    /** The exclamation mark ends the sentence at its left. */
    @Test
    @Order(3)
    void aTextFromRightToLeftIsShownSo() {
        say(bobSees, "שלום!");
        aliceSees.await(MESSAGE, "שלום!");
        assertTrue(aliceSees
                .run(
                        "const words = [...document.querySelectorAll('.words')].find(one => one.textContent.includes('שלום'));"
                                + "const text = [...words.childNodes].find(one => one.nodeType === 3 && one.data.trim());"
                                + "const left = at => { const range = document.createRange(); range.setStart(text, at);"
                                + " range.setEnd(text, at + 1); return range.getBoundingClientRect().left; };"
                                + "return left(text.data.length - 1) < left(0)")
                .asBoolean());
    }

    /** With the page's clock stopped, it does not poll: only an event of the server can bring a message. */
    @Test
    @Order(3)
    void aMessageIsShownWhenTheServerReportsIt() {
        // A change of the visibility makes the page restart its timer, which then never fires.
        bobSees.run(
                "const go = window.setTimeout; window.setTimeout = (what, when) => when >= 1000 ? 0 : go(what, when);"
                        + "document.dispatchEvent(new Event('visibilitychange')); return 0");
        say(aliceSees, "No need to ask.");
        bobSees.await(MESSAGE, "No need to ask.");
        bobSees.reload();
        choose(bobSees, "alice");
        bobSees.await(MESSAGE, "No need to ask.");
    }

    /** The figure is in docs/web.md; this machine's speed does not affect the test. */
    @Test
    @Order(3)
    void howSoonAMessageIsShown() {
        bobSees.run(
                "window.shown = {}; new MutationObserver(() => document.querySelectorAll('.message .words').forEach("
                        + "one => { shown[one.innerText] ??= Date.now(); })).observe(document.body,"
                        + " { subtree: true, childList: true, characterData: true }); return 0");
        alice.set("rate-per-minute", "0");
        List<String> said = IntStream.range(0, 20).mapToObj(i -> "Message " + i).toList();
        for (String text : said) {
            say(aliceSees, text);
            bobSees.await(MESSAGE, text);
        }
        JsonNode shown = bobSees.run("return shown");
        JsonNode log = bobSees.run("return fetch('/v1/events?limit=500', { headers: {"
                + " 'X-CSRF-Token': sessionStorage.getItem('csrf') } }).then(answer => answer.json())");
        List<Long> waited = Operator.elements(log.get("events"))
                .filter(event ->
                        said.contains(event.path("message").path("text").asText()))
                .filter(event -> event.get("type").asText().equals("message"))
                .map(event ->
                        shown.get(event.get("message").get("text").asText()).asLong()
                                - Instant.parse(event.get("time").asText()).toEpochMilli())
                .sorted()
                .toList();
        assertEquals(said.size(), waited.size());
        System.out.printf(
                "A message is in the browser %d ms after it is in the inbox (median of %d; at most %d ms).%n",
                waited.get(waited.size() / 2), waited.size(), waited.get(waited.size() - 1));
    }

    private static void shownCommandWorks(Browser browser, Operator operator, String command) {
        browser.await(".command code", command);
        Reply reply = operator.server().type("partyline:" + command);
        assertEquals(0, reply.status(), reply::text);
    }

    @Test
    @Order(4)
    void aBurnMessageIsReadOnce() throws Exception {
        aliceSees.click("label", "Burn");
        aliceSees.type("#text", "The key is under");
        aliceSees.click("nav button", "Server");
        aliceSees.await("main h1", "Server");
        aliceSees.click("nav button", "Talk");
        // The unfinished text is still there, and the displayed command would do the same.
        aliceSees.await("#compose code", "send --to bob --burn TEXT");
        say(aliceSees, " the third stone.");
        bobSees.await(".words code", "read ");
        bobSees.click(".burn", "Read once");
        bobSees.await(MESSAGE, "third stone");
        bobSees.reload();
        choose(bobSees, "alice");
        bobSees.await(MESSAGE, "Are you coming on Saturday?");
        assertFalse(bobSees.text().contains("third stone"));
    }

    @Test
    @Order(5)
    void aMessageIsEditedAndOneRecalled() {
        say(aliceSees, "At nime.");
        bobSees.await(MESSAGE, "At nime.");
        aliceSees.await(MESSAGE, "At nime.");
        click(aliceSees, ".message.own", "Edit");
        aliceSees.await(".editing", "At nime.");
        aliceSees.await("#compose code", "edit ");
        aliceSees.run(
                "const box = document.getElementById('text'); box.value = ''; box.dispatchEvent(new Event('input'));"
                        + " return 0");
        say(aliceSees, "At nine.");
        bobSees.await(MESSAGE, "At nine.");
        say(aliceSees, "Not for you.");
        aliceSees.await(MESSAGE, "Not for you.");
        click(aliceSees, ".message.own", "Recall");
        aliceSees.click(".sure", "Recall it");
        aliceSees.await(".price", "is recalled");
        aliceSees.await(".state", "recalled");
    }

    @Test
    @Order(6)
    void anyConversationOrViewIsFoundByTheKeyboard() {
        String press = "dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true })); return 0";
        aliceSees.run(press);
        aliceSees.await("#finder", "bob");
        aliceSees.type("#wanted", "serv\n");
        aliceSees.await("main h1", "Server");
        aliceSees.run(press);
        aliceSees.type("#wanted", "bo\n");
        aliceSees.await("#with", "bob");
        assertEquals(List.of(), aliceSees.texts("#finder"));
        // Each with its command, by which it can also be found; the arrow keys select.
        aliceSees.run(press);
        for (String command : List.of(
                "messages --contact bob",
                "contact-verify bob",
                "persona-card Alice",
                "conversation-list",
                "contact-add CARD",
                "decoy-status",
                "doctor",
                "lock",
                "config notify bell",
                "web-logout")) {
            aliceSees.await("#finder code", command);
        }
        assertEquals(
                "In the console: web-logout",
                aliceSees
                        .run("return document.querySelector('header > button:last-child').title")
                        .asText());
        aliceSees.type("#wanted", "contact-verify");
        aliceSees.await("#finder .found", "Safety number of bob");
        aliceSees.type("#wanted", "\uE015");
        assertEquals(
                "Safety number of bob",
                aliceSees
                        .run("return document.activeElement.querySelector('.name').innerText")
                        .asText());
        aliceSees.pressEnter();
        aliceSees.await(".safety", "contact-verify bob");
        aliceSees.run(press);
        aliceSees.type("#wanted", "strang\n");
        aliceSees.await("main h1", "Network");
        Wait.until(
                "the section has the focus",
                () -> aliceSees.run("return document.activeElement.id").asText().equals("strangers"));
        aliceSees.run(press);
        aliceSees.type("#wanted", "alic\n");
        aliceSees.await("#my-card", card(alice, "Alice"));
        // Words of a message, which are not sent in any URL.
        aliceSees.run(press);
        aliceSees.type("#wanted", "big tent\n");
        aliceSees.await("#finder .found", "Yes, with the big tent.");
        aliceSees.type("#wanted", "\n");
        Wait.until(
                "the message has the focus",
                () -> aliceSees
                        .run("return document.activeElement.innerText")
                        .asText()
                        .contains("Yes, with the big tent."));
        aliceSees.run(press);
        aliceSees.type("#wanted", "bo\n");
        aliceSees.await("#with", "bob");
        nothingWasBlocked(aliceSees);
    }

    @Test
    @Order(7)
    void aNotificationHasNoWordsAndIsOffUntilItIsWanted() {
        aliceSees.run("window.told = []; document.hasFocus = () => false;"
                + "window.Notification = class { constructor(title, { body }) { told.push(title + ': ' + body); }"
                + " static async requestPermission() { return 'granted'; } }; return 0");
        say(bobSees, "Nobody is told.");
        aliceSees.await(MESSAGE, "Nobody is told.");
        assertEquals("[]", aliceSees.run("return told").toString());
        aliceSees.click(".notify", "Notify");
        Wait.until(
                "notifications are on",
                () -> aliceSees
                        .run("return document.querySelector('.notify').ariaPressed === 'true'")
                        .asBoolean());
        say(bobSees, "Someone is told.");
        aliceSees.await(MESSAGE, "Someone is told.");
        assertEquals(
                "[\"Partyline: A new message\"]", aliceSees.run("return told").toString());
        aliceSees.reload();
        choose(aliceSees, "bob");
        aliceSees.await(MESSAGE, "Someone is told.");
    }

    static void show(Browser browser, String view) {
        browser.click("nav button", view);
        browser.await("main h1", view);
    }

    @Test
    @Order(8)
    void aCardIsShownAndAnotherOneIsAdded() {
        show(aliceSees, "Contacts");
        aliceSees.await(".talk-to", "bob");
        aliceSees.await("#my-card", card(alice, "Alice"));
        assertTrue(aliceSees
                .run("return document.querySelector('.qr path').getAttribute('d').length > 1000")
                .asBoolean());
        bob.server().json("persona-create", "Carol");
        String card = card(bob, "Carol");
        aliceSees.type("#card", "plcard1nonsense");
        aliceSees.click("#new-contact .send", "Add");
        aliceSees.await(".told", "card");
        aliceSees.run("const box = document.getElementById('card'); box.value = '';"
                + " box.dispatchEvent(new Event('input')); return 0");
        aliceSees.type("#card", card);
        aliceSees.type("#name", "carol");
        aliceSees.await("#new-contact code", "contact-add CARD --name carol");
        aliceSees.click("#new-contact .send", "Add");
        aliceSees.await(".told", "carol is a contact");
        assertTrue(alice.server().json("contact-list").toString().contains("\"carol\""));
        aliceSees.click(".talk-to", "bob");
        aliceSees.await("#with", "bob");
        nothingWasBlocked(aliceSees);
    }

    @Test
    @Order(8)
    void aChannelIsJoinedByItsInviteAndShowsItsMembersAndInvite() {
        String invite = bob.createChannel("lobby", Stage.PASSPHRASE);
        show(aliceSees, "Contacts");
        aliceSees.type("#plchan", invite);
        aliceSees.type("#passphrase", Stage.PASSPHRASE);
        aliceSees.await("#new-channel code", "channel-join INVITE");
        aliceSees.click("#new-channel .send", "Join");
        aliceSees.await("#new-channel .told", "You are in lobby.");
        bob.send("lobby", "Welcome to the lobby");
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "lobby");
        aliceSees.await(MESSAGE, "Welcome to the lobby");
        aliceSees.click(".known", "Members");
        aliceSees.await(".safety tbody", "Bob");
        aliceSees.await("#invite", invite);
        shownCommandWorks(aliceSees, alice, "channel-who lobby");
        shownCommandWorks(aliceSees, alice, "channel-invite lobby");
        nothingWasBlocked(aliceSees);
        choose(aliceSees, "bob");
        anEventOfAnotherConversationMakesNoOneAskForMessages();
    }

    /** With the page's clock stopped. */
    private void anEventOfAnotherConversationMakesNoOneAskForMessages() {
        String asked = "return window.asked.filter(one => one.includes('/messages?')).length";
        choose(bobSees, "alice");
        bobSees.run(
                "const go = window.setTimeout; window.setTimeout = (what, when) => when >= 1000 ? 0 : go(what, when);"
                        + "const ask = window.fetch; window.asked = [];"
                        + "window.fetch = (what, how) => { window.asked.push(String(what)); return ask(what, how); };"
                        + "document.dispatchEvent(new Event('visibilitychange')); return 0");
        Wait.until("the messages", () -> bobSees.run(asked).asInt() > 0);
        bobSees.run("window.asked = []; return 0");
        alice.send("lobby", "Thank you");
        bobSees.await(".unread", "1");
        assertEquals(0, bobSees.run(asked).asInt());
        alice.server().json("send", "--to", "bob", "Only this one");
        bobSees.await(MESSAGE, "Only this one");
        Wait.until("the messages", () -> bobSees.run(asked).asInt() > 0);
        bobSees.reload();
        choose(bobSees, "alice");
    }

    /**
     * On a slow network: the next message can be written while one is sent. A text whose sending was not answered is put
     * back before it, and not sent twice.
     */
    @Test
    @Order(9)
    void nothingThatIsWrittenIsLost() {
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "bob");
        // What a busy server refuses at first (429) is repeated by the page, and not held again.
        aliceSees.run("const real = window.fetch; window.held = []; let gone; window.fetch = (path, options) =>"
                + " options.method === 'POST' && path.endsWith('/messages') && !options.body.includes('dry_run')"
                + " && options.headers['Idempotency-Key'] !== gone"
                + " ? new Promise((go, fail) => held.push({"
                + " go: () => { gone = options.headers['Idempotency-Key']; go(real(path, options)); },"
                + " lose: () => real(path, options).then(fail) }))"
                + " : real(path, options); return 0");
        aliceSees.type("#text", "This one is slow.\n");
        held(aliceSees, 1);
        aliceSees.type("#text", "This one");
        aliceSees.run("held.pop().go(); return 0");
        bobSees.await(MESSAGE, "This one is slow.");
        aliceSees.await(".price", "Stored as message");
        awaitValue(aliceSees, "#text", "This one");
        aliceSees.type("#text", " is lost.\n");
        held(aliceSees, 1);
        aliceSees.type("#text", "This one is next.");
        aliceSees.run("held.pop().lose(); return 0");
        bobSees.await(MESSAGE, "This one is lost.");
        awaitValue(aliceSees, "#text", "This one is lost.\nThis one is next.");
        // It stays in its conversation.
        choose(aliceSees, "lobby");
        awaitValue(aliceSees, "#text", "");
        choose(aliceSees, "bob");
        aliceSees.await(MESSAGE, "This one is lost.");
        awaitValue(aliceSees, "#text", "This one is lost.\nThis one is next.");
        // An edit of another message does not replace it.
        click(aliceSees, ".message.own", "Edit");
        awaitValue(aliceSees, "#text", "This one is lost.");
        aliceSees.click(".editing button", "Do not edit");
        awaitValue(aliceSees, "#text", "This one is lost.\nThis one is next.");
        aliceSees.type("#text", "\n");
        for (int i = 1; i <= 2; i++) {
            held(aliceSees, 1);
            aliceSees.run("held.pop().go(); return 0");
        }
        bobSees.await(MESSAGE, "This one is next.");
        aliceSees.reload();
        choose(aliceSees, "bob");
        aliceSees.await(MESSAGE, "This one is next.");
        nothingWasBlocked(aliceSees);
    }

    /** Holds each message that is sent, or edited, until the test answers it. The server gets none of them. */
    private static final String POSTS = """
            const real = window.fetch;
            window.posts = [];
            window.fetch = (path, options) => /\\/(messages|edit)$/.test(path) && options.method === 'POST'
                && !options.body.includes('dry_run')
              ? new Promise((go, lose) => posts.push({
                  body: JSON.parse(options.body), key: options.headers['Idempotency-Key'], lose,
                  answer: (status, json) => go({ status, ok: status < 300, json: async () => json }) }))
              : real(path, options);
            return 0;
            """;

    private static void answer(Browser browser, int post, String answer) {
        posted(browser, post);
        browser.run("posts[" + post + "]." + answer + "; return 0");
        Wait.until(
                "the answer is handled",
                () -> browser.run("return posts.length > " + (post + 1)
                                + " || !document.querySelector('#compose .send').disabled")
                        .asBoolean());
    }

    private static JsonNode posted(Browser browser, int post) {
        Wait.until(
                "the message is on its way",
                () -> browser.run("return posts.length").asInt() > post);
        return browser.run("return posts[" + post + "]");
    }

    private static void value(Browser browser, String text) {
        browser.run("const box = document.getElementById('text'); box.value = '" + text
                + "'; box.dispatchEvent(new Event('input')); return 0");
    }

    private static final String STORED =
            "answer(202, { id: 1, estimated_fee_sat: 1, margin_sat: 0, opening_fee_sat: 0, warnings: [] })";
    private static final String REFUSED = "answer(422, { title: 'Refused', detail: 'Not now.' })";

    @Test
    @Order(9)
    void aTextIsRepeatedAloneOnlyIfItsAnswerWasLostAndItIsUnchanged() {
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "bob");
        aliceSees.run(POSTS);
        aliceSees.type("#text", "First.\n");
        posted(aliceSees, 0);
        aliceSees.type("#text", "Second.");
        answer(aliceSees, 0, "lose()");
        awaitValue(aliceSees, "#text", "First.\nSecond.");
        aliceSees.type("#text", "\n");
        answer(aliceSees, 1, STORED);
        answer(aliceSees, 2, STORED);
        awaitValue(aliceSees, "#text", "");
        List<JsonNode> posts = posts(aliceSees);
        assertEquals(List.of("First.", "First.", "Second."), texts(posts));
        assertEquals(posts.get(0).get("key"), posts.get(1).get("key"));
        assertFalse(posts.get(1).get("key").equals(posts.get(2).get("key")), posts::toString);

        aliceSees.type("#text", "Third.\n");
        posted(aliceSees, 3);
        aliceSees.type("#text", "Fourth.");
        answer(aliceSees, 3, "lose()");
        awaitValue(aliceSees, "#text", "Third.\nFourth.");
        value(aliceSees, "Not the third.\\nFourth.");
        aliceSees.type("#text", "\n");
        answer(aliceSees, 4, STORED);
        awaitValue(aliceSees, "#text", "");

        aliceSees.type("#text", "Fifth.\n");
        posted(aliceSees, 5);
        aliceSees.type("#text", "Sixth.");
        answer(aliceSees, 5, REFUSED);
        awaitValue(aliceSees, "#text", "Fifth.\nSixth.");
        aliceSees.type("#text", "\n");
        answer(aliceSees, 6, STORED);
        awaitValue(aliceSees, "#text", "");
        posts = posts(aliceSees);
        assertEquals(
                List.of("Third.", "Not the third.\nFourth.", "Fifth.", "Fifth.\nSixth."),
                texts(posts.subList(3, posts.size())));
        assertEquals(
                6,
                posts.stream().map(post -> post.get("key").asText()).distinct().count(),
                posts::toString);
        aliceSees.reload();
        choose(aliceSees, "bob");
    }

    private static List<JsonNode> posts(Browser browser) {
        return Operator.elements(browser.run("return posts")).toList();
    }

    private static List<String> texts(List<JsonNode> posts) {
        return posts.stream().map(post -> post.get("body").get("text").asText()).toList();
    }

    /** The text, and whether it is to burn, belong together. */
    @Test
    @Order(9)
    void whatFailsIsPutIntoNoOtherMessage() {
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "bob");
        aliceSees.run(POSTS);
        aliceSees.click("label", "Burn");
        aliceSees.type("#text", "To burn.\n");
        posted(aliceSees, 0);
        click(aliceSees, ".message.own", "Edit");
        aliceSees.await(".editing", "Anyone who has seen it");
        value(aliceSees, "An edit.");
        answer(aliceSees, 0, REFUSED);
        awaitValue(aliceSees, "#text", "An edit.");
        aliceSees.click(".editing button", "Do not edit");
        awaitValue(aliceSees, "#text", "To burn.");
        aliceSees.type("#text", "\n");
        posted(aliceSees, 1);
        aliceSees.type("#text", "Later.");
        answer(aliceSees, 1, REFUSED);
        awaitValue(aliceSees, "#text", "To burn.\nLater.");
        aliceSees.type("#text", "\n");
        assertTrue(posted(aliceSees, 2).get("body").get("burn").asBoolean());
        answer(aliceSees, 2, STORED);

        click(aliceSees, ".message.own", "Edit");
        value(aliceSees, "Another edit.");
        aliceSees.type("#text", "\n");
        posted(aliceSees, 3);
        awaitValue(aliceSees, "#text", "");
        aliceSees.type("#text", "A message.");
        answer(aliceSees, 3, REFUSED);
        awaitValue(aliceSees, "#text", "Another edit.");
        aliceSees.click(".editing button", "Do not edit");
        awaitValue(aliceSees, "#text", "A message.");
        aliceSees.reload();
        choose(aliceSees, "bob");
    }

    /** The other conversation is opened after the answer, while the page asks for news. */
    @Test
    @Order(9)
    void aSentMessageTakesNoFocusInAnotherConversation() {
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "bob");
        aliceSees.run(
                "const real = window.fetch; window.asked = 0; window.held = []; window.fetch = (path, options) => {"
                        + " if (path.endsWith('/messages') && options.method === 'POST' && !options.body.includes('dry_run')) {"
                        + " window.hold = true; return Promise.resolve(Response.json({ id: 1, estimated_fee_sat: 1, margin_sat: 0,"
                        + " opening_fee_sat: 0, warnings: [] })); }"
                        + " window.asked += path === '/v1/conversations' && !window.hold;"
                        + " return path === '/v1/conversations' && window.hold"
                        + " ? new Promise(go => held.push(() => go(real(path, options)))) : real(path, options); }; return 0");
        aliceSees.type("#text", "Never sent.\n");
        held(aliceSees, 1);
        choose(aliceSees, "lobby");
        aliceSees.run("window.hold = false; window.asked = 0; held.pop()(); return 0");
        Wait.until(
                "the page asks again",
                () -> aliceSees.run("return window.asked").asInt() > 0);
        assertEquals(
                "lobby",
                aliceSees
                        .run("return document.activeElement.querySelector('.name')?.innerText")
                        .asText());
        aliceSees.reload();
        choose(aliceSees, "bob");
    }

    private static void click(Browser browser, String messages, String button) {
        browser.run("[...document.querySelectorAll('" + messages + "')].at(-1)"
                + ".querySelectorAll('.actions button').forEach(one => one.textContent === '" + button
                + "' && one.click()); return 0");
    }

    @Test
    @Order(9)
    void aLateAnswerToAnEarlierLoginDoesNotEndANewOne() {
        aliceSees.run("const real = window.fetch; window.held = []; window.fetch = (path, options) =>"
                + " options.method === 'POST' && path.endsWith('/messages') && !options.body.includes('dry_run')"
                + " ? new Promise(go => held.push(() => go({ status: 401, ok: false, json: async () =>"
                + " { window.late = true; return { title: 'Login required', detail: 'Log in.' }; } })))"
                + " : real(path, options); return 0");
        aliceSees.type("#text", "Never sent.\n");
        held(aliceSees, 1);
        String link = link(alice);
        aliceSees.run("location.hash = '" + link.substring(link.indexOf('#')) + "'; return 0");
        aliceSees.await(ENTRY, "bob");
        aliceSees.run("held.pop()(); return 0");
        Wait.until(
                "the answer is read",
                () -> aliceSees.run("return window.late === true").asBoolean());
        assertTrue(
                aliceSees.run("return sessionStorage.getItem('csrf') !== null").asBoolean());
        aliceSees.reload();
        aliceSees.await(ENTRY, "bob");
    }

    @Test
    @Order(9)
    void aReactionThatIsRepeatedIsSentOnce() {
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "bob");
        aliceSees.await(MESSAGE, "Only this one");
        aliceSees.run("const real = window.fetch; window.keys = []; window.fetch = (path, options) =>"
                + " path.endsWith('/reaction') && keys.push(options.headers['Idempotency-Key']) === 1"
                + " ? Promise.reject(new TypeError()) : real(path, options); return 0");
        for (int i = 1; i <= 2; i++) {
            int calls = i;
            click(aliceSees, ".message.own", "React");
            aliceSees.click(".pick", "😮");
            Wait.until(
                    "the reaction is sent",
                    () -> aliceSees.run("return keys.length").asInt() == calls);
        }
        bobSees.await(".reaction", "😮");
        JsonNode keys = aliceSees.run("return keys");
        assertTrue(keys.get(0).isTextual(), keys::toString);
        assertEquals(keys.get(0), keys.get(1));
        aliceSees.reload();
        choose(aliceSees, "bob");
    }

    @Test
    @Order(9)
    void whatWasErasedIsNotShownInAReplyEither() {
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "bob");
        choose(bobSees, "alice");
        String text = "Not for long.";
        say(bobSees, text);
        aliceSees.await(MESSAGE, text);
        click(aliceSees, ".message:not(.own)", "Reply");
        aliceSees.await(".replying", text);
        long id = Operator.elements(
                        bob.server().json("messages", "--contact", "alice").get("messages"))
                .filter(message -> message.get("text").asText().equals(text))
                .findFirst()
                .orElseThrow()
                .get("id")
                .asLong();
        assertEquals(0, bob.server().run("forget", "" + id, "--yes").status());
        aliceSees.await(".replying", "A message that is not kept");
        assertFalse(aliceSees.text().contains(text), aliceSees.text());
        aliceSees.click(".replying button", "Do not reply");
    }

    @Test
    @Order(9)
    void noNameLooksLikeAProof() {
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "lobby");
        bob.send("lobby", "I am bound by this", "--sign");
        aliceSees.await(".proof", "signed by bob");
        assertEquals(Set.of("Bob", "You"), Set.copyOf(aliceSees.texts(".who")));
        choose(aliceSees, "bob");
    }

    /** With the page's clock stopped, so that it asks only when the server reports an event. */
    @Test
    @Order(9)
    void whetherAContactIsVerifiedIsShownAtItsName() {
        choose(aliceSees, "bob");
        aliceSees.run(
                "const go = window.setTimeout; window.setTimeout = (what, when) => when >= 1000 ? 0 : go(what, when);"
                        + "document.dispatchEvent(new Event('visibilitychange')); return 0");
        alice.server().json("contact-verify", "bob", "--same");
        aliceSees.await(".title .mark.verified", "verified");
        assertTrue(marked("bob").endsWith("Contact verified"), marked("bob"));
        assertFalse(marked("lobby").contains("verified"), marked("lobby"));
        alice.server().json("contact-verify", "bob", "--different");
        aliceSees.await(".title .mark.unverified", "not verified");
        choose(aliceSees, "lobby");
        aliceSees.await(".facts .proof + .mark", "not verified");
        assertEquals(List.of(), aliceSees.texts(".title .mark"));
        aliceSees.run("const ask = window.fetch; window.fetch = async (what, how) => {"
                + " const answer = await ask(what, how);"
                + " return what !== '/v1/contacts' ? answer"
                + " : new Response((await answer.text()).replaceAll('\"unverified\"', '\"rotated\"')); }; return 0");
        choose(aliceSees, "bob");
        aliceSees.await(".title .mark.rotated", "verify again");
        aliceSees.reload();
        choose(aliceSees, "bob");
    }

    /** What the list says about a conversation. */
    private static String marked(String name) {
        return aliceSees.texts(ENTRY).stream()
                .map(entry -> entry.replaceAll("\\s+", " "))
                .filter(entry -> entry.contains(" " + name + " "))
                .findFirst()
                .orElse("");
    }

    /** A click on a conversation opens that one, not one that has just moved to its position. */
    @Test
    @Order(9)
    void whereTheListMovesNothingElseIsOpened() {
        aliceSees.click("nav button", "Talk");
        choose(aliceSees, "bob");
        say(aliceSees, "On top.");
        aliceSees.await("aside li:first-child .name", "bob");
        choose(aliceSees, "carol");
        aliceSees.run("window.first = document.querySelector('aside li:first-child button'); first.focus();"
                + " first.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true })); return 0");
        bob.send("lobby", "Now this one is.");
        aliceSees.await("aside li:first-child .name", "lobby");
        assertEquals(
                "bob",
                aliceSees
                        .run("return document.activeElement.querySelector('.name').innerText")
                        .asText());
        aliceSees.run("first.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));"
                + " return 0");
        assertEquals(List.of("carol"), aliceSees.texts("#with"));
        nothingWasBlocked(aliceSees);
    }

    /** The store may have been locked meanwhile. A request from before is no sign that it was not. */
    @Test
    @Order(9)
    void aTabThatWasHiddenShowsNoTextUntilTheServerAnswers() {
        choose(aliceSees, "bob");
        aliceSees.run("const real = window.fetch; window.held = []; window.sees = 'visible';"
                + " Object.defineProperty(document, 'visibilityState', { get: () => sees });"
                + " window.turn = now => { sees = now; document.dispatchEvent(new Event('visibilitychange')); };"
                + " window.fetch = (path, options) => path === '/v1/conversations'"
                + " ? new Promise(go => held.push(() => go(real(path, options)))) : real(path, options);"
                + " turn('visible'); return 0");
        held(aliceSees, 1);
        assertFalse(isCovered());
        aliceSees.run("turn('hidden'); return 0");
        assertTrue(isCovered());
        aliceSees.run("turn('visible'); return 0");
        assertTrue(isCovered());
        aliceSees.run("held[0](); return 0");
        held(aliceSees, 2);
        assertTrue(isCovered());
        aliceSees.run("held[1](); return 0");
        Wait.until("the texts are shown", () -> !isCovered());
        aliceSees.reload();
        choose(aliceSees, "bob");
    }

    private static boolean isCovered() {
        return aliceSees
                .run("return getComputedStyle(document.querySelector('.columns')).opacity === '0'")
                .asBoolean();
    }

    private static void held(Browser browser, int howMany) {
        Wait.until(
                "the message is on its way",
                () -> browser.run("return held.length").asInt() == howMany);
    }

    private static void scans(Browser browser, String field, String wanted) {
        browser.click(".scan", "Scan with the camera");
        awaitValue(browser, field, wanted);
        assertEquals(List.of(), browser.texts("video"), "the camera is off");
    }

    static void awaitValue(Browser browser, String field, String wanted) {
        Wait.until(
                "the code in " + field,
                () -> browser.run("return document.querySelector('" + field + "').value")
                        .asText()
                        .equals(wanted));
    }

    @Test
    @Order(8)
    void aCardAndAnInviteAreScannedWhereTheBrowserReadsNoCodes(@TempDir Path files) throws IOException {
        bob.server().json("persona-create", "Dave");
        String card = card(bob, "Dave");
        String invite = bob.createChannel("garden", Stage.PASSPHRASE);
        Path film = files.resolve("film.y4m");
        CodePicture.film(film, CodePicture.rows(aliceSees, card));
        try (Chromium sees = Chromium.start(
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--use-file-for-fake-video-capture=" + film)) {
            login(sees, alice);
            sees.run("delete window.BarcodeDetector; return 0");
            show(sees, "Contacts");
            scans(sees, "#card", card);
            sees.click("#new-contact .send", "Add");
            sees.await("#new-contact .told", "Dave is a contact");

            CodePicture.film(film, CodePicture.rows(sees, invite));
            scans(sees, "#plchan", invite);
            assertEquals(
                    "passphrase", sees.run("return document.activeElement.id").asText());
            sees.type("#passphrase", Stage.PASSPHRASE);
            sees.click("#new-channel .send", "Join");
            sees.await("#new-channel .told", "You are in garden.");

            CodePicture.film(film, CodePicture.rows(sees, "https://example.org"));
            sees.click(".scan", "Scan with the camera");
            sees.await(".told", "neither a card nor an invite");
            CodePicture.film(film, List.of());
            sees.click(".scan", "Scan with the camera");
            sees.await(".told", "Hold the code in front of the camera.");
            if (Files.exists(AXE)) {
                check(sees, Files.readString(AXE), "the camera");
            }
            sees.click(".scan", "Stop the camera");
            assertEquals(List.of(), sees.texts("video"));
            // A browser that can detect codes is not asked for pictures.
            sees.run("window.BarcodeDetector = class { async detect() { return [{ rawValue: '"
                    + card(bob, "Bob").toUpperCase(Locale.ROOT) + "' }]; } }; return 0");
            scans(sees, "#card", card(bob, "Bob"));
            sees.run("delete window.BarcodeDetector; return 0");
            sees.choose("#picture", CodePicture.photograph(files.resolve("card.png"), CodePicture.rows(sees, card)));
            awaitValue(sees, "#card", card);
            sees.choose("#picture", CodePicture.photograph(files.resolve("none.png"), List.of()));
            sees.await(".told", "There is no QR code in this picture");
            sees.choose("#picture", film);
            sees.await(".told", "This is not a picture");
            nothingWasBlocked(sees);
            sees.click("header button", "Log out");
            sees.await(BLANK, "You are logged out.");
        }
        assertTrue(alice.server().json("contact-list").toString().contains("\"Dave\""));
        assertTrue(alice.server().json("channel-list").toString().contains("\"garden\""));
    }

    @Test
    @Order(8)
    void theWalletShowsAnAddressAndWhatWasSpent() {
        show(aliceSees, "Wallet");
        aliceSees.click(".address", "New");
        aliceSees.await("#address", "bcrt1");
        assertEquals(
                1,
                aliceSees.run("return document.querySelectorAll('.qr').length").asInt());
        aliceSees.await(".axis", "sat, at most");
        nothingWasBlocked(aliceSees);
    }

    @Test
    @Order(8)
    void whatStrangersSeeIsMarkedOnlyHere() {
        for (Browser browser : new Browser[] {aliceSees, bobSees}) {
            show(browser, "Network");
            browser.await(".strangers", "sent by you");
            browser.await(".strangers", "sent to you");
            List<String> rows = browser.texts(".strangers tbody tr");
            assertTrue(
                    rows.stream().noneMatch(row -> row.contains("by you") && row.contains("to you")), rows::toString);
            assertTrue(browser.run("return document.querySelectorAll('.range').length >= 1")
                    .asBoolean());
        }
        nothingWasBlocked(aliceSees);
        bobSees.click("nav button", "Talk");
        choose(bobSees, "alice");
    }

    @Test
    @Order(8)
    void theOperatorSeesChecksAndAlgorithms() {
        show(aliceSees, "Server");
        aliceSees.await(".findings", "checked");
        aliceSees.await("main", "XCHACHA20_POLY1305");
        for (String command : List.of("node-list", "suite-list", "fee-status", "outbox")) {
            shownCommandWorks(aliceSees, alice, command);
        }
        nothingWasBlocked(aliceSees);
    }

    @Test
    @Order(9)
    void theScreensAreForEverybody() throws Exception {
        assumeTrue(Files.exists(AXE), "axe-core is not there: run npm ci in itests/regtest");
        String axe = Files.readString(AXE);
        aliceSees.click("nav button", "Talk");
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {1200, 360}) {
                String name = (dark ? "dark" : "light") + "-" + width;
                aliceSees.screen(width, 740, dark);
                aliceSees.await(MESSAGE, "Are you coming on Saturday?");
                aliceSees.screenshot(SHOTS.resolve("talk-" + name + ".png"));
                check(aliceSees, axe, "talk " + name);
                for (String view : List.of("Contacts", "Wallet", "Network", "Server")) {
                    show(aliceSees, view);
                    aliceSees.await("main section", "");
                    aliceSees.screenshot(SHOTS.resolve(view + "-" + name + ".png"));
                    check(aliceSees, axe, view + " " + name);
                    assertTrue(
                            aliceSees
                                    .run("return document.documentElement.scrollWidth <= innerWidth")
                                    .asBoolean(),
                            "wider than the screen: " + view + " " + name);
                    assertEquals("[]", aliceSees.run(BROKEN_WORDS).toString(), view + " " + name);
                }
                aliceSees.click("nav button", "Talk");
                aliceSees.await(MESSAGE, "Are you coming on Saturday?");
            }
        }
        aliceSees.click(".back", "");
        choose(aliceSees, "lobby");
        aliceSees.click(".known", "Members");
        aliceSees.await("#invite", "plchan1");
        aliceSees.screenshot(SHOTS.resolve("members.png"));
        check(aliceSees, axe, "members");
        aliceSees.click(".back", "");
        choose(aliceSees, "bob");
        aliceSees.click(".find", "Find");
        aliceSees.await("#finder", "bob");
        aliceSees.await("#finder code", "contact-verify bob");
        aliceSees.screenshot(SHOTS.resolve("finder.png"));
        check(aliceSees, axe, "finder");
        aliceSees.type("#wanted", "\uE00C");
        if (Boolean.getBoolean("pictures.write")) {
            Files.copy(SHOTS.resolve("talk-light-1200.png"), PICTURE, StandardCopyOption.REPLACE_EXISTING);
        }
        aliceSees.screen(1200, 800, false);
    }

    /** Words of headings and labels that are on two lines. */
    private static final String BROKEN_WORDS = """
            const broken = [];
            for (const one of document.querySelectorAll('main :is(h2, thead th, label, button)')) {
              for (const text of [...one.childNodes].filter(node => node.nodeType === 3)) {
                for (const word of text.data.matchAll(/\\S+/g)) {
                  const range = document.createRange();
                  range.setStart(text, word.index);
                  range.setEnd(text, word.index + word[0].length);
                  if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) {
                    broken.push(word[0]);
                  }
                }
              }
            }
            return broken;
            """;

    private static void check(Chromium browser, String axe, String what) throws IOException {
        JsonNode found = browser.run(axe + ";return axe.run().then(all => all.violations.map(one => one.id + ': '"
                + " + one.nodes.map(node => node.html + ' ' + node.failureSummary).join('; ')))");
        assertEquals("[]", found.toString(), what);
    }

    /**
     * The attacks by a page of another port on the same host, with whose requests the cookie is sent. Returns each
     * result by name.
     */
    private static final String ATTACKS = """
            const at = '%s', got = {}, wait = 3000;
            const attempt = async (name, what) => {
              got[name] = await Promise.race([
                what().catch(() => 'refused'), new Promise(go => setTimeout(() => go('nothing'), wait))]);
            };
            const call = (path, options) => async () => {
              const answer = await fetch(at + path, options);
              return answer.type + answer.status + await answer.text();
            };
            const event = (target, good, bad) => new Promise(go => {
              target[good] = () => go('opened');
              target[bad] = () => go('refused');
            });
            const messages = '/v1/conversations/bob/messages';
            const body = JSON.stringify({ text: 'Of another origin' });
            for (const credentials of ['omit', 'include']) {
              for (const mode of ['cors', 'no-cors']) {
                const how = { credentials, mode };
                const named = credentials + ', ' + mode;
                await attempt('read, ' + named, call('/v1/conversations', how));
                await attempt('session, ' + named, call('/session', how));
                await attempt('send, ' + named, call(messages, { ...how, method: 'POST', body }));
                await attempt('lock, ' + named, call('/v1/lock', { ...how, method: 'POST', body: '{}' }));
              }
              await attempt('json, ' + credentials, call(messages, {
                credentials, method: 'POST', body, headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': 'guessed' } }));
              await attempt('log out, ' + credentials, call('/session', { credentials, method: 'DELETE' }));
            }
            await attempt('events', () => event(new EventSource(at + '/v1/events', { withCredentials: true }), 'onopen', 'onerror'));
            await attempt('socket', () => event(new WebSocket(at.replace('http', 'ws') + '/v1/events'), 'onopen', 'onerror'));
            await attempt('script', () => {
              const script = Object.assign(document.createElement('script'), { src: at + '/page/app.js' });
              document.head.append(script);
              return event(script, 'onload', 'onerror');
            });
            navigator.sendBeacon(at + '/v1/lock', '{}');
            for (const [action, field] of [[messages, body.slice(0, -1) + ',"burn":"'], ['/v1/lock', '{"a":"']]) {
              const frame = Object.assign(document.createElement('iframe'), { name: action });
              const form = Object.assign(document.createElement('form'), {
                action: at + action, method: 'POST', enctype: 'text/plain', target: action });
              form.append(Object.assign(document.createElement('input'), { name: field, value: '"}' }));
              document.body.append(frame, form);
              const loaded = new Promise(go => { frame.onload = go; });
              form.submit();
              await loaded;
              await attempt('form ' + action, async () => frame.contentDocument.body.innerText || 'nothing');
            }
            const frame = Object.assign(document.createElement('iframe'), { src: at + '/' });
            document.body.append(frame);
            await new Promise(go => { frame.onload = go; });
            await attempt('frame', async () => frame.contentDocument.body.innerText || 'nothing');
            return got;
            """;

    private static List<Integer> what(Operator operator) {
        return List.of(
                operator.server().json("outbox", "--all").get("outbox").size(),
                operator.server()
                        .json("messages", "--contact", "bob")
                        .get("messages")
                        .size(),
                operator.server().json("contact-list").get("contacts").size(),
                operator.server().json("web-devices").get("devices").size());
    }

    @Test
    @Order(9)
    void aPageOfAnotherOriginIsRefusedAndChangesNothing() throws IOException {
        List<Integer> before = what(alice);
        String origin = aliceSees.run("return location.origin").asText();
        HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        other.createContext("/", exchange -> {
            byte[] page = "<!doctype html><title>Other</title><body></body>".getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        other.start();
        try {
            aliceSees.open("http://127.0.0.1:" + other.getAddress().getPort() + "/");
            JsonNode got = aliceSees.run("return (async () => {" + ATTACKS.formatted(origin) + "})()");
            assertEquals(26, got.size(), got::toString);
            got.fields()
                    .forEachRemaining(each -> assertTrue(
                            List.of("refused", "nothing")
                                    .contains(each.getValue().asText()),
                            each::toString));
            // The whole window: the server's response.
            aliceSees.run(
                    "const form = document.querySelector('form'); form.target = '_self'; form.submit(); return 0");
            Wait.until("the refusal", () -> aliceSees.text().contains("\"status\":403"));
        } finally {
            other.stop(0);
        }
        assertEquals("open", alice.server().json("status").get("store").asText());
        assertEquals(before, what(alice));
        aliceSees.open(origin + "/");
        choose(aliceSees, "bob");
        say(aliceSees, "Still here.");
        bobSees.await(MESSAGE, "Still here.");
        aliceSees.reports();
    }

    @Test
    @Order(9)
    void aStolenCookieIsWorthlessAfterALock() throws Exception {
        JsonNode cookie = aliceSees.cookies().get(0);
        String stolen = cookie.get("name").asText() + "=" + cookie.get("value").asText();
        String csrf = aliceSees.run("return sessionStorage.getItem('csrf')").asText();
        URI server = URI.create(aliceSees.run("return location.origin").asText());
        assertEquals(200, status(server, stolen, csrf));
        assertEquals(401, status(server, stolen, "guessed"));
        alice.lock();
        assertEquals(503, status(server, stolen, csrf));
        alice.unlock();
        assertEquals(401, status(server, stolen, csrf));
        aliceSees.await(BLANK, "You are not logged in");
        login(aliceSees, alice);
        choose(aliceSees, "bob");
    }

    private static int status(URI server, String cookie, String csrf) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.resolve("/v1/conversations"))
                                .header("Cookie", cookie)
                                .header("X-CSRF-Token", csrf)
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    @Order(10)
    void aLockAndPanicBlankThePage() {
        JsonNode steps = alice.server().json("panic", "lock").get("steps");
        assertTrue(
                Operator.elements(steps)
                        .anyMatch(step -> step.get("step").asText().equals("browsers")
                                && step.get("done").asBoolean()),
                steps::toString);
        aliceSees.await(BLANK, "The store is locked: type unlock in the console.");
        alice.unlock();
        aliceSees.await(BLANK, "You are not logged in");
        login(aliceSees, alice);
        choose(aliceSees, "bob");
        aliceSees.await(MESSAGE, "Saturday");
        show(aliceSees, "Server");
        aliceSees.click(".lock", "Lock the store");
        aliceSees.click(".sure", "Lock now");
        aliceSees.await(BLANK, "The store is locked: type unlock in the console.");
        assertEquals("locked", alice.server().json("status").get("store").asText());
        assertFalse(aliceSees.text().contains("Saturday"), aliceSees.text());
        assertFalse(aliceSees
                .run("return document.documentElement.outerHTML")
                .asText()
                .contains("Saturday"));
        assertEquals(0, alice.server().json("web-devices").get("devices").size());
        alice.unlock();
        aliceSees.await(BLANK, "You are not logged in");
        login(aliceSees, alice);
        choose(aliceSees, "bob");
        aliceSees.await(MESSAGE, "Yes, with the big tent.");
    }

    @Test
    @Order(11)
    void afterACrashOneLogsInAgainAndNothingIsLost() {
        say(aliceSees, "Sent before the crash.");
        alice.server().kill();
        aliceSees.await(BLANK, "The server does not answer.");
        assertFalse(aliceSees.text().contains("Saturday"), aliceSees.text());
        say(bobSees, "Sent while alice was gone.");
        alice.server().start();
        alice.unlock();
        alice.awaitNode("ready");
        aliceSees.await(BLANK, "You are not logged in");
        login(aliceSees, alice);
        choose(aliceSees, "bob");
        aliceSees.await(MESSAGE, "Sent while alice was gone.");
        bobSees.await(MESSAGE, "Sent before the crash.");
        assertEquals(
                List.of(
                        "Are you coming on Saturday?",
                        "At nine.",
                        "No need to ask.",
                        "Nobody is told.",
                        "Not for you.",
                        "On top.",
                        "Only this one",
                        "Sent before the crash.",
                        "Sent while alice was gone.",
                        "Someone is told.",
                        "Still here.",
                        "This one is lost.",
                        "This one is next.",
                        "This one is slow.",
                        "Yes, with the big tent.",
                        "שלום!"),
                aliceSees.texts(MESSAGE).stream()
                        // A burned message is not visible to its sender either.
                        .filter(text -> !text.contains("can read once") && !text.startsWith("Message "))
                        .sorted()
                        .toList());
    }

    /** Simulates a hidden tab, half an hour without input, and a tunnel that has stalled. */
    @Test
    @Order(12)
    void aPageGoesBlankWithoutInputAlsoHiddenAndWithoutAnAnswer() {
        String stalled = "window.fetch = () => new Promise(() => {}); ";
        // The clock may also have been set back.
        for (String later : List.of("+", "-")) {
            aliceSees.await(MESSAGE, "Sent before the crash.");
            aliceSees.run(stalled + "const now = Date.now(); Date.now = () => now " + later + " 31 * 60 * 1000;"
                    + "Object.defineProperty(document, 'visibilityState', { value: 'hidden' });"
                    + "document.dispatchEvent(new Event('visibilitychange')); return 0");
            isBlankAndLoggedOut(aliceSees);
            login(aliceSees, alice);
            choose(aliceSees, "bob");
        }
        aliceSees.await(MESSAGE, "Sent before the crash.");
        aliceSees.run(stalled + "return 0");
        aliceSees.click("header button", "Log out");
        isBlankAndLoggedOut(aliceSees);
        // The server was told of neither.
        alice.server().json("web-logout", "--all");
        login(aliceSees, alice);
        choose(aliceSees, "bob");
    }

    private static void isBlankAndLoggedOut(Browser browser) {
        browser.await(BLANK, "Logging out…");
        assertFalse(browser.run("return document.documentElement.outerHTML")
                .asText()
                .contains("Sent before the crash."));
        browser.reload();
        browser.await(BLANK, "You are not logged in");
    }

    @Test
    @Order(13)
    void aDeviceIsLoggedOut() {
        JsonNode devices = bob.server().json("web-devices").get("devices");
        assertEquals(1, devices.size(), devices::toString);
        bob.server().json("web-logout", devices.get(0).get("id").asText());
        bobSees.await(BLANK, "You are not logged in");
        aliceSees.click("header button", "Log out");
        aliceSees.await(BLANK, "You are logged out.");
        assertEquals(0, alice.server().json("web-devices").get("devices").size());
        assertEquals(0, aliceSees.cookies().size());
        String audit = bob.server().json("audit").toString();
        assertTrue(audit.contains("web-login") && audit.contains("web-logout"), audit);
    }
}
