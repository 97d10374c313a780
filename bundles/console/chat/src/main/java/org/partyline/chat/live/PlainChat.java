package org.partyline.chat.live;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Vault;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreLockedException;
import org.partyline.chat.act.ChatEvent;
import org.partyline.chat.act.Effect;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.Options;
import org.partyline.chat.model.Talk;
import org.partyline.chat.screen.Phrases;
import org.partyline.chat.text.Columns;
import org.partyline.chat.text.Words;

/**
 * Chats without a screen, on dumb terminals and in pipes: prints messages of one conversation line by line, and sends
 * each line of input.
 */
public final class PlainChat {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Services services;
    private final ServiceCalls desk;
    private final Consumer<String> out;
    /** Null until it is known. */
    private @Nullable ConversationAddress place;

    private String refused = "";
    private int sent;
    private int unsent;
    /** The service that messages come from; null if there is none. */
    private @Nullable Messages followed;

    private AutoCloseable following = () -> {};

    /**
     * @param services the engine's services
     * @param words makes incoming text harmless
     * @param persona the speaking persona; empty for the current one
     * @param wanted the conversation; empty for the latest one
     * @param out receives each line of output
     */
    public PlainChat(
            Services services, Words words, Optional<String> persona, Optional<String> wanted, Consumer<String> out) {
        this.services = services;
        this.out = out;
        this.desk = new ServiceCalls(
                services, words, new Beginning(persona, wanted, false, name -> {}), event -> told(wanted, event));
    }

    /**
     * Runs until the input ends.
     *
     * @param input returns lines until their end, which is null
     * @throws StoreLockedException if the store is not open
     * @throws PartylineException if there is no such conversation, or a line was not sent
     */
    public void run(Supplier<String> input) throws PartylineException {
        // A screen asks for the passphrase; a pipe cannot.
        Optional<Store.State> state = services.vault().map(Vault::state);
        if (state.isPresent() && state.get() != Store.State.OPEN) {
            throw StoreLockedException.of(state.get());
        }
        synchronized (desk) {
            desk.perform(new Effect.Talks());
        }
        if (place == null) {
            throw new PartylineException(
                    refused.isEmpty()
                            ? "there is no such conversation: see partyline:channel-list and partyline:contact-list"
                            : refused);
        }
        out.accept("Chatting in " + desk.shownName(place) + ". Each line is sent unchanged; press Ctrl-D to end.");
        try (AutoCloseable watching = services.watch(this::follow)) {
            follow();
            for (String line = input.get(); line != null; line = input.get()) {
                if (!line.isBlank()) {
                    synchronized (desk) {
                        desk.perform(new Effect.Send(place, line, Options.USUAL));
                    }
                }
            }
        } catch (Exception e) {
            throw e instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("a subscription could not be closed", e);
        } finally {
            unfollow();
        }
        if (unsent > 0) {
            throw new PartylineException(
                    unsent + " of " + Phrases.count(sent + unsent, "line") + " not sent: see the reasons above");
        }
    }

    /** A service that has returned is a new object. */
    private synchronized void follow() {
        Messages messages = services.messages().orElse(null);
        if (messages != followed) {
            unfollow();
            followed = messages;
            following = messages == null ? () -> {} : messages.follow(Messages.Query.ALL, this::happened);
        }
    }

    private synchronized void unfollow() {
        EffectRunner.end(following);
    }

    private void happened(Messages.Event event) {
        // Our own messages are announced with their receipt.
        event.message().ifPresent(message -> {
            if (!message.outgoing()
                    && desk.isOurs(message.persona())
                    && place != null
                    && new ConversationAddress(message.direct(), message.channel()).equals(place)) {
                synchronized (desk) {
                    desk.perform(new Effect.Load(place, List.of(message.id())));
                }
            }
        });
    }

    private void told(Optional<String> wanted, ChatEvent event) {
        if (event instanceof ChatEvent.Talks talks) {
            place = talks.talks().stream()
                    .map(Talk::place)
                    .filter(each -> wanted.map(each.name()::equals).orElse(true))
                    .findFirst()
                    .orElse(null);
        } else if (event instanceof ChatEvent.Lines lines) {
            lines.lines().forEach(this::show);
        } else if (event instanceof ChatEvent.Sent sent) {
            this.sent++;
            out.accept("-- " + sent.hint() + (sent.waits().isEmpty() ? "" : ": " + sent.waits()));
        } else if (event instanceof ChatEvent.NotSent not) {
            unsent++;
            out.accept("-- " + not.why());
        } else if (event instanceof ChatEvent.Told told) {
            refused = told.hint();
            out.accept("-- " + told.hint());
        }
    }

    private void show(Line line) {
        String begin = time(line.at()) + "  " + Columns.enclosed(line.sender()) + "  ";
        if (line.words().isEmpty()) {
            out.accept(begin + "(burn message: partyline:read " + line.id() + " shows it once)");
        }
        for (String words : line.words()) {
            out.accept(begin + Columns.enclosed(words));
            begin = " ".repeat(Columns.of(begin));
        }
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }
}
