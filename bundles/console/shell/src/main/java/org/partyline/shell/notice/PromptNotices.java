package org.partyline.shell.notice;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Query;
import org.partyline.consoleline.Paint;
import org.partyline.consoleline.Prompts;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.Engine;
import org.partyline.shell.command.Fingerprints;
import org.partyline.shell.command.Subscription;
import org.partyline.shell.error.CommandError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Announces new messages above each prompt. */
@Component(
        immediate = true,
        service = {},
        configurationPid = ConsoleConfiguration.PID)
public final class PromptNotices {
    private static final Logger LOG = LoggerFactory.getLogger(PromptNotices.class);
    private static final int USUAL_WIDTH = 80;

    private final Engine engine;
    private final Clock clock;
    // Used only by the thread that delivers messages.
    private final Fingerprints met = new Fingerprints();
    private final Map<Messages, Subscription> subscriptions = new HashMap<>();
    private volatile Wish wish;

    /** The consoles to notify. */
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile @Nullable Prompts prompts;

    /**
     * @param engine provides the personas
     * @param configuration which notices are wanted
     */
    @Activate
    public PromptNotices(@Reference Engine engine, Map<String, Object> configuration) {
        this(engine, configuration, null, Clock.systemUTC());
    }

    PromptNotices(Engine engine, Map<String, Object> configuration, @Nullable Prompts prompts, Clock clock) {
        this.engine = engine;
        this.prompts = prompts;
        this.clock = clock;
        this.wish = wish(configuration, Wish.NAMES);
    }

    /** @param last used if the configuration's value is invalid */
    private static Wish wish(Map<String, Object> configuration, Wish last) {
        try {
            return ConsoleConfiguration.NOTICES.in(configuration);
        } catch (IllegalArgumentException e) {
            LOG.error("{}: {}. The last good settings stay in force.", ConsoleConfiguration.PID, e.getMessage());
            return last;
        }
    }

    /** @param configuration which notices are wanted from now on */
    @Modified
    void modified(Map<String, Object> configuration) {
        wish = wish(configuration, wish);
    }

    /** For Declarative Services. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC)
    synchronized void add(Messages messages) {
        subscriptions.put(
                messages,
                Subscription.to(messages, Query.ALL, event -> event.message().ifPresent(this::heard)));
    }

    /** For Declarative Services, which also calls it when this component is deactivated. */
    synchronized void remove(Messages messages) {
        Subscription subscription = subscriptions.remove(messages);
        if (subscription != null) {
            subscription.close();
        }
    }

    private void heard(Message message) {
        Wish now = wish;
        Prompts current = prompts;
        if (current == null || now == Wish.OFF || message.outgoing() || !isFirst(message)) {
            return;
        }
        Instant come = clock.instant();
        // Evaluated just before it is shown: a notice that is not shown cannot flood a console.
        current.above(session -> !Role.TALK.isHeldBy(session) || isUnwanted(message)
                ? Optional.empty()
                : said(message, now, session, come));
    }

    /** Returns whether it is the first copy: each persona in a channel has its own. */
    private boolean isFirst(Message message) {
        return message.direct()
                || met.add(
                        message.channel(),
                        message.sender(),
                        message.sent().toString(),
                        message.sequence().toString(),
                        message.text().orElse(""));
    }

    private static Optional<String> said(Message message, Wish wish, Session session, Instant come) {
        return switch (Flood.of(session).next(come)) {
            case IT -> Optional.of(line(message, wish, session));
            case MORE -> Optional.of(NoticeLine.more(width(session), Paint.wanted(session)));
            case NOTHING -> Optional.empty();
        };
    }

    /**
     * Returns whether a persona of this server sent it to a channel that another one is in, or the conversation is
     * muted.
     */
    private boolean isUnwanted(Message message) {
        try {
            String current = engine.personas().current().name();
            boolean ours = !message.direct()
                    && message.sender().equals(current)
                    && !message.persona().equals(current);
            return ours
                    || engine.conversations()
                            .get(new Place(Optional.of(message.persona()), message.direct(), message.channel()))
                            .muted();
        } catch (CommandError | PartylineException | UnavailableException e) {
            // Locked or left since: no notice is shown.
            return true;
        }
    }

    private static String line(Message message, Wish wish, Session session) {
        return NoticeLine.of(message, wish == Wish.WORDS, width(session), Paint.wanted(session));
    }

    /** Returns the usual width if a terminal does not report its own. */
    private static int width(Session session) {
        int width = session.getTerminal().getWidth();
        return width < 1 ? USUAL_WIDTH : width;
    }
}
