package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.Browser;
import org.partyline.itests.harness.NeedsBrowser;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.Ports;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/** Alice and Bob talk on the page in two browsers, each with a server; a store is locked and a server killed meanwhile. */
@ExtendWith({NeedsNode.class, NeedsBrowser.class, ShowLogs.class, Stage.Resolver.class})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageIT {
    private static final Path SHOTS = Path.of("target", "screenshots");
    /** In docs/web.md; made anew with {@code -Dpictures.write=true}. */
    private static final Path PICTURE = Path.of("..", "..", "docs", "page.png");

    /** Finds what people with a disability could not use; fetched with the regtest node. */
    private static final Path AXE = Path.of("..", "regtest", "node_modules", "axe-core", "axe.min.js");

    private static final String ENTRY = ".entry";
    private static final String MESSAGE = ".message .words";
    private static final String BLANK = ".blank";
    private static Browser aliceSees;
    private static Browser bobSees;

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

    private static String card(Operator operator, String persona) {
        return operator.server().json("persona-card", persona).get("card").asText();
    }

    private static void start(Operator operator) {
        Reply reply =
                operator.server().run("config:property-set", "-p", "org.partyline.web", "port", "" + Ports.free());
        assertEquals(0, reply.status(), reply::text);
        operator.server().json("web-start");
    }

    private static String link(Operator operator) {
        return operator.server().json("web-login").get("link").asText();
    }

    private static void login(Browser browser, Operator operator) {
        browser.open(link(operator));
        Wait.until(
                "the conversations in the browser", () -> !browser.texts(ENTRY).isEmpty());
    }

    private static void say(Browser browser, String text) {
        browser.type("#text", text);
        browser.await(".price", "sat");
        browser.type("#text", "\n");
        browser.await(".price", "Stored as message");
    }

    /** What the policy of the page forbids is reported there. */
    private static void nothingWasBlocked(Browser browser) {
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
        aliceSees = Browser.start();
        bobSees = Browser.start();
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
        // It works once; the browser that used it stays logged in when the page is loaded again.
        try (Browser thief = Browser.start()) {
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
        aliceSees.click(ENTRY, "bob");
        aliceSees.await("#with", "bob");
        shownCommandWorks(aliceSees, alice, "messages --contact bob");
        shownCommandWorks(aliceSees, alice, "conversation-list");
        say(aliceSees, "Are you coming on Saturday?");
        bobSees.await(".unread", "1");
        bobSees.click(ENTRY, "alice");
        bobSees.await(MESSAGE, "Are you coming on Saturday?");
        bobSees.click(".actions button", "Reply");
        bobSees.await(".replying", "Are you coming");
        say(bobSees, "Yes, with the big tent.");
        aliceSees.await(MESSAGE, "Yes, with the big tent.");
        aliceSees.await("blockquote", "Are you coming on Saturday?");
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

    /** With the page's clock stopped it asks for nothing by itself: only an event of the server can bring a message. */
    @Test
    @Order(3)
    void aMessageIsShownWhenTheServerReportsIt() {
        // A change of the visibility has the page make its timer anew, which then never rings.
        bobSees.run(
                "const go = window.setTimeout; window.setTimeout = (what, when) => when >= 1000 ? 0 : go(what, when);"
                        + "document.dispatchEvent(new Event('visibilitychange')); return 0");
        say(aliceSees, "No need to ask.");
        bobSees.await(MESSAGE, "No need to ask.");
        bobSees.reload();
        bobSees.click(ENTRY, "alice");
        bobSees.await(MESSAGE, "No need to ask.");
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
        // What was begun is still there, and the command that is shown for it would do the same.
        aliceSees.await("#compose code", "send --to bob --burn TEXT");
        say(aliceSees, " the third stone.");
        bobSees.click(".burn", "Read once");
        bobSees.await(MESSAGE, "third stone");
        bobSees.reload();
        bobSees.click(ENTRY, "alice");
        bobSees.await(MESSAGE, "Are you coming on Saturday?");
        assertFalse(bobSees.text().contains("third stone"));
    }

    @Test
    @Order(5)
    void aMessageIsEditedAndOneRecalled() {
        say(aliceSees, "At nime.");
        bobSees.await(MESSAGE, "At nime.");
        aliceSees.run("[...document.querySelectorAll('.message.own')].at(-1).querySelectorAll('.actions button')"
                + ".forEach(one => one.textContent === 'Edit' && one.click()); return 0");
        aliceSees.await(".editing", "At nime.");
        aliceSees.await("#compose code", "edit ");
        aliceSees.run(
                "const box = document.getElementById('text'); box.value = ''; box.dispatchEvent(new Event('input'));"
                        + " return 0");
        say(aliceSees, "At nine.");
        bobSees.await(MESSAGE, "At nine.");
        say(aliceSees, "Not for you.");
        aliceSees.run("[...document.querySelectorAll('.message.own')].at(-1).querySelectorAll('.actions button')"
                + ".forEach(one => one.textContent === 'Recall' && one.click()); return 0");
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
        aliceSees.click(ENTRY, "bob");
        aliceSees.await(MESSAGE, "Someone is told.");
    }

    private static void show(Browser browser, String view) {
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
        // As a camera sees it: in capitals, which take fewer modules.
        aliceSees.run("window.BarcodeDetector = class { async detect() { return [{ rawValue: '" + card.toUpperCase()
                + "' }]; } }; navigator.mediaDevices.getUserMedia = async () => "
                + "document.createElement('canvas').captureStream(); "
                + "document.dispatchEvent(new Event('visibilitychange')); return 0");
        aliceSees.click(".scan", "Scan with the camera");
        Wait.until(
                "the card that the camera saw",
                () -> aliceSees
                        .run("return document.getElementById('card').value")
                        .asText()
                        .equals(card));
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
            browser.await(".strangers", "yours");
            List<String> rows = browser.texts(".strangers tbody tr");
            assertTrue(rows.stream().anyMatch(row -> !row.contains("yours")), rows::toString);
            assertTrue(browser.run("return document.querySelectorAll('.range').length >= 1")
                    .asBoolean());
        }
        nothingWasBlocked(aliceSees);
        bobSees.click("nav button", "Talk");
        bobSees.click(ENTRY, "alice");
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
                }
                aliceSees.click("nav button", "Talk");
                aliceSees.await(MESSAGE, "Are you coming on Saturday?");
            }
        }
        aliceSees.click(".find", "Find");
        aliceSees.await("#finder", "bob");
        check(aliceSees, axe, "finder");
        aliceSees.type("#wanted", "\uE00C");
        if (Boolean.getBoolean("pictures.write")) {
            Files.copy(SHOTS.resolve("talk-light-1200.png"), PICTURE, StandardCopyOption.REPLACE_EXISTING);
        }
        aliceSees.screen(1200, 800, false);
    }

    private static void check(Browser browser, String axe, String what) throws IOException {
        JsonNode found = browser.run(axe + ";return axe.run().then(all => all.violations.map(one => one.id + ': '"
                + " + one.nodes.map(node => node.html + ' ' + node.failureSummary).join('; ')))");
        assertEquals("[]", found.toString(), what);
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
        aliceSees.click(ENTRY, "bob");
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
        aliceSees.click(ENTRY, "bob");
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
        aliceSees.click(ENTRY, "bob");
        aliceSees.await(MESSAGE, "Sent while alice was gone.");
        bobSees.await(MESSAGE, "Sent before the crash.");
        assertEquals(
                List.of(
                        "Are you coming on Saturday?",
                        "At nine.",
                        "No need to ask.",
                        "Nobody is told.",
                        "Not for you.",
                        "Sent before the crash.",
                        "Sent while alice was gone.",
                        "Someone is told.",
                        "Yes, with the big tent."),
                aliceSees.texts(MESSAGE).stream()
                        // What was burned is not there for its sender either.
                        .filter(text -> !text.contains("can read once"))
                        .sorted()
                        .toList());
    }

    @Test
    @Order(12)
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
