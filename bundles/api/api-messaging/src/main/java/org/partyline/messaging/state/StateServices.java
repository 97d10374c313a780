package org.partyline.messaging.state;

import java.security.SecureRandom;
import java.time.Clock;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.store.Store;
import org.partyline.messaging.conversation.ConversationSummaries;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.recognition.ConversationRegistry;
import org.partyline.messaging.recognition.Recognition;

/**
 * The services that every stage receives from the first one; it names no stage. The class that assembles a stage passes
 * each object only the services that it uses.
 */
public final class StateServices {
    private final Store store;
    private final StateGuard guard;
    private final Operations operations;
    private final Protocols protocols;
    private final OperatorSettings settings;
    private final Clock clock;
    private final SecureRandom random;
    private final Notices notices;
    private final Recognition recognition;
    private final ConversationSummaries summaries;
    private final ConversationRegistry registry;
    private final FragmentIds fragmentIds = new FragmentIds();
    private final Meter meter = new Meter();
    private final CoverSlots coverSlots = new CoverSlots();
    private final InitialSync initialSync = new InitialSync();

    public StateServices(
            Store store,
            StateGuard guard,
            Operations operations,
            Protocols protocols,
            OperatorSettings settings,
            Clock clock,
            SecureRandom random,
            Notices notices) {
        this.store = store;
        this.guard = guard;
        this.operations = operations;
        this.protocols = protocols;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.notices = notices;
        recognition = guard.wiping(new Recognition(guard.people().conversations));
        summaries = guard.wiping(new ConversationSummaries());
        registry = new ConversationRegistry(guard.people().conversations, recognition, summaries);
    }

    /** The running operations; also names bundles that are not running. */
    public Operations operations() {
        return operations;
    }

    /** A neighbour's service, which may stop and return. */
    public <T> Live<T> live(Class<T> type) {
        return new Live<>(operations, type);
    }

    /** The services of the lower layers. */
    public Protocols protocols() {
        return protocols;
    }

    /** The lock, and transactions of the store. */
    public StateGuard guard() {
        return guard;
    }

    /** The personas and conversations; none while the store is locked. */
    public People people() {
        return guard.people();
    }

    /** The tables for recognising incoming packets; empty while the store is locked. */
    public Recognition recognition() {
        return recognition;
    }

    /** The summaries of conversations; none while the store is locked. */
    public ConversationSummaries summaries() {
        return summaries;
    }

    /** Adds and removes conversations. */
    public ConversationRegistry registry() {
        return registry;
    }

    /** The whole store, for opening, locking, collecting and notes. */
    public Store store() {
        return store;
    }

    /** The present settings, or the last valid ones. */
    public OperatorSettings settings() {
        return settings;
    }

    public Clock clock() {
        return clock;
    }

    public SecureRandom random() {
        return random;
    }

    public Notices notices() {
        return notices;
    }

    /** Recently assigned message ids, whichever bundle seals. */
    public FragmentIds fragmentIds() {
        return fragmentIds;
    }

    /** The personas whose packets leave in slots of cover traffic. */
    public CoverSlots coverSlots() {
        return coverSlots;
    }

    /** Whether everything was read that nodes knew when this server started. */
    public InitialSync initialSync() {
        return initialSync;
    }

    /** Receives the stages' measurements, if there is a listener. */
    public Meter meter() {
        return meter;
    }
}
