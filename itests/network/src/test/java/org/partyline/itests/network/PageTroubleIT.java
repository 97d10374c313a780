package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.Browser;
import org.partyline.itests.harness.Chromium;
import org.partyline.itests.harness.NeedsBrowser;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.Reply;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;

/**
 * Alice and Bob talk on the page while a cipher is swapped, a node killed, a store locked and a server killed,
 * repeatedly for {@code -Dpage.minutes}. Each disturbance is visible on the page, and in the end each message is there
 * once.
 */
@ExtendWith({NeedsNode.class, NeedsBrowser.class, ShowLogs.class, Stage.Resolver.class})
class PageTroubleIT {
    private static final Duration TIME = Duration.ofMinutes(Integer.getInteger("page.minutes", 1));
    private static final long SEED = Long.getLong("page.seed", 30);
    private static final int DATA_CARRIER = 100_000;
    private static final String CIPHER = "org.partyline.aead-xchacha20poly1305";
    private static final String PRICE = ".price";

    private final Random random = new Random(SEED);
    private final Stage stage;
    private int said;

    PageTroubleIT(Stage stage) {
        this.stage = stage;
    }

    /**
     * One of the two, with the messages that the page reported as stored, and those typed when the server was killed.
     */
    private final class Talker implements AutoCloseable {
        private final Operator operator;
        private final String other;
        private final Browser browser = Chromium.start();
        private final List<String> stored = new ArrayList<>();
        private final List<String> unanswered = new ArrayList<>();

        Talker(Operator operator, String other) {
            this.operator = operator;
            this.other = other;
            PageIT.start(operator);
            enter();
        }

        void enter() {
            PageIT.login(browser, operator);
            PageIT.choose(browser, other);
        }

        boolean isBlank() {
            return !browser.texts(PageIT.BLANK).isEmpty();
        }

        void say() {
            say(() -> {});
        }

        /** @param then runs before the Enter key is pressed */
        void say(Runnable then) {
            String text = "Message " + said++ + " to " + other;
            browser.type("#text", text);
            then.run();
            try {
                browser.type("#text", "\n");
            } catch (IllegalStateException | IndexOutOfBoundsException e) {
                // The server may be gone, and the page blank, before the key is pressed.
                if (!isBlank()) {
                    throw e;
                }
            }
            Wait.until("an answer to '" + text + "'", () -> {
                if (browser.texts(PRICE).stream().anyMatch(one -> one.contains("Stored as message"))) {
                    return stored.add(text);
                }
                return isBlank() && unanswered.add(text);
            });
        }

        /** Returns all messages, including earlier ones. */
        List<String> messages() {
            while (!browser.texts(".earlier").isEmpty()) {
                int before = browser.texts(PageIT.MESSAGE).size();
                browser.click(".earlier", "Earlier messages");
                Wait.until(
                        "earlier messages",
                        () -> browser.texts(PageIT.MESSAGE).size() > before
                                || browser.texts(".earlier").isEmpty());
            }
            return browser.texts(PageIT.MESSAGE);
        }

        /** Opens the server's view, and returns to the unfinished text. */
        void sees(String row, String... texts) {
            PageIT.show(browser, "Server");
            Wait.until(
                    row + " is " + String.join(" or ", texts) + " on the page",
                    () -> browser.texts("main tr").stream()
                            .anyMatch(
                                    one -> one.contains(row) && Stream.of(texts).anyMatch(one::contains)));
            browser.click("nav button", "Talk");
            browser.await("#with", other);
        }

        @Override
        public void close() {
            browser.close();
        }
    }

