package org.partyline.chat.testing;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.partyline.chat.live.Beginning;
import org.partyline.chat.live.ChatScreen;
import org.partyline.chat.model.Preferences;
import org.partyline.chat.text.Columns;
import org.partyline.chat.text.Words;
import org.partyline.testkit.Eventually;

/** A user of a chat. */
public final class Person implements AutoCloseable {
    private final VirtualTerminal terminal;
    private final Thread thread;
    /** The personas that spoke after the first one. */
    public final List<String> spoken = new CopyOnWriteArrayList<>();

    public Person(FakeServer server, int columns, int rows) {
        this(server, columns, rows, Duration.ZERO);
    }

    public Person(FakeServer server, int columns, int rows, Duration lockAfter) {
        this(server, new VirtualTerminal(columns, rows, Columns::width), lockAfter);
    }

    public Person(FakeServer server, VirtualTerminal terminal, Duration lockAfter) {
        this(server, terminal, lockAfter, true);
    }

    /** @param colours whether the user wants colours */
    public Person(FakeServer server, VirtualTerminal terminal, Duration lockAfter, boolean colours) {
        this(server, terminal, new Preferences(lockAfter, ZoneOffset.UTC, Set.of()), colours);
    }

    /** @param preferences the operator's settings */
    public Person(FakeServer server, VirtualTerminal terminal, Preferences preferences, boolean colours) {
        this(server, terminal, preferences, colours, Optional.empty(), Optional.empty(), false);
    }

    /** Opens the screen again after a restart of the server. */
    public Person(FakeServer server, Optional<String> persona, Optional<String> conversation) {
        this(
                server,
                new VirtualTerminal(80, 24, Columns::width),
                new Preferences(Duration.ZERO, ZoneOffset.UTC, Set.of()),
                true,
                persona,
                conversation,
                true);
    }

    private Person(
            FakeServer server,
            VirtualTerminal terminal,
            Preferences preferences,
            boolean colours,
            Optional<String> persona,
            Optional<String> conversation,
            boolean again) {
        this.terminal = terminal;
        terminal.terminal().writer().print("the prompt");
        terminal.terminal().flush();
        ChatScreen screen = new ChatScreen(
                terminal.terminal(),
                server,
                new Words(Cleaning::clean),
                new Beginning(persona, conversation, again, spoken::add),
                server.clock,
                preferences,
                colours);
        thread = new Thread(screen::run, "chat");
        thread.setDaemon(true);
        thread.start();
    }

    public VirtualTerminal terminal() {
        return terminal;
    }

    public Person type(String keys) {
        terminal.type(keys);
        return this;
    }

    public Person resize(int columns, int rows) {
        terminal.resize(columns, rows);
        return this;
    }

    public Person sees(String text) {
        try {
            Eventually.that("'" + text + "' on the screen", () -> shows(text));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ":\n" + terminal.screen().text(), e);
        }
        return this;
    }

    public Person lacks(String text) {
        try {
            Eventually.that("no '" + text + "' on the screen", () -> !shows(text));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ":\n" + terminal.screen().text(), e);
        }
        return this;
    }

    private boolean shows(String text) {
        if (!thread.isAlive()) {
            throw new AssertionError("it has ended");
        }
        return terminal.screen().text().contains(text);
    }

    public void hasLeft() {
        Eventually.that("it has left", () -> !thread.isAlive());
    }

    /** Waits until it has painted everything it knows. */
    public void isSettled() {
        Eventually.that(
                "it waits",
                () -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    /** Waits until it waits for an event, without a timeout. */
    public void isIdle() {
        Eventually.that("it waits for ever", () -> thread.getState() == Thread.State.WAITING);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        thread.interrupt();
        thread.join(10_000);
        terminal.close();
    }
}
