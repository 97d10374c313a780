package org.partyline.shell.notice;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Session;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Query;
import org.partyline.consoleline.Paint;
import org.partyline.consoleline.Prompts;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Subscription;
import org.partyline.shell.error.CommandError;

/** Says above each prompt that a message has come. */
@Component(
        immediate = true,
        service = {},
        configurationPid = ConsoleConfiguration.PID)
@Designate(ocd = ConsoleConfiguration.class)
public final class Notices {
    private final Prompts prompts;
    private final Engine engine;
    private final Clock clock;
    private final Subscription subscription;
    // Both are touched by the thread that tells of messages.
    private final Copies copies = new Copies();
    private final Flood flood = new Flood();
    private volatile Wish wish;

    /**
     * @param prompts where it is said
     * @param messages tells of those that come
     * @param engine says who one is here
     * @param configuration what is wanted
     */
    @Activate
    public Notices(
            @Reference Prompts prompts,
            @Reference Messages messages,
            @Reference Engine engine,
            Map<String, Object> configuration) {
        this(prompts, messages, engine, configuration, Clock.systemUTC());
    }

    Notices(Prompts prompts, Messages messages, Engine engine, Map<String, Object> configuration, Clock clock) {
        this.prompts = prompts;
        this.engine = engine;
        this.clock = clock;
        this.wish = Wish.of(configuration, Wish.NAMES);
        this.subscription =
                Subscription.to(messages, Query.ALL, event -> event.message().ifPresent(this::heard));
    }

    /** @param configuration what is wanted from now on */
    @Modified
    void modified(Map<String, Object> configuration) {
        wish = Wish.of(configuration, wish);
    }

    /** Hears no more. */
    @Deactivate
    void stop() {
        subscription.close();
    }

    private void heard(Message message) {
        Wish now = wish;
        if (now == Wish.OFF || message.outgoing() || !copies.isFirst(message)) {
            return;
        }
        switch (flood.next(clock.instant())) {
            case IT ->
                prompts.above(session -> isOurs(message) ? Optional.empty() : Optional.of(line(message, now, session)));
            case MORE -> prompts.above(session -> Optional.of(NoticeLine.more(width(session), Paint.wanted(session))));
            default -> {
                // That there are more was said.
            }
        }
    }

    /** Whether who one is here wrote it to a channel that another persona of this server is in, too. */
    private boolean isOurs(Message message) {
        try {
            String current = engine.personas().current().name();
            return !message.direct()
                    && message.sender().equals(current)
                    && !message.persona().equals(current);
        } catch (CommandError | PartylineException e) {
            // Locked since: then nobody is here.
            return true;
        }
    }

    private static String line(Message message, Wish wish, Session session) {
        return NoticeLine.of(message, wish == Wish.WORDS, width(session), Paint.wanted(session));
    }

    private static int width(Session session) {
        return session.getTerminal().getWidth();
    }
}