    @Test
    void nothingIsLostAndEachTroubleIsSeen() {
        List<Operator> both = List.of(stage.alice(), stage.bob());
        both.forEach(PageTroubleIT::hurry);
        stage.alice().server().json("contact-add", PageIT.card(stage.bob(), "Bob"), "--name", "bob");
        stage.bob().server().json("contact-add", PageIT.card(stage.alice(), "Alice"), "--name", "alice");
        try (Talker alice = new Talker(stage.alice(), "bob");
                Talker bob = new Talker(stage.bob(), "alice");
                RegtestNode spare = stage.node().keepsItsDisk()
                        ? null
                        : RegtestNode.startBeside(false, DATA_CARRIER, stage.node())) {
            if (spare != null) {
                both.forEach(each -> each.addNodeNamed("spare", spare.cookieFile(), spare.url(), ""));
            }
            try {
                goOn(alice, bob, spare);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "with -Dpage.seed=" + SEED + ", alice saw\n" + alice.browser.text() + "\n\nand bob\n"
                                + bob.browser.text(),
                        e);
            }
        }
    }

    private void goOn(Talker alice, Talker bob, RegtestNode spare) {
        talk(alice, bob);
        List<Runnable> troubles = new ArrayList<>(List.of(
                () -> aCipherIsSwapped(alice, bob),
                () -> aNodeIsKilled(alice, bob, spare),
                () -> aStoreIsLocked(alice, bob),
                () -> aServerIsKilled(alice, bob)));
        Instant end = Instant.now().plus(TIME);
        do {
            Collections.shuffle(troubles, random);
            for (Runnable trouble : troubles) {
                trouble.run();
                talk(alice, bob);
                stage.node().mine(1);
            }
        } while (Instant.now().isBefore(end));
        nothingIsLost(alice, bob);
    }

    /** Removes delays, so that messages wait only for the disturbance. */
    private static void hurry(Operator who) {
        who.set("rate-per-minute", "0");
        who.set("fee-cap-hour", "1000000sat");
        who.set("fee-cap-day", "1000000sat");
    }

    private void talk(Talker... talkers) {
        for (int i = 4 + random.nextInt(6); i > 0; i--) {
            talkers[random.nextInt(talkers.length)].say();
        }
    }

    private static void run(Talker talker, String command) {
        Reply reply = talker.operator.server().run(command, CIPHER);
        assertEquals(0, reply.status(), reply::text);
    }

    private void aCipherIsSwapped(Talker alice, Talker bob) {
        run(alice, "bundle:stop");
        alice.say();
        alice.browser.await(".reason", "XCHACHA20_POLY1305");
        alice.sees(CIPHER, "stopped");
        talk(alice, bob);
        run(alice, "bundle:update");
        run(alice, "bundle:start");
        Wait.until("the reason is gone", () -> alice.browser.texts(".reason").isEmpty());
    }

    private void aNodeIsKilled(Talker alice, Talker bob, RegtestNode spare) {
        RegtestNode killed = spare == null ? stage.node() : spare;
        String name = spare == null ? Operator.NODE : "spare";
        // In a real network, its peers have the blocks that it has not written to its disk yet; here it may have no
        // peers.
        killed.call("gettxoutsetinfo");
        killed.kill();
        for (Talker each : List.of(alice, bob)) {
            each.sees(name, "unreachable");
        }
        talk(alice, bob);
        if (spare == null) {
            alice.say();
            alice.browser.await(".reason", "node");
        }
        killed.restart();
        for (Talker each : List.of(alice, bob)) {
            each.sees(name, "ready");
        }
    }

    private void aStoreIsLocked(Talker alice, Talker bob) {
        alice.operator.lock();
        alice.browser.await(PageIT.BLANK, "The store is locked");
        talk(bob);
        alice.operator.unlock();
        alice.browser.await(PageIT.BLANK, "You are not logged in");
        alice.enter();
    }

    private void aServerIsKilled(Talker alice, Talker bob) {
        int most = random.nextInt(200);
        List<CompletableFuture<Void>> killing = new ArrayList<>();
        alice.say(() -> killing.add(CompletableFuture.runAsync(
                alice.operator.server()::kill, CompletableFuture.delayedExecutor(most, TimeUnit.MILLISECONDS))));
        killing.forEach(CompletableFuture::join);
        alice.browser.await(PageIT.BLANK, "The server does not answer");
        talk(bob);
        alice.operator.server().start();
        alice.operator.unlock();
        alice.browser.await(PageIT.BLANK, "You are not logged in");
        alice.enter();
        alice.operator.awaitNode("ready");
    }

    /** A stored message is shown once on both pages; one without an answer, on both or on neither. */
    private static void nothingIsLost(Talker alice, Talker bob) {
        List<String> stored = Stream.of(alice, bob)
                .flatMap(each -> each.stored.stream())
                .sorted()
                .toList();
        List<String> unanswered =
                Stream.of(alice, bob).flatMap(each -> each.unanswered.stream()).toList();
        Wait.until("both pages show the same", () -> {
            List<String> shown = alice.messages();
            return shown.containsAll(stored) && new TreeSet<>(shown).equals(new TreeSet<>(bob.messages()));
        });
        for (Talker each : List.of(alice, bob)) {
            List<String> shown = each.messages();
            assertEquals(new TreeSet<>(shown).size(), shown.size(), () -> "some are shown twice: " + shown);
            assertEquals(
                    stored,
                    shown.stream()
                            .filter(text -> !unanswered.contains(text))
                            .sorted()
                            .toList());
            Wait.until(
                    "all of them have left",
                    () -> each.browser.texts(".state").stream()
                            .noneMatch(state -> state.contains("queued") || state.contains("on hold")));
            assertTrue(
                    each.browser.texts(".state").stream().noneMatch(state -> state.contains("failed")),
                    () -> each.browser.texts(".state").toString());
            PageIT.nothingWasBlocked(each.browser);
            assertFalse(each.isBlank());
        }
        System.out.printf(
                "%d messages were stored and shown on both pages, %d were not answered.%n",
                stored.size(), unanswered.size());
    }
}
